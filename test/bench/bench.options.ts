import { parseArgs } from 'node:util';

export const BENCHMARKS = [
  'ingest',
  'reserve',
  'availability',
  'lifecycle',
  'graphql',
  'fanout',
  'publishing',
  'telemetry',
  'console',
] as const;
export type BenchmarkName = (typeof BENCHMARKS)[number];

export interface BenchOptions {
  readonly benchmarks: readonly BenchmarkName[];
  /** One JSON line for each figure instead of the table. */
  readonly json: boolean;
  /** Short runs: to see that it works, not for numbers to quote. */
  readonly quick: boolean;
}

export const HELP = `npm run bench -- [${BENCHMARKS.join('|')}]... [--json] [--quick]

Measures the hub on a PostgreSQL of its own, each figure beside the raw one that this machine reaches without the hub.
Without a name all are run, one after the other.

  ingest     orders/s that a partner places over HTTP; raw: a plain Fastify echo of the same body
  reserve    orders/s of 3 lines through the one door, accepted, claimed and written; raw: set-wise SQL of the same rows
  availability checks/s of 10 items over HTTP; raw: an echo of the same body, and the same read by hand-written SQL
  lifecycle  orders/s from order to invoice with all sandboxes; raw: a script with the same calls to ERP and warehouse
  graphql    pages of an order/s (lines, shipments, timeline, ids elsewhere); raw: one SQL statement that gives the same as JSON
  publishing changes/s of stock until listings should show them, and the lag until Amazon and Shopify do, at their limits
  fanout     messages/s to 200 and 1,000 subscribers of 20 events/s; raw: the same bytes broadcast over ws
  telemetry  orders/s with traces on, at the default ratio and all of them; raw: the same hub without traces
  console    ms until a page of the console is shown in Chromium, over 100,000 orders; raw: a page that asks nothing

  --json     prints {"name","value","unit","limit","ratio"}, one line for each figure; limit is the raw one,
             ratio how near the hub comes to it: value / limit, and for times limit / value
  --quick    shorter runs, for seeing that it works
  --help     prints this`;

export class BenchUsageError extends Error {
  readonly code = 'BENCH_USAGE';
}

/** What to run, or 'HELP'. Throws BenchUsageError for words that mean nothing here. */
export function readOptions(words: readonly string[]): BenchOptions | 'HELP' {
  const { values, positionals } = parse(words);
  if (values.help) return 'HELP';
  const benchmarks = positionals.map(benchmarkNamed);
  return { benchmarks: benchmarks.length === 0 ? BENCHMARKS : benchmarks, json: values.json, quick: values.quick };
}

function parse(words: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: { json: flag, quick: flag, help: flag } });
  } catch (cause) {
    throw new BenchUsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function benchmarkNamed(word: string): BenchmarkName {
  const name = BENCHMARKS.find((known) => known === word);
  if (name === undefined) throw new BenchUsageError(`There is no benchmark "${word}": ${BENCHMARKS.join(', ')}.`);
  return name;
}
