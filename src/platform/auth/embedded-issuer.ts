import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  importJWK,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { readOrCreatePrivateFile } from '../crypto/private-file.js';

const ALGORITHM = 'ES256';
const KEY_FILE = 'issuer-key.json';
const TTL_SECONDS_MAX = 30 * 24 * 3600;
/** RFC 9068: an access token says that it is one, so that nothing else that the issuer signs passes for it. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

export interface TokenRequest {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Binds the token to this channel account alone. */
  readonly channel?: string;
  readonly ttlSeconds: number;
}

export interface StatementRequest {
  readonly claims: JWTPayload;
  readonly typ: string;
  readonly audience: string;
  readonly ttlSeconds: number;
}

/** The hub's own token issuer, for starts without an identity provider. Its key stays in the data directory. */
export class EmbeddedIssuer {
  private constructor(
    private readonly privateKey: Awaited<ReturnType<typeof importJWK>>,
    private readonly keyId: string,
    readonly jwks: JSONWebKeySet,
    readonly issuer: string,
    private readonly audience: string,
  ) {}

  static async open(dataDir: string, issuer: string, audience: string): Promise<EmbeddedIssuer> {
    const path = join(dataDir, KEY_FILE);
    const jwk = readKey(path, readOrCreatePrivateFile(path, createKey));
    const keyId = await calculateJwkThumbprint(jwk);
    const { d: _private, ...publicPart } = jwk;
    const jwks = { keys: [{ ...publicPart, kid: keyId, alg: ALGORITHM, use: 'sig' }] };
    return new EmbeddedIssuer(await importJWK(jwk, ALGORITHM), keyId, jwks, issuer, audience);
  }

  async issue({ subject, scopes, channel, ttlSeconds }: TokenRequest): Promise<string> {
    const claims = { sub: subject, scope: scopes.join(' '), ...(channel === undefined ? {} : { channel }) };
    return this.sign({ claims, typ: ACCESS_TOKEN_TYPE, audience: this.audience, ttlSeconds });
  }

  /** Anything else that the issuer vouches for; `typ` keeps the kinds apart. */
  async sign({ claims, typ, audience, ttlSeconds }: StatementRequest): Promise<string> {
    if (!(ttlSeconds > 0 && ttlSeconds <= TTL_SECONDS_MAX)) {
      throw new RangeError(`A token lives more than 0 and at most ${TTL_SECONDS_MAX} seconds, not ${ttlSeconds}.`);
    }
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: this.keyId, typ })
      .setIssuer(this.issuer)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + Math.ceil(ttlSeconds))
      .setJti(crypto.randomUUID())
      .sign(this.privateKey);
  }

  /** The claims of what `sign` made and what has not expired; undefined for anything else. */
  async verify(statement: string, typ: string, audience: string): Promise<JWTPayload | undefined> {
    try {
      const options = { algorithms: [ALGORITHM], issuer: this.issuer, audience, typ, requiredClaims: ['exp'] };
      return (await jwtVerify(statement, this.keys(), options)).payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** For the TokenVerifier of the same process. */
  keys(): JWTVerifyGetKey {
    return createLocalJWKSet(this.jwks);
  }
}

function createKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify(privateKey.export({ format: 'jwk' }));
}

function readKey(path: string, text: string): JWK {
  // The file is the hub's own; importJWK checks the rest.
  const jwk: unknown = JSON.parse(text);
  if (typeof jwk === 'object' && jwk !== null && 'kty' in jwk && jwk.kty === 'EC') return jwk as JWK;
  throw new Error(`${path} does not hold the key of the embedded issuer. Remove it to let a new one be made.`);
}
