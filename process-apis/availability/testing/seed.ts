import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction } from '../../../src/platform/commit/index.js';
import { StockBook } from '../book/stock-book.js';

const SEEDED_AT = '2026-01-01T00:00:00.000Z';

/** Nodes N1 and N2, these items, and units on hand by `<sku>@<node>`, each explained by a movement. */
export async function seedStock(
  pool: Pool,
  skus: readonly string[],
  onHand: Readonly<Record<string, number>>,
): Promise<void> {
  await pool.query(`insert into node (id, name, priority) values ('N1', 'North', 1), ('N2', 'South', 2)`);
  await pool.query('insert into item (sku, title) select sku, sku from unnest($1::text[]) as sku', [skus]);
  await inTransaction(pool, async (tx) => {
    const book = await StockBook.lock(tx, skus);
    for (const [at, delta] of Object.entries(onHand)) {
      const [sku = '', node = ''] = at.split('@');
      book.book([{ sku, node, bucket: 'onHand', delta, reason: 'RECEIPT' }], {
        stream: randomUUIDv7(),
        version: 1,
        occurredAt: SEEDED_AT,
      });
    }
    await book.flush(tx);
  });
}
