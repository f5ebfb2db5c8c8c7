import { createHmac, hkdfSync } from 'node:crypto';
import type { KeyRing } from './key-ring.js';

const KEY_BYTES = 32;
const HASH = 'sha256';

/**
 * Finds sealed values by what they are, without keeping them: HMAC-SHA-256 under a key that is derived from the key ring
 * (HKDF) for one purpose. Whoever has the database and not the keys learns only which rows hold the same value.
 * Values written under an old key of the ring are found as long as that key stays in it.
 */
export class BlindIndex {
  private readonly keys: ReadonlyMap<string, Buffer>;

  constructor(
    private readonly ring: KeyRing,
    purpose: string,
  ) {
    this.keys = new Map(
      [...ring.entries()].map(([id, key]) => [
        id,
        Buffer.from(hkdfSync(HASH, key, Buffer.alloc(0), `blind-index/${purpose}`, KEY_BYTES)),
      ]),
    );
  }

  /** The key that `digest` uses: what was written under another one is to be written anew before that key goes. */
  get keyId(): string {
    return this.ring.activeId;
  }

  /** What is stored for a value. */
  digest(value: string): Buffer {
    const key = this.keys.get(this.ring.activeId);
    if (key === undefined) throw new Error('the key ring lacks its active key');
    return hash(key, value);
  }

  /** What may be stored for a value: one for each key of the ring. */
  candidates(value: string): readonly Buffer[] {
    return [...this.keys.values()].map((key) => hash(key, value));
  }
}

function hash(key: Buffer, value: string): Buffer {
  return createHmac(HASH, key).update(value, 'utf8').digest();
}
