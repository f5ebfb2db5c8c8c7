import type { Pool } from 'pg';
import type { EventCursor } from '../../../src/platform/event-log/index.js';

/** Milliseconds from a change of stock until the channel accepted a quantity that has it in it. */
export interface Lags {
  /** Ascending. */
  readonly all: readonly number[];
  /** Of the changes that took the last unit. */
  readonly soldOut: readonly number[];
}

interface Telling {
  readonly at: number;
  readonly quantity: number;
}

/**
 * Changes after the cursor, each taking units away, with the first telling that shows no more than what they left.
 * `units` is what was there before, by item.
 */
export async function readLags(
  pool: Pool,
  channel: string,
  after: EventCursor,
  units: ReadonlyMap<string, number>,
): Promise<Lags> {
  const tellings = await readTellings(pool, channel);
  const levels = new Map(units);
  const all: number[] = [];
  const soldOut: number[] = [];
  for (const { sku, at, delta } of await readChanges(pool, after)) {
    const left = (levels.get(sku) ?? 0) + delta;
    levels.set(sku, left);
    const telling = tellings.get(sku)?.find(({ quantity }) => quantity <= left);
    if (telling === undefined) throw new Error(`${channel} was never told that ${left} of ${sku} are left`);
    all.push(telling.at - at);
    if (left === 0) soldOut.push(telling.at - at);
  }
  return { all: ascending(all), soldOut: ascending(soldOut) };
}

async function readTellings(pool: Pool, channel: string): Promise<ReadonlyMap<string, readonly Telling[]>> {
  const { rows } = await pool.query<{ sku: string; told_at: Date; quantity: number }>(
    `select listing_sku as sku, told_at, quantity from told_quantity
     where channel = $1 and outcome = 'ACCEPTED' order by id`,
    [channel],
  );
  const told = rows.map(({ sku, told_at, quantity }) => ({ sku, at: told_at.getTime(), quantity }));
  return Map.groupBy(told, ({ sku }) => sku);
}

async function readChanges(
  pool: Pool,
  after: EventCursor,
): Promise<readonly { readonly sku: string; readonly at: number; readonly delta: number }[]> {
  const { rows } = await pool.query<{ sku: string; delta: number; recorded_at: Date }>(
    `select e.data->'stock'->0->>'sku' as sku, (e.data->'stock'->0->>'quantity')::int as delta, e.recorded_at
     from event_log e
     where e.stream_type = 'stock' and (e.tx, e.id) > ($1::xid8, $2::bigint) order by e.tx, e.id`,
    [after.tx, after.id],
  );
  return rows.map(({ sku, delta, recorded_at }) => ({ sku, delta, at: recorded_at.getTime() }));
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}
