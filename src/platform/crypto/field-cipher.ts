import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { BlindIndex } from './blind-index.js';
import type { KeyRing } from './key-ring.js';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Why something sealed could not be opened. The message holds neither content nor key. */
export class CipherError extends Error {
  constructor(
    readonly code: 'CIPHER_FORMAT' | 'CIPHER_UNKNOWN_KEY' | 'CIPHER_NOT_AUTHENTIC',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'CipherError';
  }
}

/**
 * Encrypts single fields at rest with AES-256-GCM. Sealed form: version (1 byte), length of the key id (1), key id, nonce (12),
 * tag (16), ciphertext. `aad` names the row and field (`person:42`), so that a value copied to another row does not open.
 * Nonces are random: one key may seal 2^32 values before it should be replaced by a new one.
 */
export class FieldCipher {
  private readonly header: Buffer;

  constructor(private readonly keys: KeyRing) {
    const id = Buffer.from(keys.activeId, 'ascii');
    this.header = Buffer.concat([Buffer.from([VERSION, id.length]), id]);
  }

  seal(plain: Buffer | string, aad: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key(this.keys.activeId), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(aad, 'utf8'));
    const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
    const rest = cipher.final();
    return Buffer.concat([this.header, nonce, cipher.getAuthTag(), body, rest]);
  }

  /** Throws CipherError. */
  open(sealed: Buffer, aad: string): Buffer {
    const { keyId, nonce, tag, body } = split(sealed);
    const decipher = createDecipheriv(ALGORITHM, this.key(keyId), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad, 'utf8'));
    decipher.setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]);
    } catch (cause) {
      throw new CipherError(
        'CIPHER_NOT_AUTHENTIC',
        'A sealed value was changed, belongs to another row, or was sealed with another key of the same id.',
        cause,
      );
    }
  }

  /** Finds values of one purpose by what they are, under keys of the same ring. */
  blindIndex(purpose: string): BlindIndex {
    return new BlindIndex(this.keys, purpose);
  }

  /** The id of the key that sealed the value: a value of an old key is to be sealed anew before that key goes. */
  static keyIdOf(sealed: Buffer): string {
    return split(sealed).keyId;
  }

  private key(id: string): NonNullable<ReturnType<KeyRing['get']>> {
    const key = this.keys.get(id);
    if (key !== undefined) return key;
    throw new CipherError(
      'CIPHER_UNKNOWN_KEY',
      `The key ring has no key with the id "${id}": add it to ENTREPOT_ENCRYPTION_KEYS.`,
    );
  }
}

interface Sealed {
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly body: Buffer;
}

function split(sealed: Buffer): Sealed {
  const idEnd = 2 + (sealed[1] ?? 0);
  const nonceEnd = idEnd + NONCE_BYTES;
  const tagEnd = nonceEnd + TAG_BYTES;
  if (sealed[0] !== VERSION || idEnd === 2 || sealed.length < tagEnd) {
    throw new CipherError('CIPHER_FORMAT', 'This is not a value that the hub sealed.');
  }
  return {
    keyId: sealed.toString('ascii', 2, idEnd),
    nonce: sealed.subarray(idEnd, nonceEnd),
    tag: sealed.subarray(nonceEnd, tagEnd),
    body: sealed.subarray(tagEnd),
  };
}
