import type { StockUnits } from '../../src/model/events.js';
import type { FulfillmentOrder } from '../../src/model/order.js';

type LotUnits = NonNullable<FulfillmentOrder['lots']>[number];

/** Units of an item by the lots planned for them, in the planned order; what has no planned lot comes last, without one. */
export function plannedLots(lots: readonly LotUnits[], { sku, node, quantity }: StockUnits): readonly StockUnits[] {
  let open = quantity;
  const units = lots.flatMap((planned): readonly StockUnits[] => {
    const taken = planned.sku === sku ? Math.min(open, planned.quantity) : 0;
    open -= taken;
    return taken > 0 ? [{ sku, node, quantity: taken, lot: planned.lot }] : [];
  });
  return open > 0 ? [...units, { sku, node, quantity: open }] : units;
}

/** What stays planned when units of an item are no longer claimed. */
export function withoutPlanned(lots: readonly LotUnits[], sku: string, quantity: number): readonly LotUnits[] {
  let open = quantity;
  return lots.flatMap((planned) => {
    const taken = planned.sku === sku ? Math.min(open, planned.quantity) : 0;
    open -= taken;
    return planned.quantity > taken ? [{ ...planned, quantity: planned.quantity - taken }] : [];
  });
}
