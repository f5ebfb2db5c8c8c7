import type { Instant } from '../../src/model/time.js';
import { ERP_STOCK_READ_MAX, type ErpStock } from '../../system-apis/erp/erp.port.js';
import { readKeptSkus, readStockAsOf, readUnitsMoved, type StockAsOf } from '../availability/index.js';
import { readUnitsNotIssued } from '../orders/index.js';
import { Tally, type Comparison, type Difference } from './comparison.js';
import { inPages, type DriftJob } from './drift-job.js';
import type { Drift } from './drift.types.js';
import { explainErp } from './explain.js';
import type { SnapshotUnits } from './node-snapshot.js';
import { readOnHandOwnership, takeCounts } from './snapshot-counts.js';

const HOUR_MS = 3_600_000;
/** Items with stock anywhere, that the ERP is asked about. */
const ITEMS_MAX = 500_000;

interface ErpDifference extends Difference {
  readonly item: StockAsOf;
  /** Of the ERP's books, in base units. */
  readonly held: number;
  readonly asOf: Instant;
}

/**
 * Compares the hub's positions at a node with the ERP's books. The books lag: what they cannot know yet is no drift. The
 * hub's stock is written only where the ERP is named as the owner of the node's on-hand; else people mend the books.
 */
export async function compareErp(job: DriftJob): Promise<Comparison> {
  const tally = new Tally();
  const differing: string[] = [];
  for (let after: string | undefined = '', read = 0; after !== undefined && read < ITEMS_MAX;) {
    const skus: readonly string[] = await readKeptSkus(job.tools.pool, after, ERP_STOCK_READ_MAX);
    differing.push(...(await comparePage(job, skus, tally)).map(({ key }) => key));
    read += skus.length;
    after = skus.length < ERP_STOCK_READ_MAX ? undefined : skus.at(-1);
  }
  return { tally, drifts: differing.length === 0 ? [] : await explainAll(job, differing) };
}

async function comparePage(job: DriftJob, skus: readonly string[], tally: Tally): Promise<readonly ErpDifference[]> {
  if (skus.length === 0) return [];
  const { pool, erp } = job.tools;
  const node = job.run.subject;
  const answers = await job.read(() => erp.readStock(skus.map((sku) => ({ sku, nodes: [node] }))));
  const bySku = new Map(answers.map((stock) => [stock.sku, stock]));
  const factors = await unitFactors(job, answers);
  // What was booked while the ERP was read is compared as well: the books are no older than `asOf`.
  const now = new Date().toISOString();
  const items = await readStockAsOf(pool, node, skus, now);
  return items.flatMap((item): readonly ErpDifference[] => {
    const stock = bySku.get(item.sku);
    const factor = factors.get(`${item.sku}/${stock?.unit}`) ?? 1;
    const theirs = stock === undefined ? null : stock.onHand * factor;
    if (theirs === null && item.units === 0) return [];
    tally.add(item.units, theirs);
    if (theirs === item.units) return [];
    const held = (stock?.qualityHold ?? 0) * factor;
    return [{ key: item.sku, ours: item.units, theirs, item, held, asOf: stock?.asOf ?? now }];
  });
}

/** The ERP's base unit is one of the item's units, or the item's base unit under another name. */
function unitFactors(job: DriftJob, answers: readonly ErpStock[]): Promise<ReadonlyMap<string, number>> {
  return job.tools.catalog.unitFactors(
    job.tools.pool,
    answers.map(({ sku, unit }) => ({ sku, unit })),
  );
}

/** What differs is read once more after a while: a goods issue may have been posted between two readings. */
async function explainAll(job: DriftJob, differing: readonly string[]): Promise<readonly Drift[]> {
  const { pool, erp, policy } = job.tools;
  const node = job.run.subject;
  const before = await readUnitsNotIssued(pool, node);
  await job.settle();
  const differences: ErpDifference[] = [];
  for (const page of inPages(differing, ERP_STOCK_READ_MAX))
    differences.push(...(await comparePage(job, page, new Tally())));
  const notIssued = greater(before, await readUnitsNotIssued(pool, node));
  const ownership = await readOnHandOwnership(pool, erp.system, node);
  const since = new Date(Date.now() - policy.erpLagHours * HOUR_MS).toISOString();
  const drifts: Drift[] = [];
  for (const page of inPages(differences, ERP_STOCK_READ_MAX)) {
    await job.checkpoint();
    const skus = page.map(({ key }) => key);
    const moved = new Map((await readUnitsMoved(pool, node, skus, since)).map((units) => [units.sku, units]));
    const explained = page.map(({ key, ours, theirs }) =>
      explainErp(
        { key, ours, theirs },
        {
          notIssued: notIssued.get(key) ?? 0,
          came: moved.get(key)?.came ?? 0,
          went: moved.get(key)?.went ?? 0,
          ownsOnHand: ownership.named,
          earlier: job.earlier.get(key),
        },
        policy,
      ),
    );
    drifts.push(...(await heal(job, explained, page, ownership.lagSeconds > 0 ? new Map() : notIssued)));
  }
  return drifts;
}

/** Of each item the greater number: what was posted or shipped while the ERP was read is on its way as well. */
function greater(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const units = new Map(after);
  for (const [sku, quantity] of before) units.set(sku, Math.max(quantity, after.get(sku) ?? 0));
  return units;
}

/**
 * Takes the books as counts. What left and is not in the books yet is taken off, unless the owner's lag does it: else the
 * books would give sold units back.
 */
async function heal(
  job: DriftJob,
  drifts: readonly Drift[],
  differences: readonly ErpDifference[],
  notIssued: ReadonlyMap<string, number>,
): Promise<readonly Drift[]> {
  const toCount = new Set(drifts.filter(({ healing }) => healing === 'COUNT_TAKEN').map(({ key }) => key));
  const byAsOf = Map.groupBy(
    differences.filter(({ key }) => toCount.has(key)),
    ({ asOf }) => asOf,
  );
  const notTaken = new Map<string, string>();
  for (const [asOf, counted] of byAsOf) {
    const bySku = new Map(
      counted.map(({ key, theirs, held }): [string, SnapshotUnits] => {
        const onHand = Math.max(0, (theirs ?? 0) - (notIssued.get(key) ?? 0));
        return [key, { sku: key, onHand, qualityHold: held, lots: [] }];
      }),
    );
    const items = counted.map(({ item }) => item);
    const reading = { source: job.tools.erp.system, node: job.run.subject, asOf };
    for (const [sku, why] of await takeCounts(job, reading, items, bySku)) notTaken.set(sku, why);
  }
  return drifts.map((drift): Drift => {
    const why = notTaken.get(drift.key);
    return why === undefined || drift.healing !== 'COUNT_TAKEN'
      ? drift
      : { ...drift, healing: 'EXCEPTION', detail: `${drift.detail} ${why}` };
  });
}
