/** What is asked of one budget. */
export interface TokenRequest {
  readonly name: string;
  /** Grants wanted at once, each of `cost` tokens. */
  readonly wanted: number;
  readonly cost: number;
  /** As declared; what the vendor told holds instead. */
  readonly perSecond: number;
  /** No more than this, whatever the vendor told. */
  readonly perSecondMax?: number;
  readonly burst: number;
}

export interface TokenGrant {
  /** Calls that may be made now, at most as many as were wanted. */
  readonly granted: number;
  /** When `granted` is 0: how long until one is, in milliseconds. */
  readonly waitMs: number;
}

/** What a vendor told of a budget. */
export interface ToldBudget {
  readonly perSecond?: number;
  /** What is left now. */
  readonly tokens?: number;
}

/** Where token buckets are kept. */
export interface BudgetBook {
  grant(request: TokenRequest): Promise<TokenGrant>;
  told(name: string, told: ToldBudget): Promise<void>;
  /** The vendor said stop: nothing goes out before then, and no burst after it. */
  pause(name: string, ms: number): Promise<void>;
}

interface Bucket {
  tokens: number;
  refilledAt: number;
  perSecond?: number;
  pausedUntil: number;
}

/** Buckets of this process alone: for tools and tests that have no database. */
export class MemoryBudgetBook implements BudgetBook {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly now: () => number = Date.now) {}

  grant(request: TokenRequest): Promise<TokenGrant> {
    const now = this.now();
    const bucket = this.bucket(request.name, request.burst);
    const told = bucket.perSecond ?? request.perSecond;
    const perSecond = Math.min(told, request.perSecondMax ?? told);
    const refilled = (Math.max(0, now - bucket.refilledAt) / 1000) * perSecond;
    bucket.tokens = Math.min(request.burst, bucket.tokens + refilled);
    bucket.refilledAt = Math.max(now, bucket.refilledAt);
    if (now < bucket.pausedUntil) return Promise.resolve({ granted: 0, waitMs: bucket.pausedUntil - now });
    const granted = Math.min(request.wanted, Math.max(0, Math.floor(bucket.tokens / request.cost + TINY)));
    bucket.tokens -= granted * request.cost;
    const waitMs = granted > 0 ? 0 : ((request.cost - bucket.tokens) / perSecond) * 1000;
    return Promise.resolve({ granted, waitMs });
  }

  told(name: string, { perSecond, tokens }: ToldBudget): Promise<void> {
    const bucket = this.bucket(name, tokens ?? 0);
    if (perSecond !== undefined) bucket.perSecond = perSecond;
    if (tokens !== undefined) {
      bucket.tokens = tokens;
      bucket.refilledAt = this.now();
    }
    return Promise.resolve();
  }

  pause(name: string, ms: number): Promise<void> {
    const bucket = this.bucket(name, 0);
    bucket.pausedUntil = Math.max(bucket.pausedUntil, this.now() + ms);
    bucket.tokens = 0;
    bucket.refilledAt = bucket.pausedUntil;
    return Promise.resolve();
  }

  private bucket(name: string, tokens: number): Bucket {
    const known = this.buckets.get(name);
    if (known !== undefined) return known;
    const bucket: Bucket = { tokens, refilledAt: this.now(), pausedUntil: 0 };
    this.buckets.set(name, bucket);
    return bucket;
  }
}

/** Refilling adds fractions: a token that is there but for a rounding error is there. */
const TINY = 1e-9;
