import type { Order2026 } from '../amazon.wire.js';

interface LogEntry {
  readonly time: string;
  readonly orderId: string;
}

export interface LogPage {
  readonly orderIds: readonly string[];
  /** Where the next page goes on; absent on the last page. */
  readonly next?: number;
}

/**
 * Orders by time of change. An order that changes again gets a new entry and its old one goes stale, so a search is
 * one binary search and a walk, however many orders there are.
 */
export class OrderLog {
  private readonly entries: LogEntry[] = [];
  private readonly latest = new Map<string, string>();

  /** Times never go back. */
  append({ orderId, lastUpdatedTime }: Order2026): void {
    this.entries.push({ time: lastUpdatedTime, orderId });
    this.latest.set(orderId, lastUpdatedTime);
  }

  /** Position of the first change at or after the time. */
  positionOf(time: string): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.time ?? '') < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Up to `max` orders from the position on that last changed at or before `until` and that `wanted` takes. */
  page(position: number, until: string, max: number, wanted: (orderId: string) => boolean): LogPage {
    const orderIds: string[] = [];
    for (let at = position; at < this.entries.length; at += 1) {
      const entry = this.entries[at];
      if (entry === undefined || entry.time > until) break;
      if (this.latest.get(entry.orderId) !== entry.time || !wanted(entry.orderId)) continue;
      if (orderIds.length === max) return { orderIds, next: at };
      orderIds.push(entry.orderId);
    }
    return { orderIds };
  }
}
