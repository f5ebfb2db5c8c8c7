import {
  emptyPosition,
  freeUnits,
  STOCK_BUCKETS,
  type Lot,
  type Movement,
  type Position,
  type StockBucket,
} from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { countsUse, type AllocationRule } from '../rules/allocation-rule.js';

/** A movement that the stock does not allow. Thrown, because the decision before it must have been wrong. */
export class StockInvariantError extends Error {
  readonly code = 'STOCK_INVARIANT';
}

/** What a channel has of an item, and wants. In a book of items without rules it counts from nothing: what changed. */
export interface ChannelDemand {
  readonly sku: string;
  readonly channel: string;
  readonly reserved: number;
  /** Units that its waiting orders lack. */
  readonly waiting: number;
  readonly claimedAt: Instant | null;
}

/** What a promise sees of the stock. */
export interface StockView {
  position(sku: string, node: string): Position | undefined;
  /** At every node. */
  positionsOf(sku: string): readonly Position[];
  /** First expired first; those without a date last. */
  lotsAt(sku: string, node: string): readonly Lot[];
  demandsOf(sku: string): readonly ChannelDemand[];
  /** All rules about the item, of every channel, in force or not. */
  rulesOf(sku: string): readonly AllocationRule[];
  usedOf(rule: AllocationRule, sku: string): number;
  /** Units that a node with a daily capacity was given today. */
  loadOf(node: string): number;
}

/** What is known at the start. */
export interface StockData {
  readonly positions: readonly Position[];
  readonly lots?: readonly Lot[];
  readonly demands?: readonly ChannelDemand[];
  readonly rules?: ReadonlyMap<string, readonly AllocationRule[]>;
  readonly uses?: readonly { readonly ruleId: string; readonly sku: string; readonly used: number }[];
  /** Of nodes with a daily capacity, today. */
  readonly loads?: readonly { readonly node: string; readonly units: number }[];
}

/** Why stock moves: who claims, and when it happened. */
export interface StockCause {
  readonly occurredAt: Instant;
  /** Whose claims the movements make or free. */
  readonly channel?: string;
}

/**
 * Stock in memory, changed by movements alone. A fork sees what is below it and keeps its own changes: a decision is
 * made on a fork and applied to the book when it stands. Pure.
 */
export class StockState implements StockView {
  private readonly positions = new Map<string, Position>();
  private readonly nodes = new Map<string, readonly string[]>();
  private readonly lots = new Map<string, readonly Lot[]>();
  private readonly demands = new Map<string, readonly ChannelDemand[]>();
  private readonly uses = new Map<string, number>();
  private readonly loads = new Map<string, number>();
  private readonly rules: ReadonlyMap<string, readonly AllocationRule[]>;

  constructor(
    data: StockData,
    private readonly below?: StockState,
  ) {
    for (const position of data.positions) this.put(position);
    for (const lot of data.lots ?? []) this.putLot(lot);
    for (const demand of data.demands ?? []) this.putDemand(demand);
    for (const { ruleId, sku, used } of data.uses ?? []) this.uses.set(pair(ruleId, sku), used);
    for (const { node, units } of data.loads ?? []) this.loads.set(node, units);
    this.rules = data.rules ?? below?.rules ?? new Map<string, readonly AllocationRule[]>();
  }

  fork(): StockState {
    return new StockState({ positions: [] }, this);
  }

  position(sku: string, node: string): Position | undefined {
    return this.positions.get(pair(sku, node)) ?? this.below?.position(sku, node);
  }

  positionsOf(sku: string): readonly Position[] {
    return this.nodesOf(sku).flatMap((node) => this.position(sku, node) ?? []);
  }

  lotsAt(sku: string, node: string): readonly Lot[] {
    return this.lots.get(pair(sku, node)) ?? this.below?.lotsAt(sku, node) ?? [];
  }

  demandsOf(sku: string): readonly ChannelDemand[] {
    return this.demands.get(sku) ?? this.below?.demandsOf(sku) ?? [];
  }

  rulesOf(sku: string): readonly AllocationRule[] {
    return this.rules.get(sku) ?? [];
  }

  usedOf(rule: AllocationRule, sku: string): number {
    return this.uses.get(pair(rule.id, sku)) ?? this.below?.usedOf(rule, sku) ?? 0;
  }

  loadOf(node: string): number {
    return this.loads.get(node) ?? this.below?.loadOf(node) ?? 0;
  }

  /** Units that orders lack of the item, of all channels. */
  waitingFor(sku: string): number {
    let units = 0;
    for (const demand of this.demandsOf(sku)) units += demand.waiting;
    return units;
  }

  /**
   * Takes the movements of one event, and gives them with those that follow: units that become free while orders wait
   * are earmarked for them, and an earmark never exceeds what is free. Throws StockInvariantError.
   */
  apply(movements: readonly Movement[], cause: StockCause): readonly Movement[] {
    const real = movements.filter((movement) => movement.delta !== 0);
    if (real.length === 0) return real;
    const touched = new Map<string, Position>();
    for (const { sku, node } of real) {
      const at = pair(sku, node);
      if (!touched.has(at)) touched.set(at, this.position(sku, node) ?? emptyPosition(sku, node));
    }
    for (const movement of real) this.move(movement, cause);
    const following: Movement[] = [];
    const follow = (movement: Movement): void => {
      this.move(movement, cause);
      following.push(movement);
    };
    for (const before of touched.values()) {
      for (const movement of this.withoutPhantoms(before)) follow(movement);
      for (const movement of this.earmarks(before, real)) follow(movement);
    }
    // Checked after the whole event: a shipment takes on-hand and reserved down in two movements.
    for (const { sku, node } of touched.values()) this.check(sku, node);
    return following.length === 0 ? real : [...real, ...following];
  }

  /** An order of the channel lacks more or fewer units of the item than before. */
  wait(sku: string, channel: string, delta: number): void {
    if (delta === 0) return;
    const before = this.demandOf(sku, channel);
    this.changeDemand({ ...before, waiting: before.waiting + delta }, before);
  }

  /** A count was taken: older news of the position is in it. */
  counted(sku: string, node: string, asOf: Instant): void {
    const before = this.position(sku, node) ?? emptyPosition(sku, node);
    this.changePosition({ ...before, countedAt: asOf });
  }

  /** The lot's last day, as a source told it. */
  lotExpires(sku: string, node: string, lot: string, expiresOn: string): void {
    this.changeLot({ ...this.lotOf(sku, node, lot), expiresOn });
  }

  protected changePosition(position: Position): void {
    this.put(position);
  }

  protected changeLot(lot: Lot): void {
    this.putLot(lot);
  }

  protected changeDemand(after: ChannelDemand, _before: ChannelDemand): void {
    this.putDemand(after);
  }

  protected changeUse(ruleId: string, sku: string, used: number): void {
    this.uses.set(pair(ruleId, sku), used);
  }

  protected changeLoad(node: string, units: number): void {
    this.loads.set(node, units);
  }

  private move(movement: Movement, cause: StockCause): void {
    const { sku, node, bucket, delta } = movement;
    const before = this.position(sku, node) ?? emptyPosition(sku, node);
    this.changePosition({ ...before, [bucket]: before[bucket] + delta });
    if (movement.lot !== undefined) this.moveLot(movement, movement.lot);
    if (bucket !== 'reserved') return;
    if (cause.channel !== undefined) this.moveClaim(movement, cause.channel, cause.occurredAt);
    // What was given to a node stays given: a claim of another day may end today.
    if (this.tracksLoad(node) && movement.reason === 'RESERVE') {
      this.changeLoad(node, Math.max(0, this.loadOf(node) + delta));
    }
  }

  private moveLot({ sku, node, bucket, delta }: Movement, name: string): void {
    if (bucket !== 'onHand' && bucket !== 'reserved' && bucket !== 'qualityHold') return;
    const before = this.lotOf(sku, node, name);
    this.changeLot({ ...before, [bucket]: before[bucket] + delta });
  }

  private moveClaim({ sku, delta, reason }: Movement, channel: string, at: Instant): void {
    const before = this.demandOf(sku, channel);
    const claimedAt = delta > 0 ? at : before.claimedAt;
    this.changeDemand({ ...before, reserved: before.reserved + delta, claimedAt }, before);
    // What was shipped stays used: the rule gave it away.
    if (reason === 'SHIP') return;
    for (const rule of this.rulesOf(sku)) {
      const started = rule.startsAt === undefined || rule.startsAt <= at;
      if (rule.channel !== channel || !countsUse(rule) || !started) continue;
      this.changeUse(rule.id, sku, Math.max(0, this.usedOf(rule, sku) + delta));
    }
  }

  /** Claimed units that the last count missed leave the book when their claim ends. */
  private withoutPhantoms({ sku, node }: Position): readonly Movement[] {
    const { missing = 0, reserved = 0 } = this.position(sku, node) ?? {};
    if (missing <= reserved) return [];
    const delta = reserved - missing;
    return [
      { sku, node, bucket: 'missing', delta, reason: 'COUNT' },
      { sku, node, bucket: 'onHand', delta, reason: 'COUNT' },
    ];
  }

  private earmarks(before: Position, movements: readonly Movement[]): readonly Movement[] {
    const { sku, node } = before;
    const after = this.position(sku, node) ?? before;
    const free = freeUnits(after);
    if (after.earmarked > free)
      return [{ sku, node, bucket: 'earmarked', delta: free - after.earmarked, reason: 'EARMARK_END' }];
    const more = free - freeUnits(before);
    // What is taken out of an earmark is not put back into it, and what becomes firm is not free.
    const settled =
      movements.some(({ bucket }) => bucket === 'earmarked') || movements.every(({ reason }) => reason === 'FIRM');
    if (more <= 0 || settled) return [];
    const held = this.positionsOf(sku).reduce((units, position) => units + position.earmarked, 0);
    const delta = Math.min(more, free - after.earmarked, this.waitingFor(sku) - held);
    return delta > 0 ? [{ sku, node, bucket: 'earmarked', delta, reason: 'EARMARK' }] : [];
  }

  private check(sku: string, node: string): void {
    const position = this.position(sku, node);
    if (position === undefined) return;
    const negative = STOCK_BUCKETS.find((bucket: StockBucket) => position[bucket] < 0);
    if (negative !== undefined)
      throw new StockInvariantError(`${sku} at ${node}: ${negative} would be ${position[negative]}`);
    if (position.reserved > position.onHand)
      throw new StockInvariantError(`${sku} at ${node}: ${position.reserved} reserved of ${position.onHand} on hand`);
    for (const lot of this.lotsAt(sku, node))
      if (lot.onHand < 0 || lot.reserved < 0 || lot.qualityHold < 0)
        throw new StockInvariantError(`${sku} at ${node}: lot ${lot.lot} would be negative`);
  }

  private tracksLoad(node: string): boolean {
    return this.loads.has(node) || (this.below?.tracksLoad(node) ?? false);
  }

  private demandOf(sku: string, channel: string): ChannelDemand {
    const known = this.demandsOf(sku).find((demand) => demand.channel === channel);
    return known ?? { sku, channel, reserved: 0, waiting: 0, claimedAt: null };
  }

  private lotOf(sku: string, node: string, lot: string): Lot {
    const known = this.lotsAt(sku, node).find((candidate) => candidate.lot === lot);
    return known ?? { sku, node, lot, expiresOn: null, onHand: 0, reserved: 0, qualityHold: 0 };
  }

  private nodesOf(sku: string): readonly string[] {
    return this.nodes.get(sku) ?? this.below?.nodesOf(sku) ?? [];
  }

  private put(position: Position): void {
    const { sku, node } = position;
    this.positions.set(pair(sku, node), position);
    const nodes = this.nodesOf(sku);
    if (!nodes.includes(node)) this.nodes.set(sku, [...nodes, node]);
  }

  private putLot(lot: Lot): void {
    const others = this.lotsAt(lot.sku, lot.node).filter((candidate) => candidate.lot !== lot.lot);
    this.lots.set(pair(lot.sku, lot.node), [...others, lot].toSorted(firstExpiredFirst));
  }

  private putDemand(demand: ChannelDemand): void {
    const others = this.demandsOf(demand.sku).filter((candidate) => candidate.channel !== demand.channel);
    this.demands.set(demand.sku, [...others, demand]);
  }
}

function firstExpiredFirst(a: Lot, b: Lot): number {
  const [ofA, ofB] = [a.expiresOn ?? '9999-12-31', b.expiresOn ?? '9999-12-31'];
  if (ofA !== ofB) return ofA < ofB ? -1 : 1;
  return a.lot < b.lot ? -1 : 1;
}

/** Sorting these keys sorts by the first, then the second: for positions the lock order. */
export function pair(first: string, second: string): string {
  return `${first}\u0000${second}`;
}
