import type { ErpStatus, Order, OrderLine } from '../../src/model/order.js';

/** No sales order is held or under way: what is claimed goes into the next one. */
export const WITHOUT_SALES_ORDER: ReadonlySet<ErpStatus> = new Set(['NONE', 'NOT_NEEDED', 'REJECTED']);

/**
 * Open units that may claim stock. Once a sales order is sent it is its units alone: what the channel added later is not
 * in the ERP's document, and waits, visibly, for a person to decide.
 */
export function unitsToClaim(order: Order, line: OrderLine): number {
  const { open, reserved, released, picked, packed, shipped } = line.quantities;
  if (WITHOUT_SALES_ORDER.has(order.erp.status)) return open;
  const inWork = reserved + released + picked + packed + shipped;
  return Math.max(0, Math.min(open, (order.erp.requested[line.id] ?? 0) - inWork));
}
