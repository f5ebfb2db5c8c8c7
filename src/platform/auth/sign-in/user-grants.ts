import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { TokenBucket } from '../../outside/token-bucket.js';
import { OAuthError } from '../client-credentials.js';
import type { EmbeddedIssuer } from '../embedded-issuer.js';
import { networkOf } from './network-of.js';
import type { RoleTable } from './sign-in-settings.js';
import type { Grant, SignInStore } from './sign-in.sql.js';
import type { User, Users } from './users.js';

/** How long a token outlives a sign-out, a new password or a role that was taken away. */
export const USER_TOKEN_SECONDS = 600;
const ID_TOKEN_TYPE = 'JWT';
/** From one address: a proxy with many people behind it. Nobody else's requests are held up by them. */
const REQUESTS_PER_SECOND = 20;
const REQUESTS_BURST = 200;
const ADDRESSES_MAX = 10_000;
const SECRET = /^[\w-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

export interface UserTokens {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly scope: string;
}

const codeForm = z.object({
  client_id: z.string(),
  code: z.string().regex(SECRET),
  redirect_uri: z.string(),
  code_verifier: z.string().regex(VERIFIER),
});
const refreshForm = z.object({ client_id: z.string(), refresh_token: z.string().regex(SECRET) });

export interface UserGrantsParts {
  readonly store: SignInStore;
  readonly users: Users;
  readonly issuer: EmbeddedIssuer;
  readonly roles: RoleTable;
  readonly clientId: string;
}

/** Tokens for people who signed in: for a code at first, then for the refresh token that came with the last ones. */
export class UserGrants {
  private readonly buckets = new LRUCache<string, TokenBucket>({ max: ADDRESSES_MAX });

  constructor(private readonly parts: UserGrantsParts) {}

  /** Throws OAuthError. */
  async exchangeCode(form: unknown, address: string): Promise<UserTokens> {
    await this.takeTurn(address);
    const { code, redirect_uri, code_verifier } = this.read(codeForm, form);
    const challenge = createHash('sha256').update(code_verifier).digest('base64url');
    return this.tokensFor(
      code,
      'CODE',
      (grant) => grant.redirectUri === redirect_uri && same(grant.challenge, challenge),
    );
  }

  /** Throws OAuthError. */
  async refresh(form: unknown, address: string): Promise<UserTokens> {
    await this.takeTurn(address);
    const { refresh_token } = this.read(refreshForm, form);
    return this.tokensFor(refresh_token, 'REFRESH', () => true);
  }

  /** The user of a session, if it is still one and its password is still the one that it signed in with. */
  userOf({ subject, beganAt }: Grant['session']): User | undefined {
    const user = this.parts.users.find(subject);
    // Whole seconds: a session of the same second as a new password began with it.
    return user !== undefined && beganAt >= Math.floor(Date.parse(user.passwordSetAt) / 1000) ? user : undefined;
  }

  private async takeTurn(address: string): Promise<void> {
    const key = networkOf(address);
    const bucket = this.buckets.get(key) ?? new TokenBucket(REQUESTS_PER_SECOND, REQUESTS_BURST);
    this.buckets.set(key, bucket);
    if (bucket.delayMs() > 0) throw new OAuthError(429, 'slow_down', 'Too many token requests.');
    await bucket.take();
  }

  private read<T extends { readonly client_id: string }>(schema: z.ZodType<T>, form: unknown): T {
    const parsed = schema.safeParse(form);
    if (!parsed.success) {
      const field = String(parsed.error.issues[0]?.path[0] ?? 'form');
      throw new OAuthError(400, 'invalid_request', `${field} is missing or not of its form.`);
    }
    if (parsed.data.client_id !== this.parts.clientId)
      throw new OAuthError(401, 'invalid_client', 'The client is unknown here.');
    return parsed.data;
  }

  private async tokensFor(
    secret: string,
    kind: 'CODE' | 'REFRESH',
    fits: (grant: Grant) => boolean,
  ): Promise<UserTokens> {
    const use = await this.parts.store.use(
      secret,
      kind,
      (grant) => fits(grant) && grant.clientId === this.parts.clientId && this.userOf(grant.session) !== undefined,
    );
    if (use.outcome !== 'USED') throw refusedGrant();
    const user = this.userOf(use.grant.session);
    if (user === undefined) throw refusedGrant();
    return { ...(await this.tokensOf(user, use.grant)), refresh_token: use.refreshToken };
  }

  private async tokensOf(user: User, { session, nonce }: Grant): Promise<Omit<UserTokens, 'refresh_token'>> {
    const { issuer, roles, clientId } = this.parts;
    const scopes = [...new Set(user.roles.flatMap((role) => (Object.hasOwn(roles, role) ? (roles[role] ?? []) : [])))];
    const lives = { ttlSeconds: USER_TOKEN_SECONDS };
    const claims = {
      sub: user.id,
      name: user.name,
      roles: user.roles,
      auth_time: session.beganAt,
      ...(nonce === null ? {} : { nonce }),
    };
    return {
      access_token: await issuer.issue({ subject: user.id, scopes, ...lives }),
      id_token: await issuer.sign({ claims, typ: ID_TOKEN_TYPE, audience: clientId, ...lives }),
      token_type: 'Bearer',
      expires_in: USER_TOKEN_SECONDS,
      scope: scopes.join(' '),
    };
  }
}

/** One answer for all: whoever holds what is not theirs learns nothing. */
function refusedGrant(): OAuthError {
  return new OAuthError(400, 'invalid_grant', 'It was used, has expired, or is not yours. Sign in again.');
}

function same(stored: string | null, given: string): boolean {
  return stored !== null && stored.length === given.length && timingSafeEqual(Buffer.from(stored), Buffer.from(given));
}
