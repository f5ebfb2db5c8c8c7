import { availability } from './availability/availability.bench.js';
import { BenchUsageError, HELP, readOptions, type BenchmarkName, type BenchOptions } from './bench.options.js';
import { console_ } from './console/console.bench.js';
import { fanout } from './fanout/fanout.bench.js';
import { graphql } from './graphql/graphql.bench.js';
import { BenchPostgres } from './harness/bench-database.js';
import { describeFigure, type Figure } from './harness/figure.js';
import { ingest } from './ingest/ingest.bench.js';
import { lifecycle } from './lifecycle/lifecycle.bench.js';
import { publishing } from './publishing/publishing.bench.js';
import { reserve } from './reserve/reserve.bench.js';
import { telemetry } from './telemetry/telemetry.bench.js';

/** Measures, and throws when what was measured was not right. */
type Benchmark = (postgres: BenchPostgres, quick: boolean) => AsyncIterable<Figure>;

const BENCHMARKS: Readonly<Record<BenchmarkName, Benchmark>> = {
  ingest,
  reserve,
  availability,
  lifecycle,
  graphql,
  fanout,
  publishing,
  telemetry,
  console: console_,
};

async function run({ benchmarks, json, quick }: BenchOptions): Promise<void> {
  const postgres = await BenchPostgres.start();
  try {
    for (const name of benchmarks)
      for await (const figure of BENCHMARKS[name](postgres, quick))
        console.log(json ? JSON.stringify(figure) : describeFigure(figure));
  } finally {
    await postgres.remove();
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'HELP') console.log(HELP);
  else await run(options);
} catch (error) {
  const isUsage = error instanceof BenchUsageError;
  console.error(isUsage ? `${error.message}\n\n${HELP}` : error);
  // What failed may have left servers and helper processes behind, which would keep this one alive.
  process.exit(isUsage ? 2 : 1);
}
