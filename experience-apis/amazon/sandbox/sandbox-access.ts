import { randomBytes } from 'node:crypto';
import type { SandboxAnswer } from './sandbox-answers.js';

export interface SandboxCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** Login with Amazon: gives access tokens for the refresh token, and knows which still count. */
export class SandboxAccess {
  /** Tokens given since the start. */
  granted = 0;
  /** Calls that came without a good token. */
  refused = 0;
  private readonly goodUntil = new Map<string, number>();

  constructor(
    private readonly credentials: SandboxCredentials,
    private readonly tokenSeconds: number,
    private readonly now: () => number,
  ) {}

  grant(form: URLSearchParams): SandboxAnswer {
    if (form.get('grant_type') !== 'refresh_token')
      return refused(400, 'unsupported_grant_type', 'The grant type is not supported');
    const { clientId, clientSecret, refreshToken } = this.credentials;
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return refused(401, 'invalid_client', 'Client authentication failed');
    if (form.get('refresh_token') !== refreshToken)
      return refused(400, 'invalid_grant', 'The request has an invalid grant parameter : refresh_token');
    this.forgetExpired();
    const token = `Atza|${randomBytes(24).toString('base64url')}`;
    this.granted += 1;
    this.goodUntil.set(token, this.now() + this.tokenSeconds * 1000);
    return {
      status: 200,
      body: { access_token: token, refresh_token: refreshToken, token_type: 'bearer', expires_in: this.tokenSeconds },
    };
  }

  takes(token: string | undefined): boolean {
    const good = token !== undefined && (this.goodUntil.get(token) ?? 0) > this.now();
    if (!good) this.refused += 1;
    return good;
  }

  /** Every token given so far stops counting. */
  revokeAll(): void {
    this.goodUntil.clear();
  }

  private forgetExpired(): void {
    for (const [token, until] of this.goodUntil) if (until <= this.now()) this.goodUntil.delete(token);
  }
}

function refused(status: number, error: string, description: string): SandboxAnswer {
  return { status, body: { error, error_description: description } };
}
