import type { StockUnits } from '../../../src/model/events.js';
import type { FulfillmentOrder, PackageItem } from '../../../src/model/order.js';
import type { StockState } from '../../availability/index.js';
import { plannedLots } from '../orders.lots.js';

/**
 * Which lots went out: those that the warehouse told, else the planned ones, else the first to expire. Never more of a
 * lot than the hub knows of it: what it does not know goes out without a lot.
 */
export function shippedLots(
  stock: StockState,
  fo: FulfillmentOrder,
  shipped: readonly StockUnits[],
  items: readonly PackageItem[],
): readonly StockUnits[] {
  const told = items.flatMap((item) => item.lots ?? []);
  return shipped.flatMap((units) => {
    const { sku, node, quantity } = units;
    const known = stock.lotsAt(sku, node);
    if (known.length === 0) return [units];
    const left = new Map(known.map(({ lot, onHand }) => [lot, onHand]));
    let open = quantity;
    const taken = new Map<string, number>();
    const take = (lot: string, wanted: number): void => {
      const out = Math.min(open, wanted, left.get(lot) ?? 0);
      if (out <= 0) return;
      left.set(lot, (left.get(lot) ?? 0) - out);
      taken.set(lot, (taken.get(lot) ?? 0) + out);
      open -= out;
    };
    for (const item of told) if (item.sku === sku) take(item.lot, item.quantity);
    for (const planned of plannedLots(fo.lots ?? [], units))
      if (planned.lot !== undefined) take(planned.lot, planned.quantity);
    // Units whose lot nobody knows go first: the lots together are never more than what is there.
    const unknown = (stock.position(sku, node)?.onHand ?? 0) - known.reduce((sum, { onHand }) => sum + onHand, 0);
    const beyond = open - Math.max(0, unknown);
    if (beyond > 0) {
      const rest = open - beyond;
      open = beyond;
      for (const { lot } of known) take(lot, beyond);
      open += rest;
    }
    const out = [...taken].map(([lot, units_]) => ({ sku, node, lot, quantity: units_ }));
    return open > 0 ? [...out, { sku, node, quantity: open }] : out;
  });
}
