import type { FulfillmentOrderStatus, OrderStatus, OutsideSystem } from '../../generated/graphql.js';
import type { Tone } from '../../ui/index.js';

/** How states of orders look on these pages. */
export const ORDER_TONE: Readonly<Record<OrderStatus, Tone>> = {
  OPEN: 'neutral',
  BACKORDERED: 'warn',
  RESERVED: 'info',
  IN_FULFILLMENT: 'info',
  PARTIALLY_SHIPPED: 'info',
  SHIPPED: 'ok',
  CANCELLED: 'neutral',
};

export const WORK_TONE: Readonly<Record<FulfillmentOrderStatus, Tone>> = {
  PLANNED: 'neutral',
  RELEASE_REQUESTED: 'info',
  RELEASED: 'info',
  CANCEL_REQUESTED: 'warn',
  CANCELLED: 'neutral',
  REJECTED: 'bad',
  CLOSED: 'ok',
};

const WAITED_FOR: Readonly<Record<OutsideSystem, string>> = {
  CHANNEL: 'the channel',
  ERP: 'the ERP',
  WMS: 'the warehouse',
  CARRIER: 'the carrier',
  CATALOG: 'a mapping',
  STOCK: 'stock',
  PERSON: 'a person',
};

/** Behind "waits for". */
export function waitedFor(system: OutsideSystem): string {
  return WAITED_FOR[system];
}
