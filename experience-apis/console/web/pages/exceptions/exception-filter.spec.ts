import { describe, expect, it } from 'vitest';
import { filterOf, NO_FILTER, NOBODY, sortOf } from './exception-filter.js';

describe('the filter of exceptions', () => {
  it('is empty for an empty URL', () => {
    expect(filterOf(NO_FILTER)).toEqual({});
    expect(sortOf(NO_FILTER)).toBe('DUE');
  });

  it('says all that the URL says', () => {
    const values = {
      ...NO_FILTER,
      q: 'mug',
      category: 'UNKNOWN_SKU',
      severity: 'HIGH',
      owner: 'CATALOG',
      status: 'IGNORED',
      channel: 'shop-eu',
      sku: 'NEW-1',
      overdue: 'true',
      assigned: 'ada',
      groupKey: 'shop-eu/NEW-1',
    };
    expect(filterOf(values)).toEqual({
      text: 'mug',
      categories: ['UNKNOWN_SKU'],
      severities: ['HIGH'],
      owners: ['CATALOG'],
      statuses: ['IGNORED'],
      channel: 'shop-eu',
      sku: 'NEW-1',
      overdue: true,
      assignedTo: 'ada',
      groupKey: 'shop-eu/NEW-1',
    });
  });

  it('asks for what nobody took over', () => {
    expect(filterOf({ ...NO_FILTER, assigned: NOBODY })).toEqual({ assigned: false });
  });

  it('leaves out what the graph does not know', () => {
    const values = {
      ...NO_FILTER,
      category: '"; drop',
      severity: 'HUGE',
      owner: 'nobody',
      status: 'GONE',
      sort: 'BEST',
    };
    expect(filterOf(values)).toEqual({});
    expect(sortOf(values)).toBe('DUE');
  });
});
