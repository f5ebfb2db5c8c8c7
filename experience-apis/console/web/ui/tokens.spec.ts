import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Theme = 'light' | 'dark';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const TEXT_MIN = 4.5;
const MARK_MIN = 3;
const TONES = ['ok', 'warn', 'bad', 'info', 'held', 'neutral'];
const GROUNDS = ['ground', 'surface', 'surface-raised', 'surface-sunken', 'surface-hover', 'surface-chosen'];

function colour(token: string, theme: Theme): string {
  const found = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\);`).exec(css);
  const hex = found?.[theme === 'light' ? 1 : 2];
  if (hex === undefined) throw new Error(`tokens.css has no --${token} for both themes`);
  return hex;
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: Theme): number {
  const [low = 0, high = 0] = [luminance(colour(one, theme)), luminance(colour(other, theme))].toSorted(
    (a, b) => a - b,
  );
  return (high + 0.05) / (low + 0.05);
}

function tooFaint(pairs: readonly (readonly [string, string])[], theme: Theme, least: number): string[] {
  return pairs
    .map(([one, other]) => ({ pair: `${one} on ${other}`, ratio: contrast(one, other, theme) }))
    .filter(({ ratio }) => ratio < least)
    .map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`);
}

describe.each<Theme>(['light', 'dark'])('the colours of the %s theme', (theme) => {
  it('let all text be read on every ground (WCAG AA, 4.5:1)', () => {
    const pairs = ['text', 'text-muted', 'text-faint', 'accent'].flatMap((text) =>
      GROUNDS.map((ground) => [text, ground] as const),
    );
    expect(tooFaint(pairs, theme, TEXT_MIN)).toEqual([]);
  });

  it('let the words of each state be read, on its own ground and on the page', () => {
    const pairs = TONES.flatMap((tone) =>
      [`${tone}-ground`, 'surface', 'surface-hover', 'surface-chosen'].map(
        (ground) => [`${tone}-text`, ground] as const,
      ),
    );
    expect(tooFaint([...pairs, ...TONES.map((tone) => ['text', `${tone}-ground`] as const)], theme, TEXT_MIN)).toEqual(
      [],
    );
  });

  it('let the words of filled buttons be read', () => {
    const pairs = ['accent-ground', 'accent-ground-hover', 'danger-ground', 'danger-ground-hover'].map(
      (ground) => ['on-accent', ground] as const,
    );
    expect(tooFaint(pairs, theme, TEXT_MIN)).toEqual([]);
  });

  it('tell marks, lines of charts, edges of controls and the focus from their ground (3:1)', () => {
    const charts = Array.from({ length: 8 }, (_, at) => `chart-${at + 1}`);
    const marks = [...TONES.map((tone) => `${tone}-mark`), ...charts, 'line-strong', 'focus'];
    const pairs = marks.flatMap((mark) =>
      ['surface', 'surface-raised', 'ground'].map((ground) => [mark, ground] as const),
    );
    expect(tooFaint(pairs, theme, MARK_MIN)).toEqual([]);
  });
});
