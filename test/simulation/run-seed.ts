import { World } from './world.js';

export interface SeedResult {
  readonly seed: number;
  readonly steps: number;
  readonly traceHash: string;
  readonly orders: number;
  readonly counts: Readonly<Record<string, number>>;
  /** What did not hold: the invariant, and what. */
  readonly failure?: string;
  readonly stack?: string;
}

/** Runs the world of a seed, `steps` steps at most. */
export async function runSeed(seed: number, steps?: number, onNote?: (line: string) => void): Promise<SeedResult> {
  const world = new World(seed, onNote);
  const failure = await world.run(steps).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  world.close();
  return {
    seed,
    steps: world.scheduler.steps,
    traceHash: world.traceHash,
    orders: world.database.table('orders').rows.size,
    counts: Object.fromEntries([...world.counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(failure === undefined ? {} : { failure: failure.message, stack: failure.stack ?? '' }),
  };
}
