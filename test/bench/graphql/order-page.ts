import { SqlCatalog } from '../../../process-apis/catalog/index.js';
import type { Order } from '../../../src/model/order.js';
import type pg from 'pg';
import { SeededOrders } from '../../support/seed-orders.js';

export const CHANNEL = 'shop-eu';
const SECOND_NODE = 'dc-south';
const THIRD_SKU = 'SKU-3';
const PLENTY = 1_000_000;

/** Orders that have gone all the way: three lines, two shipments from two nodes. Gives their ids. */
export async function fillShipped(pool: pg.Pool, orders: number): Promise<readonly string[]> {
  const seeded = await SeededOrders.open(pool);
  await seedSecondNode(pool);
  const references = Array.from({ length: orders }, (_, n) => `G-${n}`);
  const line = {
    quantity: 1,
    fulfilledQuantity: 0,
    cancelledQuantity: 0,
    requiresShipping: true,
    unitPrice: { minor: 1_250, currency: 'EUR' },
    charges: [],
  };
  const lines = ['SKU-1', 'SKU-2', THIRD_SKU].map((sku, n) => ({
    ...line,
    lineReference: String(n + 1),
    listingSku: `L-${sku}`,
    title: `Item ${sku}`,
  }));
  await seeded.accept(CHANNEL, references, { lines });
  const shipped = await Promise.all(references.map((reference) => seeded.fulfill(CHANNEL, reference)));
  await seeded.close();
  for (const order of shipped) checkWhole(order);
  await pool.query('vacuum analyze');
  return shipped.map(({ id }) => id);
}

/** Where the third item is kept, and nothing else. */
async function seedSecondNode(pool: pg.Pool): Promise<void> {
  const catalog = new SqlCatalog(pool, () => undefined);
  await catalog.saveItems([{ sku: THIRD_SKU, title: `Item ${THIRD_SKU}` }]);
  await catalog.saveNodes([{ id: SECOND_NODE, name: 'South', priority: 2, active: true }]);
  await catalog.saveListings([{ channel: CHANNEL, listingSku: `L-${THIRD_SKU}`, sku: THIRD_SKU, listingKeys: {} }]);
  await pool.query('insert into position (sku, node, on_hand) values ($1, $2, $3)', [THIRD_SKU, SECOND_NODE, PLENTY]);
}

function checkWhole({ reference, lines, shipments }: Order): void {
  if (lines.length === 3 && shipments.length === 2) return;
  throw new Error(`order ${reference} has ${lines.length} lines and ${shipments.length} shipments, not 3 and 2`);
}
