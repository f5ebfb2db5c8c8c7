import { OPERATIONS, USAGE_PLANS, type Operation } from '../amazon-usage-plan.wire.js';

/** Amazon's token buckets: one per operation, at the published plans times a factor. */
export class SandboxLimits {
  private readonly buckets: ReadonlyMap<Operation, Bucket>;

  constructor(factor: number, now: () => number) {
    this.buckets = new Map(
      OPERATIONS.map((operation) => {
        const { perSecond, burst } = USAGE_PLANS[operation];
        return [operation, new Bucket(perSecond * factor, Math.max(1, burst * factor), now)] as const;
      }),
    );
  }

  /** Whether one more call is within the limit; takes its token if so. */
  allows(operation: Operation): boolean {
    return this.buckets.get(operation)?.take() ?? true;
  }

  /** Calls per second, as the header tells it. */
  rate(operation: Operation): string {
    return String(this.buckets.get(operation)?.perSecond ?? 0);
  }
}

class Bucket {
  private tokens: number;
  private refilledAt: number;

  constructor(
    readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number,
  ) {
    this.tokens = burst;
    this.refilledAt = now();
  }

  take(): boolean {
    const now = this.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.refilledAt) / 1000) * this.perSecond);
    this.refilledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
