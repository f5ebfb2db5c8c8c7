import { describe, expect, it } from 'vitest';
import { BENCHMARKS, BenchUsageError, readOptions } from './bench.options.js';

describe('the words after `npm run bench --`', () => {
  it('name what is measured; none mean all', () => {
    expect(readOptions(['reserve', '--json'])).toEqual({ benchmarks: ['reserve'], json: true, quick: false });
    expect(readOptions(['--quick'])).toEqual({ benchmarks: BENCHMARKS, json: false, quick: true });
    expect(readOptions(['ingest', '--help'])).toBe('HELP');
  });

  it('are refused when they mean nothing', () => {
    expect(() => readOptions(['reserves'])).toThrow(BenchUsageError);
    expect(() => readOptions(['--jsn'])).toThrow(BenchUsageError);
  });
});
