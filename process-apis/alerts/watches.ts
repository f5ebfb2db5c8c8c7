import type { Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { dueAt, stageOf, warnAt, type SlaStage } from '../orders/index.js';

/** A clock that runs: a step of an order, and when somebody must hear of it. */
export interface Watch {
  readonly orderId: string;
  readonly waitKey: string;
  readonly channel: string;
  readonly stage: SlaStage;
  /** The clock's beginning: when the wait began, or was asked for again. */
  readonly since: Instant;
  readonly warnAt: Instant;
  readonly dueAt: Instant;
}

/** A watch as it is stored. */
export interface StoredWatch extends Watch {
  readonly alertId?: string;
}

/** The clocks that run for an order now. Pure. */
export function watchesOf(order: Order): readonly Watch[] {
  return order.waits.flatMap((wait) => {
    const [stage, due, warn] = [stageOf(wait), dueAt(order, wait), warnAt(order, wait)];
    if (stage === undefined || due === undefined || warn === undefined) return [];
    const since = new Date(wait.retriedAt ?? wait.since).toISOString();
    return [{ orderId: order.id, waitKey: wait.key, channel: order.channel, stage, since, warnAt: warn, dueAt: due }];
  });
}

export interface WatchChanges {
  /** New ones, and those whose times moved: whatever was told of them is over. */
  readonly begun: readonly Watch[];
  /** Those that run no more, or ran anew. */
  readonly ended: readonly StoredWatch[];
}

/** What is new of the clocks of these orders. Pure. */
export function compareWatches(stored: readonly StoredWatch[], running: readonly Watch[]): WatchChanges {
  const before = new Map(stored.map((watch) => [nameOf(watch), watch]));
  const now = new Map(running.map((watch) => [nameOf(watch), watch]));
  return {
    begun: [...now.values()].filter((watch) => !isSame(before.get(nameOf(watch)), watch)),
    ended: stored.filter((watch) => !isSame(watch, now.get(nameOf(watch)))),
  };
}

/** One clock for each wait of an order. */
export function nameOf({ orderId, waitKey }: Pick<Watch, 'orderId' | 'waitKey'>): string {
  return `${orderId}/${waitKey}`;
}

function isSame(a: Watch | undefined, b: Watch | undefined): boolean {
  return a?.since === b?.since && a?.warnAt === b?.warnAt && a?.dueAt === b?.dueAt;
}
