import type { Pool } from 'pg';
import { expect } from 'vitest';
import { findUnexplainedPositions } from '../../process-apis/availability/index.js';
import type { FulfillmentOrderLine, Order } from '../../src/model/order.js';

/** Each position is the sum of its movements, and what is reserved is what orders claim. */
export async function expectStockAddsUp(pool: Pool): Promise<void> {
  expect(await findUnexplainedPositions(pool)).toEqual([]);
  expect(await reservedUnits(pool)).toEqual(await claimedUnits(pool));
}

/** Units on the shelves, by `node/sku`. */
export async function onHandUnits(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ place: string; units: number }>(
    `select node || '/' || sku as place, on_hand as units from position order by 1`,
  );
  return Object.fromEntries(rows.map(({ place, units }) => [place, units]));
}

/** Claimed units by `node/sku`, where there are any. */
export async function reservedUnits(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ place: string; units: number }>(
    `select node || '/' || sku as place, reserved as units from position where reserved > 0 order by 1`,
  );
  return Object.fromEntries(rows.map(({ place, units }) => [place, units]));
}

async function claimedUnits(pool: Pool): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ state: Order }>('select state from orders');
  const claims = rows.flatMap(({ state }) =>
    state.fulfillmentOrders.flatMap(({ node, lines }) =>
      lines.map((line) => [`${node}/${line.sku}`, unitsLeft(line)] as const),
    ),
  );
  const sums = new Map<string, number>();
  for (const [place, units] of claims) if (units > 0) sums.set(place, (sums.get(place) ?? 0) + units);
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function unitsLeft({ quantity, shipped, dropped }: FulfillmentOrderLine): number {
  return quantity - shipped - dropped;
}
