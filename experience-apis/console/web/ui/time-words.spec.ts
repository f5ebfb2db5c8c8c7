import { describe, expect, it } from 'vitest';
import { durationWords, relativeWords, utcWords } from './time-words.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('durationWords', () => {
  it.each([
    [0, '0 ms'],
    [840, '840 ms'],
    [1_000, '1 s'],
    [9_940, '9.9 s'],
    [12_500, '13 s'],
    [4 * MINUTE + 10_000, '4 min 10 s'],
    [59 * MINUTE + 59_900, '1 h'],
    [HOUR, '1 h'],
    [2 * HOUR + 5 * MINUTE, '2 h 5 min'],
    [DAY - 1, '1 d'],
    [2 * DAY + 3 * HOUR, '2 d 3 h'],
    [-90_000, '−1 min 30 s'],
  ])('%d ms is %s', (ms, words) => expect(durationWords(ms)).toBe(words));
});

describe('relativeWords', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  it.each([
    [0, 'now'],
    [4_000, 'now'],
    [59_000, '59 s ago'],
    [3 * MINUTE + 59_000, '3 min ago'],
    [26 * HOUR, '1 d ago'],
    [-2 * HOUR, 'in 2 h'],
  ])('%d ms before now is %s', (before, words) => expect(relativeWords(now - before, now)).toBe(words));
});

describe('utcWords', () => {
  it('cuts to the second', () => expect(utcWords('2026-11-21T20:53:56.789Z')).toBe('2026-11-21 20:53:56'));
});
