import { createHash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { ProblemError } from '../http/problem.js';
import { bearerToken, invalidToken } from './bearer.js';
import type { ClaimedRoles } from './claimed-roles.js';
import type { Principal } from './principal.js';

const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 5;
const CACHED_TOKENS_MAX = 10_000;
/** A key that its issuer withdrew stops to open anything after this time. */
const CACHED_MS_MAX = 5 * 60_000;

export interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  /** From `createRemoteJWKSet` or `createLocalJWKSet` of jose. */
  readonly keys: JWTVerifyGetKey;
  /** What a token must call itself in its header; undefined: issuers differ. */
  readonly typ?: string;
  /** The scopes that the roles in a token's claims stand for; absent: a token's scopes are those that it names. */
  readonly roles?: ClaimedRoles;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Turns a bearer token into a Principal, for HTTP requests and WebSocket connections alike. */
export class TokenVerifier {
  private readonly now: () => number;
  /** By SHA-256 of the token: the signature of a token that comes with each request is checked once. */
  private readonly verified = new LRUCache<string, Principal>({ max: CACHED_TOKENS_MAX, ttl: CACHED_MS_MAX });

  constructor(private readonly options: TokenVerifierOptions) {
    this.now = options.now ?? Date.now;
  }

  /** The caller behind an Authorization header. Throws ProblemError: 401, or 503 where the issuer's keys cannot be read. */
  async authenticate(header: string | undefined): Promise<Principal> {
    return this.verify(bearerToken(header));
  }

  async verify(token: string): Promise<Principal> {
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.verified.get(digest);
    if (known !== undefined) return this.stillValid(known);
    const principal = toPrincipal(await this.checked(token), this.options.roles);
    this.verified.set(digest, principal);
    return principal;
  }

  private stillValid(principal: Principal): Principal {
    if (this.now() < (principal.expiresAt + CLOCK_TOLERANCE_SECONDS) * 1000) return principal;
    throw invalidToken('The token has expired.');
  }

  private async checked(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.options.keys, {
        algorithms: ALGORITHMS,
        issuer: this.options.issuer,
        audience: this.options.audience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.now()),
        requiredClaims: ['sub', 'exp'],
        ...(this.options.typ === undefined ? {} : { typ: this.options.typ }),
      });
      return payload;
    } catch (cause) {
      throw refusal(cause);
    }
  }
}

function toPrincipal(claims: JWTPayload, roles: ClaimedRoles | undefined): Principal {
  const { sub, exp, scope, scp, channel } = claims;
  if (sub === undefined || exp === undefined) throw invalidToken('The token names no subject or no expiry.');
  if (channel !== undefined && typeof channel !== 'string') throw invalidToken('The claim channel is not a text.');
  const scopes = new Set([...words(scope), ...words(scp), ...(roles?.scopesOf(claims) ?? [])]);
  return { subject: sub, scopes, expiresAt: exp, ...(channel === undefined ? {} : { channel }) };
}

/** Scopes as a text with spaces between (RFC 8693) or as a list. */
function words(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
}

function refusal(cause: unknown): ProblemError {
  if (cause instanceof errors.JWTExpired) return invalidToken('The token has expired.', cause);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return invalidToken(`The claim ${cause.claim} of the token is missing or not the expected one.`, cause);
  }
  if (cause instanceof errors.JOSEAlgNotAllowed)
    return invalidToken('The token is signed with an algorithm that is not allowed.', cause);
  if (cause instanceof errors.JWKSNoMatchingKey) return invalidToken('The token is signed with an unknown key.', cause);
  if (isAboutToken(cause)) return invalidToken('The token is not a valid signed token.', cause);
  return new ProblemError({
    status: 503,
    code: 'TOKEN_KEYS_UNAVAILABLE',
    title: 'Tokens cannot be checked now',
    detail: 'The keys of the token issuer cannot be read. Try again later.',
    headers: { 'retry-after': '5' },
    cause,
  });
}

function isAboutToken(cause: unknown): boolean {
  return (
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JWSInvalid ||
    cause instanceof errors.JWSSignatureVerificationFailed ||
    cause instanceof errors.JWKSMultipleMatchingKeys ||
    cause instanceof errors.JOSENotSupported
  );
}
