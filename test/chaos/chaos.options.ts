import { parseArgs } from 'node:util';

export interface ChaosOptions {
  /** How long the hub is under load and attack. */
  readonly minutes: number;
  /** Of the schedule: what is hit and when. The machine adds chance of its own. */
  readonly seed: number;
  /** The attack goes on past its minutes until so many processes were killed. */
  readonly killsMin: number;
  readonly processes: number;
  readonly ordersPerSecond: number;
  readonly json: boolean;
}

export const HELP = `npm run chaos -- [--minutes M] [--seed S] [--kills-min K] [--processes P] [--rate R] [--json]

Several hub processes over a real PostgreSQL, with all sandboxes outside, under orders and cancellations of every channel.
Processes are killed with SIGKILL, the database is ended in a hurry and by SIGKILL, and the outside fails, answers late or
loses its answers. Then the faults stop, all work is waited for, and the databases of the hub and of the sandboxes are held
against each other: nothing lost, nothing doubled, nothing oversold, no order stuck without an exception. Exit code 1 if not.

  --minutes M    how long the attack lasts; 5 when absent
  --seed S       of the schedule; 1 when absent
  --kills-min K  at least so many kills of hub processes, spread over the time; 50 when absent
  --processes P  hub processes; 3 when absent
  --rate R       orders a second over all channels; 4 when absent
  --json         prints the verdict as one line of JSON
  --help         prints this`;

export class ChaosUsageError extends Error {
  readonly code = 'CHAOS_USAGE';
}

/** What to do, or 'HELP'. Throws ChaosUsageError for words that mean nothing here. */
export function readOptions(words: readonly string[]): ChaosOptions | 'HELP' {
  const { values } = parse(words);
  if (values.help) return 'HELP';
  return {
    minutes: numberOf('minutes', values.minutes, 0.1, 24 * 60),
    seed: Math.trunc(numberOf('seed', values.seed, 0, 2 ** 31 - 1)),
    killsMin: Math.trunc(numberOf('kills-min', values['kills-min'], 0, 100_000)),
    processes: Math.trunc(numberOf('processes', values.processes, 1, 16)),
    ordersPerSecond: numberOf('rate', values.rate, 0.1, 1_000),
    json: values.json,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        minutes: { type: 'string', default: '5' },
        seed: { type: 'string', default: '1' },
        'kills-min': { type: 'string', default: '50' },
        processes: { type: 'string', default: '3' },
        rate: { type: 'string', default: '4' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new ChaosUsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function numberOf(name: string, given: string, min: number, max: number): number {
  const value = Number(given);
  if (given.trim() !== '' && value >= min && value <= max) return value;
  throw new ChaosUsageError(`--${name} must be a number from ${min} to ${max}, not "${given}".`);
}
