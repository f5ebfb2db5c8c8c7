import { describe, expect, it } from 'vitest';
import { ChaosUsageError, readOptions } from './chaos.options.js';

describe('the options of the chaos', () => {
  it('have defaults', () => {
    expect(readOptions([])).toEqual({
      minutes: 5,
      seed: 1,
      killsMin: 50,
      processes: 3,
      ordersPerSecond: 4,
      json: false,
    });
  });

  it('are read', () => {
    expect(readOptions(['--minutes', '0.5', '--kills-min', '6', '--json'])).toMatchObject({
      minutes: 0.5,
      killsMin: 6,
      json: true,
    });
    expect(readOptions(['--help'])).toBe('HELP');
  });

  it.each([[['--minutes', 'long']], [['--seed', '-1']], [['--speed', '3']], [['--processes', '']]])(
    'refuse %j with a sentence',
    (words) => {
      expect(() => readOptions(words)).toThrow(ChaosUsageError);
    },
  );
});
