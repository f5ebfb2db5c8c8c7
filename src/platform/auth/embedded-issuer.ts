import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  importJWK,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import { readOrCreatePrivateFile } from '../crypto/private-file.js';

const ALGORITHM = 'ES256';
const KEY_FILE = 'issuer-key.json';
const TTL_SECONDS_MAX = 30 * 24 * 3600;

export interface TokenRequest {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Binds the token to this channel account alone. */
  readonly channel?: string;
  readonly ttlSeconds: number;
}

/** The hub's own token issuer, for starts without an identity provider. Its key stays in the data directory. */
export class EmbeddedIssuer {
  private constructor(
    private readonly privateKey: Awaited<ReturnType<typeof importJWK>>,
    private readonly keyId: string,
    readonly jwks: JSONWebKeySet,
    private readonly issuer: string,
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
    if (!(ttlSeconds > 0 && ttlSeconds <= TTL_SECONDS_MAX)) {
      throw new RangeError(`A token lives more than 0 and at most ${TTL_SECONDS_MAX} seconds, not ${ttlSeconds}.`);
    }
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ scope: scopes.join(' '), ...(channel === undefined ? {} : { channel }) })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.keyId, typ: 'at+jwt' })
      .setSubject(subject)
      .setIssuer(this.issuer)
      .setAudience(this.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + Math.ceil(ttlSeconds))
      .setJti(crypto.randomUUID())
      .sign(this.privateKey);
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
