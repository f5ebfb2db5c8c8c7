import type { ClientBase } from 'pg';
import type { Movement, StockBucket, StockFact } from '../../src/model/stock.js';
import type { Instant } from '../../src/model/time.js';
import { readOwners } from './bucket-owner.sql.js';
import { BucketOwnership, countedAsOf } from './bucket-ownership.js';
import {
  nodesOf,
  readKnownNodes,
  readLevels,
  readMovedSince,
  readStockItems,
  type CountPlace,
} from './stock-fact.sql.js';
import type { FactContext, MovedUnits, StockItem, StockLevel } from './stock-fact.types.js';
import { SupplyBook } from './supply.js';
import { readSupplies } from './supply.sql.js';

/** What the decisions of one batch know, kept up to date with what they decided. */
export class BatchContext implements FactContext {
  private readonly levels = new Map<string, StockLevel>();
  private readonly changed = new Map<string, StockLevel>();
  private readonly booked: { movement: Movement; occurredAt: Instant }[] = [];

  constructor(
    readonly now: Instant,
    readonly items: ReadonlyMap<string, StockItem>,
    readonly nodes: ReadonlySet<string>,
    readonly owners: BucketOwnership,
    readonly supplies: SupplyBook,
    levels: readonly StockLevel[],
    private readonly moved: ReadonlyMap<string, readonly MovedUnits[]>,
  ) {
    for (const level of levels) this.levels.set(levelKey(level), level);
  }

  levelAsOf(sku: string, node: string, bucket: StockBucket, lot: string): Instant | undefined {
    return this.levels.get(levelKey({ sku, node, bucket, lot }))?.asOf;
  }

  movedSince(sku: string, node: string, asOf: Instant): readonly MovedUnits[] {
    const ofBatch = this.booked.flatMap(({ movement, occurredAt }): readonly MovedUnits[] => {
      const { bucket, delta, reason, lot = '' } = movement;
      if (movement.sku !== sku || movement.node !== node || occurredAt <= asOf || reason === 'COUNT') return [];
      return bucket === 'onHand' || bucket === 'qualityHold' ? [{ bucket, lot, units: delta }] : [];
    });
    return [...(this.moved.get(placeKey({ sku, node, asOf })) ?? []), ...ofBatch];
  }

  /** A decision of the batch moved stock: a later count of the batch may contain it, or not. */
  book(movements: readonly Movement[], occurredAt: Instant): void {
    for (const movement of movements) this.booked.push({ movement, occurredAt });
  }

  level(level: StockLevel): void {
    this.levels.set(levelKey(level), level);
    this.changed.set(levelKey(level), level);
  }

  changedLevels(): readonly StockLevel[] {
    return [...this.changed.values()];
  }
}

/** Reads it with one statement for each kind of knowledge, under the locks of the positions. */
export async function readFactContext(
  tx: ClientBase,
  facts: readonly StockFact[],
  now: Instant,
): Promise<BatchContext> {
  const skus = [...new Set(facts.map(({ sku }) => sku))];
  const documents = facts.flatMap((fact) => ('document' in fact && fact.document !== undefined ? [fact.document] : []));
  const [items, nodes, owners, levels, supplies] = await Promise.all([
    readStockItems(tx, skus),
    readKnownNodes(tx, [...new Set(facts.flatMap(nodesOf))]),
    readOwners(tx),
    readLevels(tx, skus),
    readSupplies(tx, documents, skus),
  ]);
  const ownership = new BucketOwnership(owners);
  const moved = await readMoved(tx, facts, ownership);
  return new BatchContext(now, items, nodes, ownership, new SupplyBook(supplies), levels, moved);
}

async function readMoved(
  tx: ClientBase,
  facts: readonly StockFact[],
  owners: BucketOwnership,
): Promise<ReadonlyMap<string, readonly MovedUnits[]>> {
  const counts = facts.flatMap((fact): readonly CountPlace[] =>
    fact.kind === 'COUNTED' ? [{ sku: fact.sku, node: fact.node, asOf: countedAsOf(fact, owners) }] : [],
  );
  const places = [...new Map(counts.map((place) => [placeKey(place), place])).values()];
  const rows = await readMovedSince(tx, places);
  const moved = new Map<string, MovedUnits[]>();
  for (const { place, ...units } of rows) {
    const at = places[place];
    if (at === undefined) continue;
    const there = moved.get(placeKey(at)) ?? [];
    there.push(units);
    moved.set(placeKey(at), there);
  }
  return moved;
}

function placeKey({ sku, node, asOf }: CountPlace): string {
  return [sku, node, asOf].join('\u0000');
}

function levelKey({ sku, node, bucket, lot }: Omit<StockLevel, 'asOf'>): string {
  return [sku, node, bucket, lot].join('\u0000');
}
