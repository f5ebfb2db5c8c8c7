import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { retryDelayMs } from '../../src/platform/outside/retry-delay.js';
import type { Lease } from '../../src/platform/db/lease.js';
import {
  forgetTold,
  readDue,
  readSubmissions,
  readSubmitted,
  recordHeard,
  recordTold,
  restoreTold,
  type DuePublication,
  type SubmittedQuantity,
  type ToldRow,
} from './publication.sql.js';
import type { QuantityTeller, TellResult } from './publishing.types.js';

/** Calls in one run: then others of the process get their turn with the lease. */
const PAGES_MAX = 100;
/** A channel that is at its limit is waited for this long within a run; longer, it rests. */
const PACE_MS_MAX = 10_000;
const PACE_MS_MIN = 50;
/**
 * Listings in one call while the channel works on a submission: the most urgent go out beside it, in short calls. The
 * others gather for the next submission, of which a channel takes few.
 */
const PAGE_BESIDE_SUBMISSION = 25;
/** Submissions looked at in one run. */
const SUBMISSIONS_MAX = 20;
const SUBMISSION_POLL_MS_MIN = 2_000;
const SUBMISSION_POLL_MS_MAX = 60_000;
/** Listings marked at once that a channel reads by itself. */
const HEARD_PAGE = 1_000;

type Known = Pick<DuePublication, 'listingSku' | 'quantity' | 'cause' | 'failures' | 'last'>;

/** When a submission is asked about next, in milliseconds of the epoch, and the pause after that. */
interface Poll {
  readonly atMs: number;
  readonly pauseMs: number;
}

/** Tells one channel its quantities, page by page, under its lease. */
export class ChannelTelling {
  private polls = new Map<string, Poll>();

  constructor(
    private readonly pool: Pool,
    private readonly channel: string,
    private readonly teller: QuantityTeller,
    private readonly onFailure: (sentence: string) => void,
    /** Ends the run after the page under way. */
    private readonly stopping: AbortSignal,
  ) {}

  /** Until nothing is due. Throws what failed for the whole channel; the listings stay due. */
  async run(lease: Lease): Promise<void> {
    const pageMax = await this.teller.pageMax(this.channel);
    if (pageMax === 0) {
      for (let page = 0; page < PAGES_MAX; page += 1)
        if ((await recordHeard(this.pool, this.channel, HEARD_PAGE)) < HEARD_PAGE) return;
      return;
    }
    for (let page = 0; page < PAGES_MAX && !this.stopping.aborted; page += 1) {
      const isWorking = await this.readSubmissions(lease);
      const limit = isWorking ? Math.min(pageMax, PAGE_BESIDE_SUBMISSION) : pageMax;
      if (!(await this.tellPage(limit, lease))) return;
    }
  }

  /** Gives true when more may be due. What changes while the channel works is read with the next page: latest wins. */
  private async tellPage(limit: number, lease: Lease): Promise<boolean> {
    const due = await readDue(this.pool, this.channel, limit);
    if (due.length === 0) return false;
    await forgetTold(
      this.pool,
      this.channel,
      due.map((row) => row.listingSku),
    );
    let results: readonly TellResult[];
    try {
      results = await this.teller.tell(this.channel, due);
    } catch (error) {
      if (error instanceof OutsideError && error.details.outcomeUnknown !== true)
        await restoreTold(this.pool, this.channel, due);
      const pauseMs = paceMs(error);
      if (pauseMs === undefined) throw error;
      await sleep(pauseMs, undefined, { signal: this.stopping }).catch(() => undefined);
      return true;
    }
    const isSpeaker = await recordTold(this.pool, this.channel, lease, toRows(due, results));
    // Where nothing got through, the next page would fare no better.
    return isSpeaker && results.some(({ outcome }) => outcome !== 'FAILED');
  }

  /**
   * What became of what the channel took for processing; gives true while it works on some of it. A failure keeps nothing
   * else waiting: it is asked again later.
   */
  private async readSubmissions(lease: Lease): Promise<boolean> {
    const submissions = await readSubmissions(this.pool, this.channel, SUBMISSIONS_MAX);
    this.polls = new Map(submissions.map((key) => [key, this.polls.get(key) ?? firstPoll()]));
    for (const [submission, poll] of this.polls) {
      if (poll.atMs > Date.now() || this.stopping.aborted) continue;
      const pauseMs = Math.min(SUBMISSION_POLL_MS_MAX, poll.pauseMs * 1.5);
      this.polls.set(submission, { atMs: Date.now() + poll.pauseMs, pauseMs });
      try {
        if (await this.readSubmission(submission, lease)) this.polls.delete(submission);
      } catch (error) {
        const delayMs = Math.max(poll.pauseMs, retryDelayMs(1, error));
        this.polls.set(submission, { atMs: Date.now() + delayMs, pauseMs });
        this.onFailure(`${this.channel} is asked again in ${seconds(delayMs)} s about ${submission}: ${textOf(error)}`);
      }
    }
    return this.polls.size > 0;
  }

  /** Gives true when the channel has ended it. */
  private async readSubmission(submission: string, lease: Lease): Promise<boolean> {
    const submitted = await readSubmitted(this.pool, this.channel, submission);
    const results = await this.teller.readSubmission(
      this.channel,
      submission,
      submitted.map((row) => row.listingSku),
    );
    if (results === 'PENDING') return false;
    await recordTold(this.pool, this.channel, lease, toRows(submitted, results, submission));
    return true;
  }
}

export function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function firstPoll(): Poll {
  return { atMs: Date.now(), pauseMs: SUBMISSION_POLL_MS_MIN };
}

/** How long to wait for a channel that is at its limit; undefined for what is no such thing. */
function paceMs(error: unknown): number | undefined {
  if (!(error instanceof OutsideError) || error.kind !== 'throttled') return undefined;
  const { retryAfterMs } = error.details;
  if (retryAfterMs === undefined || retryAfterMs > PACE_MS_MAX) return undefined;
  return Math.max(PACE_MS_MIN, retryAfterMs);
}

function toRows(
  told: readonly (Known | SubmittedQuantity)[],
  results: readonly TellResult[],
  submission?: string,
): readonly ToldRow[] {
  const known = new Map<string, Known>(told.map((row) => [row.listingSku, row]));
  const last = new Map(results.map((result) => [result.listingSku, result]));
  return [...last.values()].flatMap((result): readonly ToldRow[] => {
    const row = known.get(result.listingSku);
    if (row === undefined) return [];
    const { listingSku, outcome } = result;
    const failed = outcome === 'FAILED';
    return [
      {
        listingSku,
        outcome,
        quantity: row.quantity,
        cause: row.cause,
        last: row.last ?? null,
        reason: failed || outcome === 'REFUSED' ? result.reason : null,
        submission: outcome === 'PENDING' ? result.submission : (submission ?? null),
        overwrote: outcome === 'ACCEPTED' ? (result.overwrote ?? null) : null,
        retryAfterMs: failed ? Math.max(result.retryAfterMs ?? 0, retryDelayMs(row.failures + 1, undefined)) : null,
      },
    ];
  });
}
