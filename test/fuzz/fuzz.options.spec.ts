import { describe, expect, it } from 'vitest';
import { FuzzUsageError, readOptions } from './fuzz.options.js';

describe('the options of the fuzz', () => {
  it('have defaults', () => {
    expect(readOptions([])).toEqual({ payloads: 100_000, seed: 1, from: 0, only: undefined, json: false });
  });

  it('are read', () => {
    expect(readOptions(['--seed', '7', '--only', '12,15'])).toMatchObject({ seed: 7, only: [12, 15] });
    expect(readOptions(['--help'])).toBe('HELP');
  });

  it.each([[['--payloads', '0']], [['--seed', '1.5']], [['--what']]])('refuse %j with a sentence', (words) => {
    expect(() => readOptions(words)).toThrow(FuzzUsageError);
  });
});
