import { z } from 'zod';
import type { OrderPage } from './amazon.client.js';
import { OrderHeadWire } from './amazon.wire.js';

/**
 * Where the reading of an account's orders stands. Amazon does not promise an order among the pages, so `since` moves
 * only when all pages of one search are kept; within a search the page's token is the progress.
 */
export interface AmazonCursor {
  /** Everything that changed before this instant is kept. */
  readonly since: string;
  /** The search under way: its next page, and the instant that `since` moves to when it ends. */
  readonly search?: { readonly after: string; readonly token: string; readonly until: string };
}

const cursorSchema = z.object({
  since: z.iso.datetime(),
  search: z.object({ after: z.iso.datetime(), token: z.string().min(1), until: z.iso.datetime() }).optional(),
});

export function cursorName(accountId: string): string {
  return `amazon-orders:${accountId}`;
}

export function firstCursor(now: number, lookbackMs: number): AmazonCursor {
  return { since: new Date(now - lookbackMs).toISOString() };
}

/** Throws on text that is no cursor: going on from a guess could skip orders. */
export function parseCursor(text: string): AmazonCursor {
  const { since, search } = cursorSchema.parse(JSON.parse(text));
  return { since, ...(search === undefined ? {} : { search }) };
}

/** Where the next search starts: a window before `since`, so that late and equal timestamps are read again. */
export function searchAfter(cursor: AmazonCursor, overlapMs: number): string {
  return cursor.search?.after ?? new Date(Date.parse(cursor.since) - overlapMs).toISOString();
}

/** The cursor once every order of `page` is kept. */
export function afterPage(cursor: AmazonCursor, after: string, page: OrderPage): AmazonCursor {
  // Only the first page bounds the search: what changes while it is paged belongs to the next one.
  const until = cursor.search?.until ?? page.lastUpdatedBefore ?? latestChange(page.orders) ?? cursor.since;
  if (page.nextToken !== undefined)
    return { since: cursor.since, search: { after, token: page.nextToken, until: iso(until) } };
  return { since: later(cursor.since, iso(until)) };
}

/** The cursor when Amazon no longer takes the page's token (it lives for a day): the search starts again. */
export function restartSearch(cursor: AmazonCursor): AmazonCursor {
  return { since: cursor.since };
}

function latestChange(orders: readonly unknown[]): string | undefined {
  const times = orders.flatMap((order) => {
    const head = OrderHeadWire.safeParse(order);
    return head.success && !Number.isNaN(Date.parse(head.data.lastUpdatedTime)) ? [iso(head.data.lastUpdatedTime)] : [];
  });
  return times.reduce<string | undefined>(
    (latest, time) => (latest === undefined ? time : later(latest, time)),
    undefined,
  );
}

/** UTC with milliseconds: only so does comparing the texts compare the times. */
function iso(time: string): string {
  return new Date(time).toISOString();
}

function later(left: string, right: string): string {
  return left < right ? right : left;
}
