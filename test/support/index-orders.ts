import type { Pool } from 'pg';
import { SearchIndex } from '../../process-apis/orders/index.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';

/**
 * What orders are found and listed by, as the worker keeps it: of all orders that there are. By the walk over all of them,
 * since the log is read behind what other tests have open on the same server.
 */
export async function indexOrders(pool: Pool, cipher: FieldCipher): Promise<void> {
  const index = new SearchIndex(pool, cipher, (sentence) => {
    throw new Error(sentence);
  });
  await index.sweep();
  await index.rebuild();
  while (await index.sweep());
}
