import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runSeed, type SeedResult } from './run-seed.js';
import { parseSimOptions, SimOptionsError, type SimOptions } from './sim.options.js';

/** Seeds that a worker is given at once. */
const CHUNK = 10;
const FAILURES_SHOWN_MAX = 20;
const LINE_MAX = 600;

interface Sum {
  readonly seeds: number;
  readonly steps: number;
  readonly orders: number;
  readonly seconds: number;
  readonly failed: number;
  /** How often each fault was injected, and each thing happened that a person did. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs all seeds on several threads; what one seed does never depends on the others. */
async function main(options: SimOptions): Promise<number> {
  const startedMs = Date.now();
  const results: SeedResult[] = [];
  const failures: SeedResult[] = [];
  let next = options.start;
  const end = options.start + options.seeds;
  const take = (): readonly number[] => {
    const chunk = Array.from({ length: Math.min(CHUNK, end - next) }, (_, index) => next + index);
    next += chunk.length;
    return failures.length < FAILURES_SHOWN_MAX ? chunk : [];
  };
  const told = (result: SeedResult): void => {
    results.push(result);
    if (result.failure === undefined) return;
    failures.push(result);
    console.error(replayLine(result));
  };
  const workers = Math.min(options.workers, Math.ceil(options.seeds / CHUNK));
  if (workers === 1) await runHere(options, take, told);
  else await Promise.all(Array.from({ length: workers }, () => runInWorker(options, take, told)));
  const sum = summed(results, (Date.now() - startedMs) / 1_000);
  if (options.json) console.log(JSON.stringify(sum, undefined, 2));
  else
    console.log(`${sum.seeds} seeds, ${sum.orders} orders, ${sum.steps} steps, ${sum.seconds} s, ${sum.failed} failed`);
  return failures.length === 0 ? 0 : 1;
}

function replayLine({ seed, steps, failure = '' }: SeedResult): string {
  return `npm run sim -- --seeds 1 --start ${seed} --steps ${steps}   # ${failure.replaceAll(/\s+/g, ' ')}`.slice(
    0,
    LINE_MAX,
  );
}

async function runHere(
  { steps, trace }: SimOptions,
  take: () => readonly number[],
  told: (result: SeedResult) => void,
): Promise<void> {
  const onNote = trace ? (line: string): void => console.log(line) : undefined;
  for (let chunk = take(); chunk.length > 0; chunk = take())
    for (const seed of chunk) told(await runSeed(seed, steps, onNote));
}

function runInWorker(
  { steps }: SimOptions,
  take: () => readonly number[],
  told: (result: SeedResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { steps } });
    const give = (): void => {
      const chunk = take();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
      if (chunk.length > 0) worker.postMessage(chunk);
      else void worker.terminate().then(() => resolve(), reject);
    };
    worker.on('message', (results: readonly SeedResult[]) => {
      for (const result of results) told(result);
      give();
    });
    worker.on('error', reject);
    give();
  });
}

function summed(results: readonly SeedResult[], seconds: number): Sum {
  const counts = new Map<string, number>();
  for (const result of results)
    for (const [what, times] of Object.entries(result.counts)) counts.set(what, (counts.get(what) ?? 0) + times);
  const total = (of: (result: SeedResult) => number): number => results.reduce((sum, result) => sum + of(result), 0);
  return {
    seeds: results.length,
    orders: total(({ orders }) => orders),
    steps: total(({ steps }) => steps),
    seconds,
    failed: results.filter(({ failure }) => failure !== undefined).length,
    counts: Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

if (isMainThread) {
  try {
    process.exitCode = await main(parseSimOptions(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof SimOptionsError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
} else {
  const { steps } = workerData as { readonly steps?: number };
  parentPort?.on('message', (seeds: readonly number[]) => {
    void (async () => {
      const results: SeedResult[] = [];
      for (const seed of seeds) results.push(await runSeed(seed, steps));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
      parentPort?.postMessage(results);
    })();
  });
}
