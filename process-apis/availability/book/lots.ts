import type { StockUnits } from '../../../src/model/events.js';
import type { Instant } from '../../../src/model/time.js';
import type { StockView } from './stock-state.js';

/** First expired, first out: the lots to claim for units of an item that is tracked by lot, expired ones never. */
export function pickLots(
  stock: Pick<StockView, 'lotsAt'>,
  { sku, node, quantity }: StockUnits,
  now: Instant,
): readonly { readonly sku: string; readonly lot: string; readonly quantity: number }[] {
  const today = now.slice(0, 'YYYY-MM-DD'.length);
  let open = quantity;
  return stock.lotsAt(sku, node).flatMap(({ lot, expiresOn, onHand, reserved, qualityHold }) => {
    const free = expiresOn !== null && expiresOn < today ? 0 : onHand - reserved - qualityHold;
    const units = Math.min(open, Math.max(0, free));
    open -= units;
    return units > 0 ? [{ sku, lot, quantity: units }] : [];
  });
}
