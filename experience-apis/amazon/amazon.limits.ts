import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { TokenBucket } from '../../src/platform/outside/token-bucket.js';
import { RATE_LIMIT_HEADER } from './amazon-access.wire.js';
import { OPERATIONS, USAGE_PLANS, type Operation } from './amazon-usage-plan.wire.js';
import { AMAZON } from './amazon.settings.js';

/** A caller waits this long in the process at most; a longer wait is the task queue's. */
export const WAIT_MS_MAX = 10_000;

/**
 * Amazon counts a call when it arrives. A caller that waited for its token waits this much longer, so that a call which
 * travelled faster than those before it is not refused. The rate stays: tokens go on refilling meanwhile.
 */
const TRAVEL_MS = 250;

/** Amazon's limits of one account: a bucket per operation, corrected by what Amazon answers. */
export class AmazonLimits {
  private readonly limits: ReadonlyMap<Operation, OperationLimit>;

  constructor(rateFactor: number) {
    this.limits = new Map(OPERATIONS.map((operation) => [operation, new OperationLimit(operation, rateFactor)]));
  }

  of(operation: Operation): OperationLimit {
    const limit = this.limits.get(operation);
    if (limit === undefined) throw new Error(`no usage plan for ${operation}`);
    return limit;
  }
}

export class OperationLimit {
  private readonly bucket: TokenBucket;
  private readonly burst: number;
  private perSecond: number;
  private waiting = 0;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly operation: Operation,
    rateFactor: number,
  ) {
    const plan = USAGE_PLANS[operation];
    this.burst = plan.burst;
    this.perSecond = plan.perSecond * rateFactor;
    this.bucket = new TokenBucket(this.perSecond, plan.burst);
  }

  /** Resolves when a call may be made; throws `throttled` where that would take too long to wait for here. */
  async take(): Promise<void> {
    const queueMs = (Math.max(0, this.waiting - this.burst) / this.perSecond) * 1000;
    if (queueMs > WAIT_MS_MAX) throw this.throttled(queueMs);
    this.waiting += 1;
    // One after the other: the bucket's delay is right only for the caller whose turn it is.
    const turn = this.tail.then(() => this.takeToken());
    this.tail = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      this.waiting -= 1;
    }
  }

  private async takeToken(): Promise<void> {
    const delayMs = this.bucket.delayMs();
    if (delayMs > WAIT_MS_MAX) throw this.throttled(delayMs);
    if (delayMs > 0) await sleep(delayMs + TRAVEL_MS);
    await this.bucket.take();
  }

  /** Every answer may tell the rate that holds for this account. */
  learn(headers: Readonly<Record<string, string>>): void {
    const told = Number(headers[RATE_LIMIT_HEADER]);
    if (!(told > 0)) return;
    this.perSecond = told;
    this.bucket.setRate(told);
  }

  /** Amazon answered 429. Without Retry-After the next call is due when one token has refilled. */
  refused(retryAfterMs?: number): number {
    const pauseMs = retryAfterMs ?? Math.ceil(1000 / this.perSecond);
    this.bucket.pause(pauseMs);
    return pauseMs;
  }

  private throttled(delayMs: number): OutsideError {
    return new OutsideError('throttled', `${AMAZON} allows no ${this.operation} for ${Math.ceil(delayMs / 1000)} s`, {
      system: AMAZON,
      operation: this.operation,
      retryAfterMs: Math.ceil(delayMs),
    });
  }
}
