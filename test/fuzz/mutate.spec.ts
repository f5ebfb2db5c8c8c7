import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../support/seeded-random.js';
import { mutateBytes, mutateJson } from './mutate.js';
import { Raw, toWire, WireObject, writeWire } from './wire-json.js';

const ORDER = { reference: 'PO-1', lines: [{ sku: 'A', quantity: 1 }], note: null };
const TRIES = 1_000;

function bodies(seed: number): readonly string[] {
  return Array.from({ length: TRIES }, (_, n) => writeWire(mutateJson(toWire(ORDER), new SeededRandom(seed + n))));
}

describe('JSON as it goes over the wire', () => {
  it('is what it was where nothing is changed', () => {
    expect(JSON.parse(writeWire(toWire(ORDER)))).toEqual(ORDER);
  });

  it('can hold what no value of JavaScript can', () => {
    const twice = new WireObject([
      ['a', 1],
      ['a', new Raw('12345678901234567890')],
    ]);
    expect(writeWire(twice)).toBe('{"a":1,"a":12345678901234567890}');
  });
});

describe('mutations', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(bodies(1).join('\n') === bodies(1).join('\n')).toBe(true);
    expect(bodies(1).join('\n') === bodies(1_000_000).join('\n')).toBe(false);
  });

  it('are of every kind', () => {
    const all = bodies(7);
    const some = (what: RegExp): boolean => all.some((body) => what.test(body));
    expect(some(/"reference":.*"reference":/)).toBe(true);
    expect(some(/"__proto__"/)).toBe(true);
    expect(some(/\\ud800/)).toBe(true);
    expect(some(/\\u0000/)).toBe(true);
    expect(some(/\[{1000}/)).toBe(true);
    expect(some(/A{1025}/)).toBe(true);
    expect(some(/1e999/)).toBe(true);
    expect(new Set(all).size).toBeGreaterThan(TRIES / 4);
  });

  it('of bytes change the bytes and leave the original', () => {
    const original = Buffer.from(JSON.stringify(ORDER));
    const changed = Array.from({ length: TRIES }, (_, n) => mutateBytes(original, new SeededRandom(n)));
    expect(original.toString()).toBe(JSON.stringify(ORDER));
    expect(changed.filter((bytes) => !bytes.equals(original)).length).toBeGreaterThan(TRIES / 2);
    expect(changed.some((bytes) => bytes.length === 0)).toBe(true);
    expect(changed.some((bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b)).toBe(true);
  });
});
