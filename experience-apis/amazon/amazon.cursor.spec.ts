import { describe, expect, it } from 'vitest';
import { afterPage, firstCursor, parseCursor, restartSearch, searchAfter, type AmazonCursor } from './amazon.cursor.js';

const since = '2026-03-01T10:00:00.000Z';
const cursor: AmazonCursor = { since };

describe('the cursor', () => {
  it('begins some time back', () => {
    expect(firstCursor(Date.parse(since), 60_000)).toEqual({ since: '2026-03-01T09:59:00.000Z' });
  });

  it('searches from before its time, so that late changes are read', () => {
    expect(searchAfter(cursor, 120_000)).toBe('2026-03-01T09:58:00.000Z');
  });

  it('moves when the last page is kept, to where the first page was bounded', () => {
    const first = { orders: [], nextToken: 't1', lastUpdatedBefore: '2026-03-01T11:00:00Z' };
    const last = { orders: [], lastUpdatedBefore: '2026-03-01T11:05:00Z' };
    const between = afterPage(cursor, '2026-03-01T09:58:00.000Z', first);
    expect(between).toEqual({
      since,
      search: { after: '2026-03-01T09:58:00.000Z', token: 't1', until: '2026-03-01T11:00:00.000Z' },
    });
    // The pages of one search share its beginning, whatever the overlap is by then.
    expect(searchAfter(between, 1)).toBe('2026-03-01T09:58:00.000Z');
    expect(afterPage(between, '2026-03-01T09:58:00.000Z', last)).toEqual({ since: '2026-03-01T11:00:00.000Z' });
    expect(restartSearch(between)).toEqual(cursor);
  });

  it('moves to the latest change when Amazon names no bound, whatever the order of the page', () => {
    const orders = ['2026-03-01T10:30:00Z', '2026-03-01T10:20:00+00:00'].map((lastUpdatedTime, index) => ({
      orderId: String(index),
      lastUpdatedTime,
    }));
    expect(afterPage(cursor, since, { orders: [...orders, { broken: true }] })).toEqual({
      since: '2026-03-01T10:30:00.000Z',
    });
  });

  it('never moves back', () => {
    const page = { orders: [], lastUpdatedBefore: '2026-03-01T09:00:00Z' };
    expect(afterPage(cursor, since, page)).toEqual(cursor);
    expect(afterPage(cursor, since, { orders: [] })).toEqual(cursor);
  });

  it('is what was stored, and nothing else', () => {
    const search = { after: since, token: 't', until: since };
    expect(parseCursor(JSON.stringify({ since, search }))).toEqual({ since, search });
    expect(() => parseCursor('{}')).toThrow(/since/);
    expect(() => parseCursor('yesterday')).toThrow(/JSON/);
  });
});
