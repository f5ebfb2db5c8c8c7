import { describe, expect, it } from 'vitest';
import { BlindIndex } from './blind-index.js';
import { FieldCipher } from './field-cipher.js';
import { generateKeyRing, KeyRing } from './key-ring.js';

const [first, second] = [generateKeyRing('one'), generateKeyRing('two')];
const index = (text: string, purpose = 'email'): BlindIndex => new BlindIndex(KeyRing.parse(text), purpose);

describe('a blind index', () => {
  it('gives the same value the same digest, and no other value or purpose that one', () => {
    const digest = index(first).digest('ada@example.org');
    expect(digest).toHaveLength(32);
    expect(index(first).digest('ada@example.org')).toEqual(digest);
    expect(index(first).digest('bob@example.org')).not.toEqual(digest);
    expect(index(first, 'phone').digest('ada@example.org')).not.toEqual(digest);
    expect(index(second).digest('ada@example.org')).not.toEqual(digest);
    expect(digest.toString('latin1')).not.toContain('ada');
  });

  it('finds what was written under an old key while that stays in the ring, and writes under the new one', () => {
    const written = index(first).digest('ada@example.org');
    const rotated = index(`${second},${first}`);
    expect(rotated.candidates('ada@example.org')).toContainEqual(written);
    expect(rotated.keyId).toBe('two');
    expect(rotated.digest('ada@example.org')).toEqual(index(second).digest('ada@example.org'));
    expect(index(second).candidates('ada@example.org')).not.toContainEqual(written);
  });

  it('is had from the cipher, of the same ring', () => {
    const cipher = new FieldCipher(KeyRing.parse(first));
    expect(cipher.blindIndex('email').digest('x')).toEqual(index(first).digest('x'));
  });
});
