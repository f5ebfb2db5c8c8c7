import { readOverwritten, readTold, readToldPage, type ToldQuantity } from '../publishing/index.js';
import { Tally, type Comparison, type Difference } from './comparison.js';
import { inPages, type DriftJob } from './drift-job.js';
import type { Drift, ShownQuantities } from './drift.types.js';
import { explainChannel } from './explain.js';

/** Listings of one channel. */
const LISTINGS_MAX = 1_000_000;
/** Tellings that found another quantity, in one run. */
const OVERWRITTEN_MAX = 1_000;

interface Shown {
  readonly told: ToldQuantity;
  /** What is shown; null where the channel does not know the listing. */
  readonly quantity: number | null;
  /** The channel was told something else while it was read. */
  readonly moved: boolean;
}

/**
 * Compares what a channel shows with what it was told last, and tells it again what it should show. What differs is read
 * once more after a while: a sale there reaches the hub as an order a moment later.
 */
export async function compareChannel(job: DriftJob): Promise<Comparison> {
  const { shown } = job.tools;
  const channel = job.run.subject;
  if (shown === undefined) throw new Error(`What ${channel} shows cannot be read.`);
  const { pageMax } = shown;
  const tally = new Tally();
  const differing: ToldQuantity[] = [];
  for (let after: string | undefined = '', read = 0; after !== undefined && read < LISTINGS_MAX;) {
    const page: readonly ToldQuantity[] = await readToldPage(job.tools.pool, channel, after, pageMax);
    for (const listing of await readShown(job, shown, page)) {
      const difference = differenceOf(listing);
      tally.add(ours(listing.told), difference === undefined ? ours(listing.told) : difference.theirs);
      if (difference !== undefined) differing.push(listing.told);
    }
    read += page.length;
    after = page.length < pageMax ? undefined : page.at(-1)?.listingSku;
  }
  const drifts = differing.length === 0 ? [] : await explainAll(job, shown, differing);
  await tellAgain(job, drifts);
  return { tally, drifts: [...drifts, ...(await overwritten(job, drifts))] };
}

async function readShown(
  job: DriftJob,
  shown: ShownQuantities,
  page: readonly ToldQuantity[],
): Promise<readonly Shown[]> {
  if (page.length === 0) return [];
  const channel = job.run.subject;
  const answers = await job.read(() => shown.read(channel, page));
  const quantities = new Map(answers.map(({ listingSku, quantity }) => [listingSku, quantity]));
  const skus = page.map(({ listingSku }) => listingSku);
  const now = new Map((await readTold(job.tools.pool, channel, skus)).map((told) => [told.listingSku, told]));
  return page.flatMap((before): readonly Shown[] => {
    const told = now.get(before.listingSku);
    const quantity = quantities.get(before.listingSku);
    // Deleted meanwhile, or not answered for.
    if (told === undefined || quantity === undefined) return [];
    return [{ told, quantity, moved: before.told !== told.told || before.underWay }];
  });
}

function ours({ told, wanted }: ToldQuantity): number {
  return told ?? wanted;
}

function differenceOf({ told, quantity }: Shown): Difference | undefined {
  return quantity === ours(told) ? undefined : { key: told.listingSku, ours: ours(told), theirs: quantity };
}

async function explainAll(
  job: DriftJob,
  shown: ShownQuantities,
  differing: readonly ToldQuantity[],
): Promise<readonly Drift[]> {
  await job.settle();
  const drifts: Drift[] = [];
  for (const page of inPages(differing, shown.pageMax))
    for (const again of await readShown(job, shown, page)) {
      const difference = differenceOf(again);
      if (difference === undefined) continue;
      const underWay = again.told.underWay || again.moved;
      drifts.push(explainChannel(difference, { underWay, earlier: job.earlier.get(difference.key) }));
    }
  return drifts;
}

/** However much it is: the channel must not sell by a number that is not ours. */
async function tellAgain(job: DriftJob, drifts: readonly Drift[]): Promise<void> {
  const wrong = drifts.filter(({ explanation }) => explanation === 'CHANGED_OUTSIDE').map(({ key }) => key);
  if (wrong.length > 0) await job.tools.publishing.tellAgain(job.run.subject, wrong);
}

/** What publishing found changed since the last run, and has told over already. */
async function overwritten(job: DriftJob, drifts: readonly Drift[]): Promise<readonly Drift[]> {
  const known = new Set(drifts.map(({ key }) => key));
  const found = await readOverwritten(job.tools.pool, job.run.subject, job.since, OVERWRITTEN_MAX);
  return found
    .filter(({ listingSku }) => !known.has(listingSku))
    .map(({ listingSku, told, overwrote }) => ({
      key: listingSku,
      ours: told,
      theirs: overwrote,
      explanation: 'CHANGED_OUTSIDE',
      detail: `It was told ${told} and showed ${overwrote} when it was told the next quantity.`,
      healing: 'TOLD_AGAIN',
    }));
}
