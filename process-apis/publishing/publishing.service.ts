import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { retryDelayMs } from '../../src/platform/outside/retry-delay.js';
import type { Instant } from '../../src/model/time.js';
import { Lease } from '../../src/platform/db/lease.js';
import { ChannelTelling, seconds, textOf } from './channel-telling.js';
import { forgetPage, readChannelsToTell, readPublishedChannels } from './publication.sql.js';
import type { QuantityTeller, SellableListings } from './publishing.types.js';
import { pruneTold } from './told-history.sql.js';
import { WantedQuantities } from './wanted-quantities.js';

/** What was told to whom is kept this long. */
export const TOLD_KEPT_DAYS = 90;
/** Tellings deleted in one sweep. */
const PRUNE_PAGE = 5_000;
/** Listings made due again in one statement. */
const TELL_AGAIN_PAGE = 1_000;

export interface PublishingParts {
  readonly pool: Pool;
  readonly quantities: SellableListings;
  /** Called after a commit of AvailabilityChanged events. */
  readonly committed: () => void;
  /** Hears of each telling that failed. It is tried again, later each time. */
  readonly onFailure: (sentence: string) => void;
  /** By which rules start and end; the machine's clock when absent. */
  readonly now?: () => Instant;
}

/**
 * Keeps each channel's listings at what may be sold there: what they should show follows the event log, and each channel is
 * told the latest, most urgent first, by one process at a time. A channel that was down gets the latest truth, not the
 * history.
 */
export class Publishing {
  private readonly wanted: WantedQuantities;
  private readonly holder = randomUUID();
  private readonly stopped = new AbortController();
  private readonly tellings = new Map<string, ChannelTelling>();
  private readonly underWay = new Map<string, Promise<void>>();
  /** Channels whose last telling failed, until their time comes. */
  private readonly resting = new Map<string, { readonly failures: number; readonly untilMs: number }>();
  private teller: QuantityTeller | undefined;

  constructor(private readonly parts: PublishingParts) {
    this.wanted = new WantedQuantities({ ...parts, now: parts.now ?? (() => new Date().toISOString()) });
  }

  register(teller: QuantityTeller): void {
    this.teller = teller;
  }

  /** Turns the next events into wanted quantities. Gives true when there are more. */
  sweepChanges(): Promise<boolean> {
    return this.wanted.sweepChanges();
  }

  /** Computes a page of quantities again that time or master data may have changed. Gives true when there are more. */
  sweepReviews(): Promise<boolean> {
    return this.wanted.sweepReviews();
  }

  /** Starts to tell each channel that has something due, beside the others: a slow one keeps nobody waiting. */
  async sweepDue(): Promise<boolean> {
    const { teller } = this;
    if (teller === undefined || this.stopped.signal.aborted) return false;
    const now = Date.now();
    for (const channel of await readChannelsToTell(this.parts.pool)) {
      if (this.underWay.has(channel) || (this.resting.get(channel)?.untilMs ?? 0) > now) continue;
      this.underWay.set(
        channel,
        this.tell(channel, teller).finally(() => this.underWay.delete(channel)),
      );
    }
    return false;
  }

  /** When all that was started has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay.values());
  }

  /** Starts nothing more, and waits for the calls under way. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.settled();
  }

  /** Makes listings due whatever they were told: what the channel shows is not what it was told. Gives how many. */
  async tellAgain(channel: string, listingSkus: readonly string[] | 'ALL'): Promise<number> {
    let total = 0;
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await forgetPage(this.parts.pool, channel, listingSkus, after, TELL_AGAIN_PAGE);
      total += page.count;
      after = page.last;
    }
    return total;
  }

  /** `tellAgain` for all channels and listings: it is not known what any of them shows. Gives how many. */
  async tellAllAgain(): Promise<number> {
    let total = 0;
    for (const channel of await readPublishedChannels(this.parts.pool)) total += await this.tellAgain(channel, 'ALL');
    return total;
  }

  /** Deletes what was told longer than TOLD_KEPT_DAYS ago. Gives true when there is more. */
  async sweepHistory(): Promise<boolean> {
    return (await pruneTold(this.parts.pool, TOLD_KEPT_DAYS, PRUNE_PAGE)) === PRUNE_PAGE;
  }

  /** Never throws: what fails is told, and the channel rests. */
  private async tell(channel: string, teller: QuantityTeller): Promise<void> {
    const { pool, onFailure } = this.parts;
    const telling =
      this.tellings.get(channel) ?? new ChannelTelling(pool, channel, teller, onFailure, this.stopped.signal);
    this.tellings.set(channel, telling);
    let lease: Lease | undefined;
    let restMs = 0;
    try {
      lease = await Lease.take(pool, `publishing/${channel}`, this.holder);
      if (lease === undefined) return;
      await telling.run(lease);
      this.resting.delete(channel);
    } catch (error) {
      restMs = this.rest(channel, error);
    }
    // The others rest as well. Without a database the lease ends by itself.
    await lease?.release(restMs).catch((error: unknown) => onFailure(`${channel} stays leased: ${textOf(error)}`));
  }

  private rest(channel: string, error: unknown): number {
    const failures = (this.resting.get(channel)?.failures ?? 0) + 1;
    const delayMs = retryDelayMs(failures, error);
    this.resting.set(channel, { failures, untilMs: Date.now() + delayMs });
    this.parts.onFailure(`telling ${channel} its quantities goes on in ${seconds(delayMs)} s: ${textOf(error)}`);
    return delayMs;
  }
}
