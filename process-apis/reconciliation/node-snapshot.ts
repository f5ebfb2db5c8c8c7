import { OutsideError } from '../../src/platform/outside/outside-error.js';
import type { Instant } from '../../src/model/time.js';
import type { NodeStock, StockPage } from '../../system-apis/wms/wms.port.js';
import { inPages, type DriftJob } from './drift-job.js';

/** Pages of STOCK_PAGE_MAX positions. */
const PAGES_MAX = 1_000;
/** A reading that the warehouse gave up is begun again so often. */
const READINGS_MAX = 3;
const GONE = 410;
const UNITS_PAGE = 1_000;

/** An item in a snapshot, in base units. */
export interface SnapshotUnits {
  readonly sku: string;
  readonly onHand: number;
  readonly qualityHold: number;
  readonly lots: NonNullable<NodeStock['lots']>;
  /** Why the quantities cannot be read. */
  readonly unreadable?: string;
}

export interface NodeSnapshot {
  readonly asOf: Instant;
  readonly sequence?: number;
  readonly bySku: ReadonlyMap<string, SnapshotUnits>;
}

/** The whole stock of a node as the warehouse counts it. @throws OutsideError, also where it has more than PAGES_MAX pages. */
export async function readSnapshot(job: DriftJob, node: string): Promise<NodeSnapshot> {
  const pages = await readAgainWhenGone(job, node);
  const [first] = pages;
  if (first === undefined) throw new Error('a reading has at least one page');
  const positions = pages.flatMap((page) => page.positions);
  const bySku = new Map<string, SnapshotUnits>();
  for (const units of await inBaseUnits(job, positions)) bySku.set(units.sku, sum(bySku.get(units.sku), units));
  return { asOf: first.asOf, bySku, ...(first.sequence === undefined ? {} : { sequence: first.sequence }) };
}

async function readAgainWhenGone(job: DriftJob, node: string): Promise<readonly StockPage[]> {
  for (let readings = 1; ; readings += 1) {
    try {
      return await readPages(job, node);
    } catch (error) {
      const gone = error instanceof OutsideError && error.details.status === GONE;
      if (!gone || readings >= READINGS_MAX) throw error;
    }
  }
}

async function readPages(job: DriftJob, node: string): Promise<readonly StockPage[]> {
  const { wms } = job.tools;
  const pages: StockPage[] = [];
  for (let next: string | undefined; pages.length < PAGES_MAX;) {
    const at = next;
    const page = await job.read(() => wms.readStock(node, at));
    pages.push(page);
    if (page.next === undefined) return pages;
    next = page.next;
  }
  throw new OutsideError('contract', `The snapshot of ${node} has more than ${PAGES_MAX} pages.`, {
    system: wms.system,
    operation: 'readStock',
  });
}

async function inBaseUnits(job: DriftJob, positions: readonly NodeStock[]): Promise<readonly SnapshotUnits[]> {
  const { catalog, pool } = job.tools;
  const converted: SnapshotUnits[] = [];
  for (const page of inPages(positions, UNITS_PAGE)) {
    const named = page.flatMap(({ sku, unit }) => (unit === undefined ? [] : [{ sku, unit }]));
    const factors = named.length === 0 ? new Map<string, number>() : await catalog.unitFactors(pool, named);
    for (const position of page) converted.push(toBaseUnits(position, factors));
  }
  return converted;
}

function toBaseUnits(
  { sku, onHand, qualityHold, unit, lots = [] }: NodeStock,
  factors: ReadonlyMap<string, number>,
): SnapshotUnits {
  const factor = unit === undefined ? 1 : factors.get(`${sku}/${unit}`);
  if (factor === undefined)
    return {
      sku,
      onHand: 0,
      qualityHold: 0,
      lots: [],
      unreadable: `The warehouse counts in "${unit}", a unit that the item does not have: add it to the catalog.`,
    };
  return {
    sku,
    onHand: onHand * factor,
    qualityHold: qualityHold * factor,
    lots: lots.map((lot) => ({ ...lot, onHand: lot.onHand * factor })),
  };
}

/** A warehouse may tell an item once for each unit. */
function sum(before: SnapshotUnits | undefined, more: SnapshotUnits): SnapshotUnits {
  if (before === undefined) return more;
  const unreadable = before.unreadable ?? more.unreadable;
  return {
    sku: more.sku,
    onHand: before.onHand + more.onHand,
    qualityHold: before.qualityHold + more.qualityHold,
    lots: sumLots([...before.lots, ...more.lots]),
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

function sumLots(lots: SnapshotUnits['lots']): SnapshotUnits['lots'] {
  const sums = new Map<string, SnapshotUnits['lots'][number]>();
  for (const lot of lots) sums.set(lot.lot, { ...lot, onHand: (sums.get(lot.lot)?.onHand ?? 0) + lot.onHand });
  return [...sums.values()];
}
