import { expect, it } from 'vitest';
import { runSeed } from './run-seed.js';

const SEEDS = 12;
const SAME = 7;

it('holds its invariants whatever fails, for some seeds; `npm run sim` runs thousands', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { failure, steps } = await runSeed(seed);
    expect(
      failure === undefined ? '' : `npm run sim -- --seeds 1 --start ${seed} --steps ${steps}   # ${failure}`,
    ).toBe('');
  }
}, 120_000);

it('runs a seed the same way each time', async () => {
  const first = await runSeed(SAME);
  await runSeed(SAME + 1);
  const again = await runSeed(SAME);
  expect({ steps: again.steps, traceHash: again.traceHash, counts: again.counts }).toEqual({
    steps: first.steps,
    traceHash: first.traceHash,
    counts: first.counts,
  });
}, 120_000);
