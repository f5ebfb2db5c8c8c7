import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { readOrCreatePrivateFile } from './private-file.js';

const KEY_BYTES = 32;
const KEYS_MAX = 32;
const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/;
const KEY_FILE = 'encryption-keys';

/** AES-256 keys by id. The first one seals, all of them open: a new key goes in front, an old one stays until nothing needs it. */
export class KeyRing {
  private constructor(
    readonly activeId: string,
    private readonly keys: ReadonlyMap<string, KeyObject>,
  ) {}

  /** Reads `id:base64,id2:base64`. The error never shows key material. */
  static parse(text: string): KeyRing {
    const keys = new Map<string, KeyObject>();
    const entries = text.trim().split(',');
    if (entries.length > KEYS_MAX) throw new Error(`A key ring holds at most ${KEYS_MAX} keys.`);
    for (const [index, entry] of entries.entries()) {
      const [, id, encoded] = ENTRY.exec(entry.trim()) ?? [];
      if (id === undefined || encoded === undefined) {
        throw new Error(`Key ${index + 1} of the key ring is not written as id:base64 of ${KEY_BYTES} bytes.`);
      }
      if (keys.has(id)) throw new Error(`The key ring holds two keys with the id ${id}.`);
      keys.set(id, createSecretKey(Buffer.from(encoded, 'base64')));
    }
    const [activeId] = keys.keys();
    if (activeId === undefined) throw new Error('The key ring is empty.');
    return new KeyRing(activeId, keys);
  }

  /** The key ring of the settings, else the one that is kept in the data directory (created at first). */
  static load(text: string | undefined, dataDir: string): KeyRing {
    return KeyRing.parse(text ?? readOrCreatePrivateFile(join(dataDir, KEY_FILE), () => generateKeyRing('local-1')));
  }

  get(id: string): KeyObject | undefined {
    return this.keys.get(id);
  }

  entries(): IterableIterator<[string, KeyObject]> {
    return this.keys.entries();
  }
}

/** The text of a ring with one fresh key. */
export function generateKeyRing(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
}

export function canParseKeyRing(text: string): boolean {
  try {
    KeyRing.parse(text);
    return true;
  } catch {
    return false;
  }
}
