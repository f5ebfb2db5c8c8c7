import { describe, expect, it } from 'vitest';
import { storableJson } from './storable-json.js';

describe('storableJson', () => {
  it.each([
    ['plain', 'Tasse "blau" \\ 1/2\n'],
    ['whole pairs', 'Mug 🎁 €'],
    ['backslashes before what only looks like an escape', String.raw`C:\u0000 \\ud83d`],
    ['other control characters', '\u0001\u001f'],
  ])('keeps %s', (_, text) => {
    expect(JSON.parse(storableJson({ [text]: text }))).toEqual({ [text]: text });
  });

  it('replaces what PostgreSQL cannot read back, in names too', () => {
    expect(JSON.parse(storableJson({ 'a\u0000': ['cut \ud83d', '\udc00\\\ud800'] }))).toEqual({
      'a\ufffd': ['cut \ufffd', '\ufffd\\\ufffd'],
    });
  });
});
