/**
 * Paces calls to a vendor's published limit: `burst` calls at once, then `perSecond`.
 * The vendor's headers may change the rate at run time. Waiting callers are served in order.
 */
export class TokenBucket {
  private tokens: number;
  private refilledAt: number;
  private pausedUntil = 0;
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private perSecond: number,
    private readonly burst: number,
    private readonly now: () => number = Date.now,
    private readonly sleep: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  ) {
    this.tokens = burst;
    this.refilledAt = now();
  }

  /** Resolves when a call may be made. */
  take(): Promise<void> {
    const turn = this.tail.then(() => this.waitForToken());
    this.tail = turn;
    return turn;
  }

  /** Milliseconds until a call could be made, not counting those already waiting. */
  delayMs(): number {
    this.refill();
    const pause = Math.max(0, this.pausedUntil - this.now());
    return Math.max(pause, this.tokens >= 1 ? 0 : ((1 - this.tokens) / this.perSecond) * 1000);
  }

  /** The vendor told another rate (`x-amzn-RateLimit-Limit`). */
  setRate(perSecond: number): void {
    if (!(perSecond > 0)) return;
    this.refill();
    this.perSecond = perSecond;
  }

  /** The vendor said stop (429, Retry-After): nothing goes out before then. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.now() + ms);
    this.tokens = 0;
    this.refilledAt = this.pausedUntil;
  }

  private async waitForToken(): Promise<void> {
    for (let delay = this.delayMs(); delay > 0; delay = this.delayMs()) await this.sleep(Math.ceil(delay));
    this.tokens -= 1;
  }

  private refill(): void {
    const now = this.now();
    if (now <= this.refilledAt) return;
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.refilledAt) / 1000) * this.perSecond);
    this.refilledAt = now;
  }
}
