import type { Pool } from 'pg';
import type { StockUnits } from '../../src/model/events.js';
import { retryDelayMs } from '../../src/platform/http/retry-delay.js';
import { consumeLog, encodeCursor } from '../../src/platform/event-log/index.js';
import {
  readDue,
  readDueChannels,
  recordTold,
  refreshWanted,
  type DuePublication,
  type ToldQuantity,
} from './publication.sql.js';

const CURSOR = 'publishing';
const PAGE = 1_000;
/** Listings told in one call. */
export const PUBLISH_PAGE = 100;

/** Tells a channel its quantities and says what the channel made of each. Registered by the channel's own folder. */
export type TellQuantities = (
  channel: string,
  quantities: readonly DuePublication[],
) => Promise<readonly ToldQuantity[] | 'NOTHING_TO_TELL'>;

/**
 * Keeps each channel's listings at what may be sold. Follows the event log with a stored cursor; the wanted quantity is
 * computed from the stock as it is then, so a channel that was down gets the latest truth, not the history.
 */
export class Publishing {
  private tell: TellQuantities | undefined;
  /** Channels whose last telling failed, until their time comes. */
  private readonly resting = new Map<string, { readonly failures: number; readonly untilMs: number }>();

  constructor(
    private readonly pool: Pool,
    /** Hears of each telling that failed. It is tried again, later each time. */
    private readonly onFailure: (sentence: string) => void,
  ) {}

  register(tell: TellQuantities): void {
    this.tell = tell;
  }

  /** Turns stock changes into wanted quantities. Gives true when there is more. */
  sweepChanges(): Promise<boolean> {
    // One writer at a time: of two, the one with the older view of the stock could write last.
    return consumeLog(this.pool, CURSOR, PAGE, async (tx, events) => {
      const changed = events.flatMap(({ data }) => ('stock' in data ? (data.stock as readonly StockUnits[]) : []));
      const skus = [...new Set(changed.map(({ sku }) => sku))].toSorted();
      const last = events.at(-1);
      if (skus.length > 0 && last !== undefined) await refreshWanted(tx, skus, encodeCursor(last.cursor));
    });
  }

  /** Tells one page to each channel that has something due. One channel's failure does not keep the others waiting. */
  async sweepDue(): Promise<boolean> {
    if (this.tell === undefined) return false;
    const due = await readDueChannels(this.pool);
    const now = Date.now();
    const ready = due.filter((channel) => (this.resting.get(channel)?.untilMs ?? 0) <= now);
    const more = await Promise.all(ready.map((channel) => this.tellOrRest(channel)));
    return more.includes(true);
  }

  private async tellOrRest(channel: string): Promise<boolean> {
    try {
      const more = await this.tellPage(channel);
      this.resting.delete(channel);
      return more;
    } catch (error) {
      const failures = (this.resting.get(channel)?.failures ?? 0) + 1;
      const delayMs = retryDelayMs(failures, error);
      this.resting.set(channel, { failures, untilMs: Date.now() + delayMs });
      const why = error instanceof Error ? error.message : String(error);
      this.onFailure(`telling ${channel} its quantities goes on in ${Math.ceil(delayMs / 1000)} s: ${why}`);
      return false;
    }
  }

  private async tellPage(channel: string): Promise<boolean> {
    const due = await readDue(this.pool, channel, PUBLISH_PAGE);
    if (due.length === 0 || this.tell === undefined) return false;
    const told = await this.tell(channel, due);
    // A channel that takes no quantities (a partner reads them) has heard all there is to hear.
    await recordTold(this.pool, channel, told === 'NOTHING_TO_TELL' ? due : told);
    return due.length === PUBLISH_PAGE;
  }
}
