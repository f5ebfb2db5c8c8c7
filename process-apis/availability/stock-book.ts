import type { ClientBase } from 'pg';
import type { Movement, Position, StockBucket } from '../../src/model/stock.js';
import { sentTogether } from '../../src/platform/commit/index.js';
import type { StockView } from './allocate.js';
import {
  appendMovements,
  insertPositions,
  lockPositions,
  updatePositions,
  type CausedMovement,
} from './position.sql.js';

/** A movement that the stock does not allow. Thrown, because the decision before it must have been wrong. */
export class StockInvariantError extends Error {
  readonly code = 'STOCK_INVARIANT';
}

/**
 * The stock of one transaction: positions under lock, changed in memory, written back once.
 * Decisions of the same batch see each other's claims, so the answer and the claim cannot disagree.
 */
export class StockBook implements StockView {
  private readonly positions = new Map<string, Position>();
  private readonly locked: ReadonlySet<string>;
  private readonly changed = new Set<string>();
  private readonly movements: CausedMovement[] = [];

  private constructor(positions: readonly Position[]) {
    for (const position of positions) this.positions.set(key(position.sku, position.node), position);
    this.locked = new Set(this.positions.keys());
  }

  static async lock(tx: ClientBase, skus: Iterable<string>): Promise<StockBook> {
    const wanted = [...new Set(skus)];
    return new StockBook(wanted.length === 0 ? [] : await lockPositions(tx, wanted));
  }

  /** For tests and simulations: a book over given positions. */
  static of(positions: readonly Position[]): StockBook {
    return new StockBook(positions);
  }

  position(sku: string, node: string): Position | undefined {
    return this.positions.get(key(sku, node));
  }

  apply(movements: readonly Movement[], causeStream: string, causeVersion: number): void {
    for (const movement of movements) {
      if (movement.delta === 0) continue;
      const at = key(movement.sku, movement.node);
      const before = this.positions.get(at) ?? emptyPosition(movement.sku, movement.node);
      const after = { ...before, [movement.bucket]: before[movement.bucket] + movement.delta };
      this.positions.set(at, after);
      this.changed.add(at);
      this.movements.push({ ...movement, causeStream, causeVersion });
    }
    // Checked after the whole event: a shipment takes on-hand and reserved down in two movements.
    for (const movement of movements) this.check(movement.sku, movement.node);
  }

  async flush(tx: ClientBase): Promise<void> {
    const [existing, fresh] = [this.changedWhere(true), this.changedWhere(false)];
    await sentTogether([
      updatePositions(tx, existing),
      insertPositions(tx, fresh),
      appendMovements(tx, this.movements),
    ]);
  }

  private changedWhere(locked: boolean): readonly Position[] {
    return [...this.changed]
      .filter((at) => this.locked.has(at) === locked)
      .toSorted()
      .flatMap((at) => this.positions.get(at) ?? []);
  }

  private check(sku: string, node: string): void {
    const position = this.positions.get(key(sku, node));
    if (position === undefined) return;
    const negative = BUCKETS.find((bucket) => position[bucket] < 0);
    if (negative !== undefined)
      throw new StockInvariantError(`${sku} at ${node}: ${negative} would be ${position[negative]}`);
    if (position.reserved > position.onHand)
      throw new StockInvariantError(`${sku} at ${node}: ${position.reserved} reserved of ${position.onHand} on hand`);
  }
}

const BUCKETS: readonly StockBucket[] = ['onHand', 'reserved', 'qualityHold', 'safetyStock', 'incoming'];

// Sorting these keys sorts by item, then node: the lock order.
function key(sku: string, node: string): string {
  return `${sku}\u0000${node}`;
}

function emptyPosition(sku: string, node: string): Position {
  return { sku, node, onHand: 0, reserved: 0, qualityHold: 0, safetyStock: 0, incoming: 0 };
}
