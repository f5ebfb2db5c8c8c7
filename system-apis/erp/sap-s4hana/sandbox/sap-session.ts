import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const COOKIE = 'SAP_SESSIONID_SBX_100';
const SESSIONS_MAX = 1_000;

/** Basic authentication, and CSRF tokens bound to session cookies, as SAP's gateway does them. */
export class SapSessions {
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly user: string,
    private readonly password: string,
  ) {}

  isKnownUser(headers: IncomingHttpHeaders): boolean {
    const expected = Buffer.from(`Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}`);
    const given = Buffer.from(headers.authorization ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** Headers that answer `X-CSRF-Token: fetch`. */
  issueToken(): { readonly 'x-csrf-token': string; readonly 'set-cookie': string[] } {
    const session = randomBytes(16).toString('base64url');
    const token = randomBytes(16).toString('base64url');
    this.tokens.set(session, token);
    const [oldest] = this.tokens.keys();
    if (this.tokens.size > SESSIONS_MAX && oldest !== undefined) this.tokens.delete(oldest);
    return {
      'x-csrf-token': token,
      'set-cookie': ['sap-usercontext=sap-client=100; path=/', `${COOKIE}=${session}; path=/; HttpOnly`],
    };
  }

  hasToken(headers: IncomingHttpHeaders): boolean {
    const session = new RegExp(`${COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
    const token = session === undefined ? undefined : this.tokens.get(session);
    return token !== undefined && headers['x-csrf-token'] === token;
  }

  /** What a restart of the gateway does to its clients. */
  expireAll(): void {
    this.tokens.clear();
  }
}
