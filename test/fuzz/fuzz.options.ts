import { parseArgs } from 'node:util';

const NUMBER_MAX = 100_000_000;

export interface FuzzOptions {
  readonly payloads: number;
  readonly seed: number;
  /** The number of the first. */
  readonly from: number;
  /** The payloads of these numbers alone. */
  readonly only: readonly number[] | undefined;
  readonly json: boolean;
}

export const HELP = `npm run fuzz -- [--payloads N] [--seed S] [--from I] [--only I,J] [--json]

Sends mutated payloads to every inbound endpoint of a started hub, from good ones and over real HTTP: bytes flipped and cut,
values of other types, huge numbers, deep nesting, members twice, lone surrogates, wrong encodings and content types.
Each must be answered with 2xx or with a specific error, never 5xx; none may end the hub or fill its memory; and what is
answered for without being taken must lie there as a stored message. Exit code 1 if not, with the payload and how to repeat it.

  --payloads N  how many; 100000 when absent
  --seed S      the same seed gives the same payloads; 1 when absent
  --from I      begins with payload I
  --only I,J    sends these payloads alone
  --json        prints the result as one line of JSON
  --help        prints this`;

export class FuzzUsageError extends Error {
  readonly code = 'FUZZ_USAGE';
}

/** What to do, or 'HELP'. Throws FuzzUsageError for words that mean nothing here. */
export function readOptions(words: readonly string[]): FuzzOptions | 'HELP' {
  const { values } = parse(words);
  if (values.help) return 'HELP';
  return {
    payloads: wholeNumber('payloads', values.payloads, 1, NUMBER_MAX),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 31 - 1),
    from: wholeNumber('from', values.from, 0, NUMBER_MAX),
    only: values.only?.split(',').map((number) => wholeNumber('only', number, 0, NUMBER_MAX)),
    json: values.json,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        payloads: { type: 'string', default: '100000' },
        seed: { type: 'string', default: '1' },
        from: { type: 'string', default: '0' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new FuzzUsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(name: string, given: string, min: number, max: number): number {
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= min && value <= max) return value;
  throw new FuzzUsageError(`--${name} must be a whole number from ${min} to ${max}, not "${given}".`);
}
