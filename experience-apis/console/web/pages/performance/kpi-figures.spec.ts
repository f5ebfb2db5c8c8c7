import { describe, expect, it } from 'vitest';
import { targetTone, trendOf, valueOver, valueWords } from './kpi-figures.js';

const point = (
  value: number | null,
  count: number,
  numerator = 0,
  denominator = 0,
): Parameters<typeof valueOver>[1][number] => ({
  value,
  count,
  numerator,
  denominator,
});

describe('valueOver', () => {
  it('weighs each day by its records: a quiet day does not count as much as a busy one', () => {
    expect(valueOver('RATIO', [point(0.5, 2, 1, 2), point(0.99, 98, 97, 98)])).toBeCloseTo(0.98);
    expect(valueOver('MILLISECONDS', [point(1_000, 1), point(2_000, 3)])).toBe(1_750);
  });

  it('adds up numbers and units', () => {
    expect(valueOver('COUNT', [point(3, 3), point(4, 4)])).toBe(7);
    expect(valueOver('UNITS', [point(10, 1), point(null, 0)])).toBe(10);
  });

  it('knows nothing of days without records, but that nothing happened in them', () => {
    expect(valueOver('RATIO', [point(null, 0)])).toBeNull();
    expect(valueOver('UNITS', [])).toBeNull();
    expect(valueOver('COUNT', [])).toBe(0);
  });
});

describe('valueWords', () => {
  it.each([
    ['MILLISECONDS' as const, 90_000, '1 min 30 s'],
    ['RATIO' as const, 0.9987, '99.87 %'],
    ['RATIO' as const, 0.5, '50 %'],
    ['RATIO' as const, 1, '100 %'],
    ['COUNT' as const, 1_234, '1,234'],
    ['UNITS' as const, null, '–'],
  ])('writes %s %s as %s', (unit, value, words) => expect(valueWords(unit, value)).toBe(words));
});

describe('trendOf', () => {
  it('tells better from worse by the direction of the KPI', () => {
    expect(trendOf(80, 100, 'LOWER')).toEqual({ words: 'down 20 %', tone: 'ok' });
    expect(trendOf(80, 100, 'HIGHER')).toEqual({ words: 'down 20 %', tone: 'warn' });
    expect(trendOf(101, 100, 'LOWER')).toEqual({ words: 'steady', tone: 'neutral' });
    expect(trendOf(3, 0, 'LOWER')).toEqual({ words: 'up', tone: 'warn' });
    expect(trendOf(null, 100, 'LOWER')).toBeUndefined();
  });
});

describe('targetTone', () => {
  it('is bad on the wrong side alone', () => {
    expect(targetTone(0.99, 0.99, 'HIGHER')).toBe('ok');
    expect(targetTone(0.98, 0.99, 'HIGHER')).toBe('bad');
    expect(targetTone(1, 0, 'LOWER')).toBe('bad');
    expect(targetTone(null, 0, 'LOWER')).toBe('neutral');
    expect(targetTone(5, null, 'LOWER')).toBe('neutral');
  });
});
