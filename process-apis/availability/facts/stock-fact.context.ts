import type { ClientBase } from 'pg';
import type { Movement, StockBucket, StockFact } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { readOwners } from './bucket-owner.sql.js';
import { BucketOwnership, countedAsOf } from './bucket-ownership.js';
import { happenedAt } from './stock-fact.checks.js';
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

/** What was read for the facts of one batch. */
type Knowledge = Pick<FactContext, 'now' | 'items' | 'nodes' | 'owners' | 'supplies'> & {
  readonly levels: readonly StockLevel[];
  /** By place and as-of time of the batch's counts. */
  readonly moved: ReadonlyMap<string, readonly MovedUnits[]>;
};

/** What the decisions of one batch know, kept up to date with what they decided. */
export class BatchContext implements FactContext {
  readonly now: Instant;
  readonly items: ReadonlyMap<string, StockItem>;
  readonly nodes: ReadonlySet<string>;
  readonly owners: BucketOwnership;
  readonly supplies: SupplyBook;
  private readonly moved: ReadonlyMap<string, readonly MovedUnits[]>;
  private readonly levels = new Map<string, StockLevel>();
  private readonly changed = new Map<string, StockLevel>();
  private readonly booked: { movement: Movement; occurredAt: Instant }[] = [];

  constructor({ now, items, nodes, owners, supplies, levels, moved }: Knowledge) {
    this.now = now;
    this.items = items;
    this.nodes = nodes;
    this.owners = owners;
    this.supplies = supplies;
    this.moved = moved;
    for (const level of levels) this.levels.set(levelKey(level), level);
  }

  levelAsOf(sku: string, node: string, bucket: StockBucket, lot: string): Instant | undefined {
    return this.levels.get(levelKey({ sku, node, bucket, lot }))?.asOf;
  }

  movedSince(sku: string, node: string, asOf: Instant): readonly MovedUnits[] {
    const ofBatch = this.booked.flatMap(({ movement, occurredAt }) =>
      movement.sku === sku && movement.node === node && occurredAt > asOf ? movedUnits(movement) : [],
    );
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

/**
 * What a movement says of the units truly there: on-hand less what is missing. Claimed units that were lost stay on-hand
 * and are missing. Counts say what was there, not what moved.
 */
export function movedUnits({ bucket, delta, reason, lot = '' }: Movement): readonly MovedUnits[] {
  if (reason === 'COUNT') return [];
  if (bucket === 'missing') return [{ bucket: 'onHand', lot, units: -delta }];
  return bucket === 'onHand' || bucket === 'qualityHold' ? [{ bucket, lot, units: delta }] : [];
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
  const moved = await readMoved(tx, facts, ownership, now);
  return new BatchContext({
    now,
    items,
    nodes,
    owners: ownership,
    supplies: new SupplyBook(supplies),
    levels,
    moved,
  });
}

async function readMoved(
  tx: ClientBase,
  facts: readonly StockFact[],
  owners: BucketOwnership,
  now: Instant,
): Promise<ReadonlyMap<string, readonly MovedUnits[]>> {
  const counts = facts.flatMap((fact): readonly CountPlace[] =>
    fact.kind === 'COUNTED'
      ? [{ sku: fact.sku, node: fact.node, asOf: countedAsOf({ ...fact, occurredAt: happenedAt(fact, now) }, owners) }]
      : [],
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
