import { describe, expect, it } from 'vitest';
import { filterOf, NO_FILTER, sortOf } from './order-filter.js';

describe('the filter of the list of orders', () => {
  it('is empty for an empty URL', () => {
    expect(filterOf(NO_FILTER)).toEqual({});
    expect(sortOf(NO_FILTER)).toBe('PLACED_DESC');
  });

  it('says all that the URL says, whole days included', () => {
    const values = {
      ...NO_FILTER,
      q: '10',
      channel: 'shop-eu',
      status: 'OPEN,BACKORDERED',
      waitingOn: 'ERP',
      node: 'dc-north',
      sku: 'HOME-003',
      from: '2026-03-01',
      to: '2026-03-02',
      overdue: 'true',
      held: 'false',
      exception: 'true',
      completed: 'false',
      team: 'FINANCE',
      assigned: 'ada',
    };
    expect(filterOf(values)).toEqual({
      referencePrefix: '10',
      channel: 'shop-eu',
      statuses: ['OPEN', 'BACKORDERED'],
      waitingOn: 'ERP',
      node: 'dc-north',
      sku: 'HOME-003',
      placedFrom: '2026-03-01T00:00:00.000Z',
      placedTo: '2026-03-03T00:00:00.000Z',
      overdue: true,
      held: false,
      hasException: true,
      completed: false,
      exceptionOwners: ['FINANCE'],
      exceptionAssignedTo: 'ada',
    });
  });

  it('leaves out what the graph does not know', () => {
    const values = {
      ...NO_FILTER,
      status: 'LOST,OPEN',
      waitingOn: 'GODOT',
      from: 'yesterday',
      held: 'maybe',
      team: 'SALES',
      sort: 'BEST',
    };
    expect(filterOf(values)).toEqual({ statuses: ['OPEN'] });
    expect(sortOf(values)).toBe('PLACED_DESC');
  });
});
