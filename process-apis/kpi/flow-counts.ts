import type { Instant } from '../../src/model/time.js';
import type { Move, Progress } from './progress.types.js';

/** Ten seconds of rates are one row. */
export const RATE_BUCKET_MS = 10_000;

/** Orders more or fewer in a place. `jam` is empty for those that nothing keeps. */
export interface FlowDelta {
  readonly channel: string;
  readonly stage: string;
  readonly jam: string;
  readonly orders: number;
  readonly overdue: number;
  /** When the last one came, if any did. */
  readonly lastAt: Instant | undefined;
}

export interface RateDelta {
  readonly at: Instant;
  readonly channel: string;
  readonly stage: string;
  readonly entered: number;
  readonly departed: number;
}

/** What the change of each order does to the counts of places; what does nothing is left out. Pure. */
export function flowDeltas(
  changes: readonly { readonly before: Progress | undefined; readonly after: Progress }[],
): readonly FlowDelta[] {
  const deltas = new Map<string, FlowDelta>();
  const add = ({ channel, stage, jam, orders, overdue, lastAt }: FlowDelta): void => {
    const key = JSON.stringify([channel, stage, jam]);
    const before = deltas.get(key);
    const last = [before?.lastAt, lastAt].filter((at) => at !== undefined).toSorted();
    deltas.set(key, {
      channel,
      stage,
      jam,
      orders: (before?.orders ?? 0) + orders,
      overdue: (before?.overdue ?? 0) + overdue,
      lastAt: last.at(-1),
    });
  };
  for (const { before, after } of changes) {
    const { channel, acceptedAt } = after;
    if (before === undefined) add({ channel, stage: 'NEW', jam: '', orders: 1, overdue: 0, lastAt: acceptedAt });
    if (before !== undefined) addPlace(add, before, -1);
    addPlace(add, after, 1);
  }
  return [...deltas.values()].filter(({ orders, overdue, lastAt }) => orders !== 0 || overdue !== 0 || lastAt);
}

function addPlace(add: (delta: FlowDelta) => void, progress: Progress, sign: 1 | -1): void {
  const { channel, stage, stageSince, jam, overdue } = progress;
  if (stage === undefined) return;
  const lastAt = sign === 1 ? stageSince : undefined;
  add({ channel, stage, jam: jam?.code ?? '', orders: sign, overdue: overdue ? sign : 0, lastAt });
}

/** Moves since an instant by ten seconds. Pure. */
export function rateDeltas(moves: readonly Move[], sinceMs: number): readonly RateDelta[] {
  const deltas = new Map<string, RateDelta>();
  for (const { at, channel, stage, entered } of moves) {
    const ms = Date.parse(at);
    if (ms < sinceMs) continue;
    const bucket = new Date(Math.floor(ms / RATE_BUCKET_MS) * RATE_BUCKET_MS).toISOString();
    const key = JSON.stringify([bucket, channel, stage]);
    const before = deltas.get(key) ?? { at: bucket, channel, stage, entered: 0, departed: 0 };
    deltas.set(key, { ...before, entered: before.entered + entered, departed: before.departed + 1 - entered });
  }
  return [...deltas.values()];
}
