import type { ChannelOrder } from '../../../src/model/channel-order.js';
import type { Order } from '../../../src/model/order.js';
import { emptyPosition, type Position } from '../../../src/model/stock.js';
import { CHANNEL, channelOrder } from './channel-orders.js';
import type { Harness, Played } from './harness.js';

export function place(harness: Harness, reference: string, given: Partial<ChannelOrder> = {}): Played {
  const order = channelOrder({ reference, ...given });
  return harness.tell({ kind: 'ChannelOrderReceived', order }, { by: 'REFERENCE', channel: order.channel, reference });
}

export function reconsider(harness: Harness, reference: string, channel = CHANNEL): void {
  harness.tell({ kind: 'Reconsidered' }, { by: 'REFERENCE', channel, reference });
}

export function orderOf(harness: Harness, reference: string): Order {
  const order = harness.all.find((candidate) => candidate.reference === reference);
  if (order === undefined) throw new Error(`no order ${reference}`);
  return order;
}

export function at(harness: Harness, sku: string, node = 'N1'): Position {
  return harness.stock.position(sku, node) ?? emptyPosition(sku, node);
}
