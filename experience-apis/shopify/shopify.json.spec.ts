import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from './shopify.json.js';

function parse(text: string): unknown {
  return parseExactJson(Buffer.from(text));
}

describe('exact JSON', () => {
  it('gives numbers that are no safe integers as they were written', () => {
    expect(parse('{"id":820982911946154508,"rate": 0.0725,"n":-9007199254740993,"e":[1e-7, 199.00]}')).toEqual({
      id: '820982911946154508',
      rate: '0.0725',
      n: '-9007199254740993',
      e: ['1e-7', '199.00'],
    });
    expect(parse('[0,-1,9007199254740991,123456789012345]')).toEqual([0, -1, 9007199254740991, 123456789012345]);
  });

  it('leaves what looks like a number inside a text alone', () => {
    const texts = { note: 'a: 1.5, "b": 2.5 \\', '3.5': '2026-04-01T19:00:00-05:00', quote: '\\" 7.5' };
    expect(parse(JSON.stringify(texts))).toEqual(texts);
  });

  it('reads any JSON of safe integers as JSON.parse does', () => {
    const safe = fc.json().filter((text) => !/\d[.eE]|\d{16}/.test(text));
    fc.assert(
      fc.property(safe, (text) => {
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses just what JSON.parse refuses', () => {
    const pieces = ['"', '\\', '1.5', '0', '-', '{', '}', '[', ']', ':', ',', 'e', '.', ' ', 'a', 'true'];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (candidate) => {
        expect(fails(() => parse(candidate))).toBe(fails(() => JSON.parse(candidate)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time by the length alone, however the text is broken', () => {
    const started = performance.now();
    expect(() => parse(`"${'\\"'.repeat(500_000)}`)).toThrow(SyntaxError);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

function fails(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
