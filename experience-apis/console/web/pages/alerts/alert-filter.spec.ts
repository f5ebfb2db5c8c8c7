import { describe, expect, it } from 'vitest';
import { alertsPath, filterOf, NO_FILTER } from './alert-filter.js';

describe('the filter of the list of alerts', () => {
  it('is empty for an empty URL, and says all that the URL says', () => {
    expect(filterOf(NO_FILTER)).toEqual({});
    expect(filterOf({ channel: 'shop-eu', stage: 'RELEASE', state: 'BREACHED' })).toEqual({
      channel: 'shop-eu',
      stages: ['RELEASE'],
      states: ['BREACHED'],
    });
  });

  it('leaves out what the graph does not know', () => {
    expect(filterOf({ channel: '', stage: 'LUNCH', state: 'LOST' })).toEqual({});
  });

  it('is what a link says', () => {
    expect(alertsPath({ channel: 'a b', state: 'WARNING' })).toBe('/alerts?channel=a+b&state=WARNING');
  });
});
