import { OutsideError } from '../../src/platform/outside/outside-error.js';
import type { OutsideHttp } from '../../src/platform/outside/outside-http.js';
import { AccessTokenWire } from './amazon-access.wire.js';
import { explainAccess, parseAnswer } from './amazon.answers.js';

const OPERATION = 'lwa.token';
/** A token is not used in its last minute: the call must reach Amazon while it still counts. */
const SPARE_MS = 60_000;

export interface LwaCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** The access token of one account: fetched when needed, kept until shortly before it ends, fetched once for all who wait. */
export class LwaToken {
  private current: { readonly token: string; readonly goodUntil: number } | undefined;
  private fetching: Promise<string> | undefined;

  constructor(
    private readonly http: OutsideHttp,
    private readonly url: string,
    private readonly credentials: () => LwaCredentials,
  ) {}

  async get(): Promise<string> {
    if (this.current !== undefined && Date.now() < this.current.goodUntil) return this.current.token;
    this.fetching ??= this.fetch().finally(() => (this.fetching = undefined));
    return await this.fetching;
  }

  /** Amazon refused this token. A newer one, fetched meanwhile by another caller, stays. */
  discard(token: string): void {
    if (this.current?.token === token) this.current = undefined;
  }

  private async fetch(): Promise<string> {
    const { clientId, clientSecret, refreshToken } = this.credentials();
    const answer = await this.http.send({
      method: 'POST',
      url: this.url,
      operation: OPERATION,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: clientId,
        client_secret: clientSecret,
      }).toString(),
    });
    if (answer.status !== 200) throw this.failure(answer);
    const token = parseAnswer(OPERATION, answer, AccessTokenWire);
    const lifeMs = token.expires_in * 1000;
    this.current = { token: token.access_token, goodUntil: Date.now() + lifeMs - Math.min(SPARE_MS, lifeMs / 2) };
    return token.access_token;
  }

  /** LWA answers 400 for a revoked refresh token: that is a matter of credentials too. */
  private failure(answer: Parameters<OutsideHttp['failure']>[1]): OutsideError {
    const failure = this.http.failure(OPERATION, answer, explainAccess);
    if (failure.kind !== 'rejected') return failure;
    return new OutsideError('authentication', failure.message, failure.details);
  }
}
