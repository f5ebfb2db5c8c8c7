import type { OrderStatus } from '../../generated/graphql.js';
import type { Tone } from '../../ui/index.js';

export const TONE_OF_ORDER: Readonly<Record<OrderStatus, Tone>> = {
  OPEN: 'info',
  BACKORDERED: 'warn',
  RESERVED: 'info',
  IN_FULFILLMENT: 'info',
  PARTIALLY_SHIPPED: 'info',
  SHIPPED: 'ok',
  CANCELLED: 'neutral',
};
