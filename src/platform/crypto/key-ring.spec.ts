import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { canParseKeyRing, generateKeyRing, KeyRing } from './key-ring.js';
import { readOrCreatePrivateFile } from './private-file.js';

const dir = mkdtempSync(join(tmpdir(), 'entrepot-keys-'));
const KEY = Buffer.alloc(32, 1).toString('base64');

afterAll(() => rmSync(dir, { recursive: true }));

describe('KeyRing', () => {
  it('takes the first key as the active one and finds all by id', () => {
    const ring = KeyRing.parse(` b:${KEY} , a:${KEY}`);
    expect(ring.activeId).toBe('b');
    expect(ring.get('a')?.symmetricKeySize).toBe(32);
    expect(ring.get('c')).toBeUndefined();
  });

  it.each(['', 'a', `a:${KEY.slice(4)}`, `a:${KEY},`, `a b:${KEY}`, `a:${KEY},a:${KEY}`, `${'x'.repeat(33)}:${KEY}`])(
    'refuses %j',
    (text) => expect(canParseKeyRing(text)).toBe(false),
  );

  it('never shows key material in an error', () => {
    expect(() => KeyRing.parse(`a:${KEY},b:${KEY}x`)).toThrow('Key 2 of the key ring is not written as id:base64');
    expect(() => KeyRing.parse(`a:${KEY},b:${KEY}x`)).not.toThrow(KEY);
  });

  it('is made once in the data directory, readable by its owner alone', () => {
    const dataDir = join(dir, 'fresh', 'data');
    const first = KeyRing.load(undefined, dataDir);
    const path = join(dataDir, 'encryption-keys');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['encryption-keys']);
    const second = KeyRing.load(undefined, dataDir);
    expect(second.get(first.activeId)?.equals(first.get(first.activeId) ?? fail())).toBe(true);
    expect(readFileSync(path, 'utf8')).toMatch(/^local-1:/);
  });

  it('is taken from the settings where they hold one, and no file is made', () => {
    const dataDir = join(dir, 'unused');
    expect(KeyRing.load(generateKeyRing('x'), dataDir).activeId).toBe('x');
    expect(() => statSync(dataDir)).toThrow('ENOENT');
  });

  it('is refused where others may read its file', () => {
    const dataDir = join(dir, 'loose');
    KeyRing.load(undefined, dataDir);
    chmodSync(join(dataDir, 'encryption-keys'), 0o644);
    expect(() => KeyRing.load(undefined, dataDir)).toThrow('chmod 600');
  });

  it('is the one of the other process when two start together', () => {
    const path = join(dir, 'race');
    const content = readOrCreatePrivateFile(path, () => {
      readOrCreatePrivateFile(path, () => 'theirs');
      return 'ours';
    });
    expect(content).toBe('theirs');
  });
});

function fail(): never {
  throw new Error('the key is missing');
}
