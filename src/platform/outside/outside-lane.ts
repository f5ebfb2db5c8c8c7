import { AsyncLocalStorage } from 'node:async_hooks';
import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type BulkheadPolicy,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { OperationPolicy } from './operation-policy.js';
import { OutsideError } from './outside-error.js';

/** Calls that wait in the process for a place; more are put off. */
const LINE_MAX = 1_000;

/** Who had to wait for the other side tells so for this long. */
const LIMITED_MS = 15_000;

export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

/** The breaker of one operation as this process sees it. */
export interface BreakerReading {
  readonly system: string;
  readonly operation: string;
  readonly state: BreakerState;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The failure that opened it last. */
  readonly lastError?: string;
}

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Isolated]: 'OPEN',
};

/** The calls of one operation in this process: so many at once, and none while its breaker is open. */
export class OutsideLane {
  private readonly places: BulkheadPolicy;
  private readonly breaker: CircuitBreakerPolicy;
  private since: number;
  private lastError: string | undefined;
  private limitedAt = Number.NEGATIVE_INFINITY;
  /** The vendor asked for a rest without a budget that all processes share. */
  private restUntil = 0;

  constructor(
    readonly policy: OperationPolicy,
    private readonly now: () => number,
  ) {
    this.since = now();
    this.places = bulkhead(policy.concurrencyMax, LINE_MAX);
    // Only what says that the other side is down: a refusal is an answer.
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof OutsideError && error.kind === 'transient'),
      { halfOpenAfter: policy.breaker.openMs, breaker: new ConsecutiveBreaker(policy.breaker.failures) },
    );
    this.breaker.onStateChange(() => (this.since = now()));
    this.breaker.onFailure(({ reason }) => {
      if ('error' in reason && reason.error instanceof Error) this.lastError = reason.error.message;
    });
  }

  reading(): BreakerReading {
    const { system, operation } = this.policy;
    return {
      system,
      operation,
      state: STATES[this.breaker.state],
      since: this.since,
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
    };
  }

  /** Why nothing may be sent now. */
  get shutBecause(): string {
    return this.breaker.state === CircuitState.Open ? 'it failed too often' : 'it asked to be left alone';
  }

  /** Milliseconds for which nothing may be sent. */
  shutMs(): number {
    const rest = Math.max(0, this.restUntil - this.now());
    if (this.breaker.state !== CircuitState.Open) return rest;
    return Math.max(rest, this.since + this.policy.breaker.openMs - this.now());
  }

  rest(ms: number): void {
    this.restUntil = Math.max(this.restUntil, this.now() + ms);
  }

  /** The other side keeps the calls back just now: by its limits, or by answering slowly. */
  limited(): void {
    this.limitedAt = this.now();
  }

  get isLimited(): boolean {
    return this.now() - this.limitedAt < LIMITED_MS;
  }

  /** Runs the work in its turn. @throws BulkheadRejectedError when too many wait. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.places.executionSlots === 0) this.limited();
    // A call that waits is started by the one before it, and is not part of what that one is done for.
    return this.places.execute(AsyncLocalStorage.bind(work));
  }

  /** @throws BrokenCircuitError when the breaker is open. */
  guarded<T>(call: () => Promise<T>): Promise<T> {
    return this.breaker.execute(call);
  }
}
