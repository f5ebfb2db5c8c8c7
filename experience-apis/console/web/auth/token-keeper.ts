import { SignInEndedError, type Tokens } from './oidc.js';

/** Renewed this long before its end: a renewal, and one more try. */
const BEFORE_END_MS = 60_000;
const RETRY_MS = 5_000;
/** A token that ends within this time would end on its way to the hub. */
const ON_ITS_WAY_MS = 2_000;

export interface TokenKeeperOptions {
  readonly tokens: Tokens;
  /** Throws SignInEndedError where there is nothing to renew with. */
  readonly renew: (held: Tokens) => Promise<Tokens>;
  readonly onRenewed: (tokens: Tokens) => void;
  /** Nothing brings another token but the person. */
  readonly onEnded: () => void;
  /** Timers and milliseconds since 1970, for tests. */
  readonly later?: (work: () => void, ms: number) => () => void;
  readonly now?: () => number;
}

/** Holds the token of the page, and has a new one before the old one ends. */
export class TokenKeeper {
  private tokens: Tokens;
  private renewing: Promise<void> | undefined;
  private over = false;
  private cancel: () => void = () => undefined;

  constructor(private readonly options: TokenKeeperOptions) {
    this.tokens = options.tokens;
    this.schedule();
  }

  get held(): Tokens {
    return this.tokens;
  }

  /** The token to send now; after a renewal where the one that is held is (nearly) over. */
  async fresh(): Promise<string> {
    if (this.now() >= this.tokens.expiresAt - ON_ITS_WAY_MS) await this.renewNow();
    return this.tokens.accessToken;
  }

  /** The hub refused the token `refused`; true when there is another one now. */
  async replace(refused: string): Promise<boolean> {
    if (this.tokens.accessToken === refused) await this.renewNow();
    return this.tokens.accessToken !== refused;
  }

  /** The page was asleep: timers did not run. */
  wake(): void {
    if (this.now() >= this.tokens.expiresAt - BEFORE_END_MS) void this.renewNow();
  }

  stop(): void {
    this.over = true;
    this.cancel();
  }

  /** One renewal at a time: a refresh token opens once. */
  private renewNow(): Promise<void> {
    if (this.over) return Promise.resolve();
    this.renewing ??= this.renewal().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async renewal(): Promise<void> {
    this.cancel();
    try {
      this.tokens = await this.options.renew(this.tokens);
      if (this.over) return;
      this.schedule();
      this.options.onRenewed(this.tokens);
    } catch (error) {
      if (this.over) return;
      if (error instanceof SignInEndedError) this.end();
      else this.cancel = this.later(() => void this.renewNow(), RETRY_MS);
    }
  }

  /** Without anything to renew with, the page goes on until the end of the token. */
  private end(): void {
    const rest = this.tokens.refreshToken === undefined ? this.tokens.expiresAt - this.now() : 0;
    if (rest > ON_ITS_WAY_MS) {
      this.cancel = this.later(() => this.end(), rest);
      return;
    }
    this.stop();
    this.options.onEnded();
  }

  private schedule(): void {
    this.cancel();
    const ms = Math.max(RETRY_MS, this.tokens.expiresAt - this.now() - BEFORE_END_MS);
    this.cancel = this.later(() => void this.renewNow(), ms);
  }

  private later(work: () => void, ms: number): () => void {
    return (this.options.later ?? afterMs)(work, ms);
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}

function afterMs(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
