import { sumQuantities, type ErpStatus, type Order } from '../../src/model/order.js';
import type { OrderTaskKind } from '../orders/index.js';

/** In the order of an order's way. */
export const STAGES = ['ACCEPTED', 'RESERVED', 'ERP', 'WAREHOUSE', 'SHIPPED', 'CONFIRMED'] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  ACCEPTED: 'Accepted',
  RESERVED: 'Reserved',
  ERP: 'With the ERP',
  WAREHOUSE: 'With the warehouse',
  SHIPPED: 'Shipped',
  CONFIRMED: 'Confirmed',
};

/** In which stage an order is while such a task for it is to be done. */
export const STAGE_OF_TASK: Readonly<Record<OrderTaskKind, Stage>> = {
  'erp.post-sales-order': 'ERP',
  'erp.reduce-sales-order': 'ERP',
  'wms.release': 'WAREHOUSE',
  'wms.cancel': 'WAREHOUSE',
  'channel.confirm-package': 'SHIPPED',
  'erp.post-goods-issue': 'CONFIRMED',
  'carrier.track': 'CONFIRMED',
};

/** Where units stand that are claimed and with no node. */
const OF_CLAIMED: Readonly<Record<ErpStatus, Stage>> = {
  NONE: 'RESERVED',
  NOT_NEEDED: 'RESERVED',
  REQUESTED: 'ERP',
  POSTED: 'ERP',
  REJECTED: 'ERP',
  CONFIRMED: 'WAREHOUSE',
};

/** That of the order's least advanced work; undefined when nothing is left to do. Pure; follows from the state alone. */
export function stageOf(order: Pick<Order, 'lines' | 'erp' | 'shipments' | 'completedAt'>): Stage | undefined {
  if (order.completedAt !== undefined) return undefined;
  const units = sumQuantities(order.lines.map((line) => line.quantities));
  if (units.open > 0) return 'ACCEPTED';
  if (units.reserved > 0) return OF_CLAIMED[order.erp.status];
  if (units.released + units.picked + units.packed > 0) return 'WAREHOUSE';
  const parcels = order.shipments.flatMap((shipment) => shipment.packages);
  return parcels.every((parcel) => parcel.channelConfirmedAt !== undefined) ? 'CONFIRMED' : 'SHIPPED';
}
