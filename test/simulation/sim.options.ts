import { parseArgs } from 'node:util';

export interface SimOptions {
  readonly seeds: number;
  readonly start: number;
  /** Timers run in each seed, at most; absent is to the end. */
  readonly steps?: number;
  readonly json: boolean;
  /** Prints what happens: for one seed that failed. */
  readonly trace: boolean;
  readonly workers: number;
}

const DEFAULT_SEEDS = 100;
const SEEDS_MAX = 1_000_000;
const WORKERS_MAX = 64;
const DEFAULT_WORKERS = 2;

export class SimOptionsError extends Error {
  readonly code = 'SIM_OPTIONS';
}

/** Throws SimOptionsError with a sentence for each option that is wrong. */
export function parseSimOptions(args: readonly string[]): SimOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      start: { type: 'string' },
      steps: { type: 'string' },
      workers: { type: 'string' },
      json: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  const { json, trace } = values;
  const steps = values.steps === undefined ? {} : { steps: whole('steps', values.steps, Number.MAX_SAFE_INTEGER) };
  return {
    ...steps,
    json,
    trace,
    seeds: whole('seeds', values.seeds ?? String(DEFAULT_SEEDS), SEEDS_MAX),
    start: whole('start', values.start ?? '1', Number.MAX_SAFE_INTEGER),
    workers: trace ? 1 : whole('workers', values.workers ?? String(DEFAULT_WORKERS), WORKERS_MAX),
  };
}

function whole(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new SimOptionsError(`--${name} is a whole number from 1 to ${most}, not "${text}".`);
  return value;
}
