import type { StockFact } from '../../src/model/stock.js';
import type { Instant } from '../../src/model/time.js';
import {
  readLotNames,
  readOwners,
  type BucketOwner,
  type StockAsOf,
  type StockOutcome,
} from '../availability/index.js';
import { inPages, type DriftJob, type DriftTools } from './drift-job.js';
import type { SnapshotUnits } from './node-snapshot.js';

/** Counts in one transaction. */
const COUNTS_PAGE = 500;

/** A reading of a node that is taken as counts. */
export interface CountedReading {
  readonly source: string;
  readonly node: string;
  readonly asOf: Instant;
}

export type ItemToCount = Pick<StockAsOf, 'sku' | 'byLot'>;

/**
 * Takes what a reading shows of these items as counts, as of its time; an item that it does not show has no units.
 * Gives why, by item, where a count was not taken.
 */
export async function takeCounts(
  job: DriftJob,
  reading: CountedReading,
  items: readonly ItemToCount[],
  bySku: ReadonlyMap<string, SnapshotUnits>,
): Promise<ReadonlyMap<string, string>> {
  const { pool, stock } = job.tools;
  const owners = await readOwners(pool);
  const countsHold = mayWrite(owners, reading, 'qualityHold');
  const notTaken = new Map<string, string>();
  for (const page of inPages(items, COUNTS_PAGE)) {
    await job.checkpoint();
    const lots = await readLotNames(
      pool,
      reading.node,
      page.flatMap(({ sku, byLot }) => (byLot ? [sku] : [])),
    );
    const lotsBySku = Map.groupBy(lots, ({ sku }) => sku);
    const facts = page.flatMap((item) => {
      if (item.byLot && !namesLots(bySku.get(item.sku))) {
        notTaken.set(item.sku, 'It is tracked by lot, and the reading does not say which lots.');
        return [];
      }
      const known = (lotsBySku.get(item.sku) ?? []).map(({ lot }) => lot);
      return countsOf(reading, item, bySku.get(item.sku), known, countsHold);
    });
    for (const chunk of inPages(facts, COUNTS_PAGE)) {
      const outcomes = await stock.receive(chunk);
      chunk.forEach(({ sku }, index) => {
        const why = whyNot(outcomes[index]);
        if (why !== undefined) notTaken.set(sku, why);
      });
    }
  }
  return notTaken;
}

/** Without the lots of all units a count by lot would read the unnamed ones as gone. */
function namesLots(units: SnapshotUnits | undefined): boolean {
  const named = (units?.lots ?? []).reduce((sum, lot) => sum + lot.onHand, 0);
  return named === (units?.onHand ?? 0);
}

/** An item that is tracked by lot is counted lot by lot; a lot that the reading does not show has no units. */
function countsOf(
  { source, node, asOf }: CountedReading,
  { sku, byLot }: ItemToCount,
  units: SnapshotUnits | undefined,
  knownLots: readonly string[],
  countsHold: boolean,
): readonly StockFact[] {
  const id = `${source}/snapshot/${node}/${asOf}/${sku}`;
  const head = { source, sku, node, occurredAt: asOf, kind: 'COUNTED' } as const;
  if (!byLot)
    return [
      {
        ...head,
        id,
        quantity: units?.onHand ?? 0,
        ...(countsHold ? { qualityHold: Math.min(units?.qualityHold ?? 0, units?.onHand ?? 0) } : {}),
      },
    ];
  const shown = units?.lots ?? [];
  const names = new Set(shown.map(({ lot }) => lot));
  const gone = knownLots.filter((lot) => !names.has(lot)).map((lot) => ({ lot, onHand: 0, expiresOn: undefined }));
  return [...gone, ...shown].map(({ lot, onHand, expiresOn }) => ({
    ...head,
    id: `${id}/${lot}`,
    lot,
    quantity: onHand,
    ...(expiresOn === undefined ? {} : { expiresOn }),
  }));
}

function whyNot(outcome: StockOutcome | undefined): string | undefined {
  if (outcome?.result === 'REFUSED') return `The count was refused: ${outcome.detail}`;
  return outcome?.result === 'OLDER_THAN_COUNT' ? 'A younger count was taken meanwhile.' : undefined;
}

/** The owners of a bucket at a node: its own, else those of every node. */
function ownersOf(owners: readonly BucketOwner[], node: string, bucket: BucketOwner['bucket']): readonly BucketOwner[] {
  const own = owners.filter((owner) => owner.node === node && owner.bucket === bucket);
  return own.length > 0 ? own : owners.filter((owner) => owner.node === '*' && owner.bucket === bucket);
}

function mayWrite(
  owners: readonly BucketOwner[],
  { source, node }: Pick<CountedReading, 'source' | 'node'>,
  bucket: BucketOwner['bucket'],
): boolean {
  const named = ownersOf(owners, node, bucket);
  return named.length === 0 || named.some((owner) => owner.source === source);
}

/** What is configured of a source's right to say what is on hand at a node. */
export interface OnHandOwnership {
  /** The source is named as an owner: it is not enough that nobody is. */
  readonly named: boolean;
  /** Its readings are taken as so much older. */
  readonly lagSeconds: number;
}

export async function readOnHandOwnership(
  pool: DriftTools['pool'],
  source: string,
  node: string,
): Promise<OnHandOwnership> {
  const owner = ownersOf(await readOwners(pool), node, 'onHand').find((row) => row.source === source);
  return { named: owner !== undefined, lagSeconds: owner?.lagSeconds ?? 0 };
}
