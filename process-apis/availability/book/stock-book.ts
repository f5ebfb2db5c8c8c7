import type { ClientBase } from 'pg';
import type { Lot, Movement, Position, StockBucket } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { sentTogether } from '../../../src/platform/commit/index.js';
import {
  addToDemands,
  appendMovements,
  insertPositions,
  lockPositions,
  readAroundPositions,
  readPositions,
  updatePositions,
  writeLoads,
  writeLots,
  writeUses,
  type CausedMovement,
  type ChangedParts,
  type DemandChange,
  type NodeDay,
} from './stock.sql.js';
import { pair, StockState, type ChannelDemand, type StockData } from './stock-state.js';

/** The event that moves stock. */
export interface BookedCause {
  readonly stream: string;
  readonly version: number;
  readonly occurredAt: Instant;
  /** Whose claims the movements make or free. */
  readonly channel?: string;
}

/** What the book of one transaction changed. */
export interface StockChanges {
  /** Under lock; of them `parts` changed. */
  readonly positions: readonly Position[];
  readonly parts: ChangedParts;
  readonly newPositions: readonly Position[];
  readonly lots: readonly Lot[];
  /** To be added. */
  readonly demands: readonly DemandChange[];
  readonly uses: readonly { readonly ruleId: string; readonly sku: string; readonly used: number }[];
  readonly loads: readonly (NodeDay & { readonly units: number })[];
  readonly movements: readonly CausedMovement[];
}

/**
 * The stock of one transaction: positions under lock, changed in memory, written back once.
 * Decisions of the same batch see each other's claims, so the answer and the claim cannot disagree.
 */
export class StockBook extends StockState {
  private readonly locked: ReadonlySet<string>;
  private readonly days: ReadonlyMap<string, string>;
  private readonly movements: CausedMovement[] = [];
  private readonly changedBuckets = new Set<StockBucket>();
  private hasCounted = false;
  private readonly changedPositions = new Map<string, Position>();
  private readonly changedLots = new Map<string, Lot>();
  private readonly demandChanges = new Map<string, DemandChange>();
  private readonly changedUses = new Map<string, { ruleId: string; sku: string; used: number }>();
  private readonly changedLoads = new Map<string, number>();

  private constructor(data: StockData, days: readonly NodeDay[]) {
    super(data);
    this.locked = new Set(data.positions.map(({ sku, node }) => pair(sku, node)));
    this.days = new Map(days.map(({ node, day }) => [node, day]));
  }

  /** `days`: nodes with a daily capacity; they are locked after the positions. */
  static async lock(tx: ClientBase, skus: Iterable<string>, days: readonly NodeDay[] = []): Promise<StockBook> {
    const wanted = [...new Set(skus)];
    if (wanted.length === 0) return new StockBook({ positions: [] }, []);
    // One after the other on the connection: what is read runs behind the locks and sees what they waited for.
    const [positions, around] = await Promise.all([
      lockPositions(tx, wanted),
      readAroundPositions(tx, wanted, days, true),
    ]);
    return new StockBook({ ...around, positions }, days);
  }

  /** A book over given stock: for stores that lock by other means, and tests. */
  static of(data: StockData, days: readonly NodeDay[] = []): StockBook {
    return new StockBook(data, days);
  }

  /** Takes the movements of an event, with those that follow from them. Throws StockInvariantError. */
  book(movements: readonly Movement[], cause: BookedCause): void {
    const { stream, version, occurredAt } = cause;
    for (const movement of this.apply(movements, cause)) {
      this.movements.push({ ...movement, causeStream: stream, causeVersion: version, occurredAt });
      this.changedBuckets.add(movement.bucket);
    }
  }

  /** What was booked so far, with its causes. */
  get booked(): readonly CausedMovement[] {
    return this.movements;
  }

  /** What is to be written, positions and demands in the order of their keys. */
  get changes(): StockChanges {
    const changed = [...this.changedPositions.entries()].toSorted(byKey);
    return {
      positions: changed.flatMap(([at, position]) => (this.locked.has(at) ? [position] : [])),
      parts: { buckets: this.changedBuckets, counted: this.hasCounted },
      newPositions: changed.flatMap(([at, position]) => (this.locked.has(at) ? [] : [position])),
      lots: [...this.changedLots.values()],
      demands: [...this.demandChanges.entries()].toSorted(byKey).map(([, change]) => change),
      uses: [...this.changedUses.values()],
      loads: [...this.changedLoads].map(([node, units]) => ({ node, units, day: this.days.get(node) ?? '' })),
      movements: this.movements,
    };
  }

  async flush(tx: ClientBase): Promise<void> {
    const { positions, parts, newPositions, lots, demands, uses, loads, movements } = this.changes;
    await sentTogether([
      updatePositions(tx, positions, parts),
      insertPositions(tx, newPositions),
      writeLots(tx, lots),
      addToDemands(tx, demands),
      writeUses(tx, uses),
      writeLoads(tx, loads),
      appendMovements(tx, movements),
    ]);
  }

  override counted(sku: string, node: string, asOf: Instant): void {
    super.counted(sku, node, asOf);
    this.hasCounted = true;
  }

  protected override changePosition(position: Position): void {
    super.changePosition(position);
    this.changedPositions.set(pair(position.sku, position.node), position);
  }

  protected override changeLot(lot: Lot): void {
    super.changeLot(lot);
    this.changedLots.set(`${pair(lot.sku, lot.node)}\u0000${lot.lot}`, lot);
  }

  protected override changeDemand(after: ChannelDemand, before: ChannelDemand): void {
    super.changeDemand(after, before);
    const at = pair(after.sku, after.channel);
    const sum = this.demandChanges.get(at);
    this.demandChanges.set(at, {
      ...after,
      reserved: (sum?.reserved ?? 0) + after.reserved - before.reserved,
      waiting: (sum?.waiting ?? 0) + after.waiting - before.waiting,
    });
  }

  protected override changeUse(ruleId: string, sku: string, used: number): void {
    super.changeUse(ruleId, sku, used);
    this.changedUses.set(pair(ruleId, sku), { ruleId, sku, used });
  }

  protected override changeLoad(node: string, units: number): void {
    super.changeLoad(node, units);
    this.changedLoads.set(node, units);
  }
}

/** The stock of these items as it is now, not locked: for answers, not for claims. */
export async function readStock(
  db: Pick<ClientBase, 'query'>,
  skus: Iterable<string>,
  days: readonly NodeDay[] = [],
): Promise<StockState> {
  const wanted = [...new Set(skus)];
  const [positions, around] = await Promise.all([
    readPositions(db, wanted),
    readAroundPositions(db, wanted, days, false),
  ]);
  return new StockState({ ...around, positions });
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  if (a[0] === b[0]) return 0;
  return a[0] < b[0] ? -1 : 1;
}
