import type { Instant } from '../../src/model/time.js';
import { FEEDS_PAGE_MAX, readStockAsOf, readStockedSkus, type StockAsOf } from '../availability/index.js';
import { readUnitsToShip } from '../orders/index.js';
import { Tally, type Comparison, type Difference } from './comparison.js';
import { inPages, type DriftJob } from './drift-job.js';
import type { Drift } from './drift.types.js';
import { explainNode } from './explain.js';
import { readSnapshot, type NodeSnapshot } from './node-snapshot.js';
import { readOnHandOwnership, takeCounts } from './snapshot-counts.js';

/** Positions compared in one statement. */
const PAGE = 500;
/** Positions of the hub at one node. */
const SKUS_MAX = 1_000_000;

/**
 * Compares the hub's positions at a node with the warehouse's snapshot, both as of the snapshot's time, and heals. Where
 * the warehouse's numbers have a gap, all of the snapshot is taken as counts, and closes it. Items that the hub does not
 * know are not its own.
 */
export async function compareNode(job: DriftJob): Promise<Comparison> {
  const { pool, wms, feeds } = job.tools;
  const { subject: node, trigger } = job.run;
  const wanted = (await feeds.wantedSnapshots(FEEDS_PAGE_MAX)).find(
    (feed) => feed.source === wms.system && feed.node === node,
  );
  const takeAll = trigger === 'GAP' || wanted !== undefined;
  if (takeAll) await feeds.snapshotAsked({ source: wms.system, node });

  const snapshot = await readSnapshot(job, node);
  const { lagSeconds } = await readOnHandOwnership(pool, wms.system, node);
  const asOf = new Date(Date.parse(snapshot.asOf) - lagSeconds * 1_000).toISOString();
  const scene = { job, node, snapshot, asOf };
  const { tally, items, differences } = await compareAll(scene, await allSkus(job, node, snapshot));
  const later = await lookAgain(scene, differences);
  const toShip = later.size > 0 ? await readUnitsToShip(pool, node) : new Map<string, number>();
  const drifts = differences.map((first): Drift => {
    const unreadable = snapshot.bySku.get(first.key)?.unreadable;
    return explainNode(
      later.get(first.key) ?? first,
      {
        gapOpen: wanted?.gap !== null && wanted !== undefined,
        takeAll,
        toldMeanwhile: !later.has(first.key),
        toShip: toShip.get(first.key) ?? 0,
        earlier: job.earlier.get(first.key),
        ...(unreadable === undefined ? {} : { unreadable }),
      },
      job.tools.policy,
    );
  });
  const healed = await heal(scene, drifts, items, takeAll);
  if (takeAll)
    await feeds.snapshotTaken(
      { source: wms.system, node },
      { asOf: snapshot.asOf, ...(snapshot.sequence === undefined ? {} : { sequence: snapshot.sequence }) },
    );
  return { tally, drifts: healed };
}

interface Scene {
  readonly job: DriftJob;
  readonly node: string;
  readonly snapshot: NodeSnapshot;
  /** As of when the warehouse knew what had left. */
  readonly asOf: Instant;
}

/** Items that either side has. */
async function allSkus(job: DriftJob, node: string, snapshot: NodeSnapshot): Promise<readonly string[]> {
  const skus = new Set(snapshot.bySku.keys());
  for (let after = '', read = 0; read < SKUS_MAX; read += PAGE) {
    await job.checkpoint();
    const page = await readStockedSkus(job.tools.pool, node, after, PAGE);
    for (const sku of page) skus.add(sku);
    if (page.length < PAGE) break;
    after = page.at(-1) ?? after;
  }
  return [...skus].toSorted();
}

async function compareAll(scene: Scene, skus: readonly string[]) {
  const tally = new Tally();
  const items: StockAsOf[] = [];
  const differences: Difference[] = [];
  for (const page of inPages(skus, PAGE)) {
    await scene.job.checkpoint();
    for (const item of await readStockAsOf(scene.job.tools.pool, scene.node, page, scene.asOf)) {
      items.push(item);
      // A younger count knows better than the snapshot.
      if (item.countedSince) continue;
      const difference = differenceOf(scene, item);
      tally.add(item.units, difference === undefined ? item.units : difference.theirs);
      if (difference !== undefined) differences.push(difference);
    }
  }
  return { tally, items, differences };
}

function differenceOf({ snapshot }: Scene, { sku, units }: StockAsOf): Difference | undefined {
  const shown = snapshot.bySku.get(sku);
  if (shown?.unreadable !== undefined) return { key: sku, ours: units, theirs: null };
  const theirs = shown?.onHand ?? 0;
  return theirs === units ? undefined : { key: sku, ours: units, theirs };
}

/** Those that still differ when what was under way to the hub has had time to arrive. */
async function lookAgain(scene: Scene, differences: readonly Difference[]): Promise<ReadonlyMap<string, Difference>> {
  const still = new Map<string, Difference>();
  if (differences.length === 0) return still;
  await scene.job.settle();
  const keys = differences.map(({ key }) => key);
  for (const page of inPages(keys, PAGE))
    for (const item of await readStockAsOf(scene.job.tools.pool, scene.node, page, scene.asOf)) {
      const difference = item.countedSince ? undefined : differenceOf(scene, item);
      if (difference !== undefined) still.set(item.sku, difference);
    }
  return still;
}

async function heal(
  { job, node, snapshot }: Scene,
  drifts: readonly Drift[],
  items: readonly StockAsOf[],
  takeAll: boolean,
): Promise<readonly Drift[]> {
  const toCount = new Set(drifts.filter(({ healing }) => healing === 'COUNT_TAKEN').map(({ key }) => key));
  const counted = items.filter(({ sku }) =>
    takeAll ? snapshot.bySku.get(sku)?.unreadable === undefined : toCount.has(sku),
  );
  const reading = { source: job.tools.wms.system, node, asOf: snapshot.asOf };
  const notTaken = await takeCounts(job, reading, counted, snapshot.bySku);
  return drifts.map((drift): Drift => {
    const why = notTaken.get(drift.key);
    return why === undefined || drift.healing !== 'COUNT_TAKEN'
      ? drift
      : { ...drift, healing: 'EXCEPTION', detail: `${drift.detail} ${why}` };
  });
}
