import type { Pool } from 'pg';
import { expect } from 'vitest';
import { proveStock } from '../../process-apis/availability/index.js';

/**
 * The checks of `npm run stock:verify`: each position and lot is the sum of its movements, nothing was ever negative, what is
 * reserved is what orders and held reservations claim, what is to come is expected, and each movement has its event.
 */
export async function expectStockAddsUp(pool: Pool): Promise<void> {
  const { checks } = await proveStock(pool);
  expect(
    checks.flatMap(({ check, differences }) => differences.map((difference) => ({ check, ...difference }))),
  ).toEqual([]);
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
