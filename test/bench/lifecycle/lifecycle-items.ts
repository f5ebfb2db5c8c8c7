import { ITEMS } from '../../../src/demo/retail.js';

/** Kept at the first node, and without serial numbers: each order ships whole in one package. */
const SKUS = ITEMS.filter(({ serialised }, index) => index % 3 !== 1 && !serialised).map(({ sku }) => sku);
const LINES = 3;

/** Different items, other ones in the next order. */
export function skusOfOrder(n: number): readonly string[] {
  return Array.from({ length: LINES }, (_, line) => SKUS[(n + line * 3) % SKUS.length] ?? '');
}
