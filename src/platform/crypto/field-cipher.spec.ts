import { describe, expect, it } from 'vitest';
import { CipherError, FieldCipher } from './field-cipher.js';
import { generateKeyRing, KeyRing } from './key-ring.js';

const AAD = 'person:42';
const OLD = generateKeyRing('2025');
const NEW = generateKeyRing('2026');
const cipher = new FieldCipher(KeyRing.parse(OLD));

function refusal(open: () => unknown): unknown {
  try {
    open();
  } catch (error) {
    return error instanceof CipherError ? error.code : error;
  }
  return 'opened';
}

describe('FieldCipher', () => {
  it.each(['Ada Lovelace', 'Łódź 東京 🙂', '', 'x'.repeat(100_000)])('opens what it sealed', (plain) => {
    expect(cipher.open(cipher.seal(plain, AAD), AAD).toString()).toBe(plain);
  });

  it('keeps bytes that are no text', () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    expect(cipher.open(cipher.seal(bytes, AAD), AAD)).toEqual(bytes);
  });

  it('seals the same text differently each time', () => {
    expect(cipher.seal('same', AAD).equals(cipher.seal('same', AAD))).toBe(false);
  });

  it('writes version, key id, nonce, tag and ciphertext in this order', () => {
    const sealed = cipher.seal('four', AAD);
    expect(sealed.subarray(0, 6).toString('latin1')).toBe('\u0001\u00042025');
    expect(sealed).toHaveLength(2 + 4 + 12 + 16 + 'four'.length);
    expect(FieldCipher.keyIdOf(sealed)).toBe('2025');
  });

  it('opens a value that was written long ago', () => {
    // Written by hand with node:crypto after the description of the format: what is stored must open for ever.
    const ring = KeyRing.parse(`k1:${Buffer.alloc(32, 7).toString('base64')}`);
    const stored = Buffer.from('AQJrMQARIjNEVWZ3iJmqu911QcK/4FNpZl9+5J0sPeXq/6b8GXezldz45Mg=', 'base64');
    expect(new FieldCipher(ring).open(stored, 'person:1').toString()).toBe('Grace Hopper');
  });

  it('does not open a value of another row', () => {
    expect(refusal(() => cipher.open(cipher.seal('secret', AAD), 'person:43'))).toBe('CIPHER_NOT_AUTHENTIC');
  });

  it('does not open a value with any byte changed', () => {
    const sealed = cipher.seal('secret', AAD);
    for (let index = 0; index < sealed.length; index += 1) {
      const tampered = Buffer.from(sealed);
      tampered[index] = (tampered[index] ?? 0) ^ 1;
      expect(refusal(() => cipher.open(tampered, AAD))).toMatch(/^CIPHER_/);
    }
  });

  it('does not open a value that is cut short', () => {
    const sealed = cipher.seal('secret', AAD);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(refusal(() => cipher.open(sealed.subarray(0, length), AAD))).toMatch(/^CIPHER_/);
    }
  });

  it('names a key that it does not have', () => {
    const sealed = new FieldCipher(KeyRing.parse(NEW)).seal('secret', AAD);
    expect(() => cipher.open(sealed, AAD)).toThrow('no key with the id "2026"');
  });

  it('seals with the first key after a rotation and still opens the values of the old one', () => {
    const before = cipher.seal('old', AAD);
    const rotated = new FieldCipher(KeyRing.parse(`${NEW},${OLD}`));
    expect(rotated.open(before, AAD).toString()).toBe('old');
    expect(FieldCipher.keyIdOf(rotated.seal('new', AAD))).toBe('2026');
  });

  it('does not open with another key of the same id', () => {
    const sealed = cipher.seal('secret', AAD);
    const other = new FieldCipher(KeyRing.parse(generateKeyRing('2025')));
    expect(refusal(() => other.open(sealed, AAD))).toBe('CIPHER_NOT_AUTHENTIC');
  });
});
