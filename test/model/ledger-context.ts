import type { StockBook } from '../../process-apis/availability/index.js';
import { BucketOwnership } from '../../process-apis/availability/facts/bucket-ownership.js';
import { BatchContext, movedUnits } from '../../process-apis/availability/facts/stock-fact.context.js';
import type { MovedUnits } from '../../process-apis/availability/facts/stock-fact.types.js';
import { SupplyBook } from '../../process-apis/availability/facts/supply.js';

export const SKUS = ['A', 'B'] as const;
export const PLACES = ['N1', 'N2'] as const;
export type Sku = (typeof SKUS)[number];
export type Place = (typeof PLACES)[number];
export const CASE = 12;
/** Later than anything that happens. */
export const LATER = '2027-01-01T00:00:00.000Z';

const FACTORS = new Map([
  ['each', 1],
  ['case', CASE],
]);

/** What facts know of the past, read from the ledger in memory as SQL reads it from the table. */
export class LedgerContext extends BatchContext {
  constructor(private readonly ledger: StockBook) {
    const items = SKUS.map((sku) => [sku, { sku, tracking: 'NONE', isKit: false, factors: FACTORS }] as const);
    super({
      now: LATER,
      items: new Map(items),
      nodes: new Set(PLACES),
      owners: new BucketOwnership([]),
      supplies: new SupplyBook([]),
      levels: [],
      moved: new Map(),
    });
  }

  override movedSince(sku: string, node: string, asOf: string): readonly MovedUnits[] {
    return this.ledger.booked.flatMap((movement): readonly MovedUnits[] => {
      const here = movement.sku === sku && movement.node === node && movement.occurredAt > asOf;
      return here ? movedUnits(movement) : [];
    });
  }
}
