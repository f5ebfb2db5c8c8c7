import type { ClientBase } from 'pg';
import type { Movement, Position } from '../../src/model/stock.js';

interface PositionRow {
  readonly sku: string;
  readonly node: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly quality_hold: number;
  readonly safety_stock: number;
  readonly incoming: number;
}

/** Locks the positions of these items at all nodes, in the one order that everyone uses: no deadlocks. */
export async function lockPositions(tx: ClientBase, skus: readonly string[]): Promise<readonly Position[]> {
  const { rows } = await tx.query<PositionRow>({
    name: 'position.lock',
    text: `select sku, node, on_hand, reserved, quality_hold, safety_stock, incoming
           from position where sku = any($1::text[]) order by sku, node for update`,
    values: [skus],
  });
  return rows.map(toPosition);
}

export async function readPositions(
  db: Pick<ClientBase, 'query'>,
  skus: readonly string[],
): Promise<readonly Position[]> {
  const { rows } = await db.query<PositionRow>({
    name: 'position.read',
    text: `select sku, node, on_hand, reserved, quality_hold, safety_stock, incoming
           from position where sku = any($1::text[]) order by sku, node`,
    values: [skus],
  });
  return rows.map(toPosition);
}

/** Writes locked positions back. The table's checks are the last guard against overselling. */
export async function updatePositions(tx: ClientBase, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return;
  await tx.query({
    name: 'position.update',
    text: `update position p set
             on_hand = c.on_hand, reserved = c.reserved, quality_hold = c.quality_hold,
             safety_stock = c.safety_stock, incoming = c.incoming
           from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[])
             as c (sku, node, on_hand, reserved, quality_hold, safety_stock, incoming)
           where p.sku = c.sku and p.node = c.node`,
    values: columns(positions),
  });
}

/** New positions; a unique violation when another transaction was first: run the transaction again. */
export async function insertPositions(tx: ClientBase, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return;
  await tx.query({
    name: 'position.insert',
    text: `insert into position (sku, node, on_hand, reserved, quality_hold, safety_stock, incoming)
           select * from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[])`,
    values: columns(positions),
  });
}

function columns(positions: readonly Position[]): unknown[] {
  return [
    positions.map((position) => position.sku),
    positions.map((position) => position.node),
    positions.map((position) => position.onHand),
    positions.map((position) => position.reserved),
    positions.map((position) => position.qualityHold),
    positions.map((position) => position.safetyStock),
    positions.map((position) => position.incoming),
  ];
}

/** Which of these places are of an item or a node that the catalog does not hold, by their index. */
export async function findUnknownPlaces(
  db: Pick<ClientBase, 'query'>,
  places: readonly Pick<Position, 'sku' | 'node'>[],
): Promise<readonly number[]> {
  const { rows } = await db.query<{ index: number }>({
    name: 'position.unknown-places',
    text: `select (w.number - 1)::int as index
           from unnest($1::text[], $2::text[]) with ordinality as w (sku, node, number)
           where not exists (select 1 from item i where i.sku = w.sku)
              or not exists (select 1 from node n where n.id = w.node)
           order by w.number`,
    values: [places.map((place) => place.sku), places.map((place) => place.node)],
  });
  return rows.map((row) => row.index);
}

/** A movement and the event that caused it. */
export interface CausedMovement extends Movement {
  readonly causeStream: string;
  readonly causeVersion: number;
}

export async function appendMovements(tx: ClientBase, movements: readonly CausedMovement[]): Promise<void> {
  if (movements.length === 0) return;
  await tx.query({
    name: 'movement.append',
    text: `insert into movement (sku, node, bucket, delta, reason, cause_stream, cause_version)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::uuid[], $7::int[])`,
    values: [
      movements.map((movement) => movement.sku),
      movements.map((movement) => movement.node),
      movements.map((movement) => movement.bucket),
      movements.map((movement) => movement.delta),
      movements.map((movement) => movement.reason),
      movements.map((movement) => movement.causeStream),
      movements.map((movement) => movement.causeVersion),
    ],
  });
}

export interface UnexplainedPosition {
  readonly sku: string;
  readonly node: string;
  readonly bucket: string;
  readonly position: number;
  readonly movements: number;
}

/** Positions whose buckets differ from the sum of their movements; empty when the ledger explains everything. */
export async function findUnexplainedPositions(db: Pick<ClientBase, 'query'>): Promise<readonly UnexplainedPosition[]> {
  const { rows } = await db.query<UnexplainedPosition>(
    `with held as (
       select sku, node, b.bucket, b.units from position,
         lateral (values ('onHand', on_hand), ('reserved', reserved), ('qualityHold', quality_hold),
                         ('safetyStock', safety_stock), ('incoming', incoming)) as b (bucket, units)
     ), moved as (
       select sku, node, bucket, sum(delta)::int as units from movement group by sku, node, bucket
     )
     select coalesce(h.sku, m.sku) as sku, coalesce(h.node, m.node) as node, coalesce(h.bucket, m.bucket) as bucket,
            coalesce(h.units, 0) as position, coalesce(m.units, 0) as movements
     from held h full join moved m using (sku, node, bucket)
     where coalesce(h.units, 0) <> coalesce(m.units, 0)
     order by 1, 2, 3 limit 1000`,
  );
  return rows;
}

function toPosition(row: PositionRow): Position {
  return {
    sku: row.sku,
    node: row.node,
    onHand: row.on_hand,
    reserved: row.reserved,
    qualityHold: row.quality_hold,
    safetyStock: row.safety_stock,
    incoming: row.incoming,
  };
}
