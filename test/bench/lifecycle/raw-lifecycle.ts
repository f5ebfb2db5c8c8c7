import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { NODES, PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { ERP_PORT, type ErpPort, type PostSalesOrder } from '../../../system-apis/erp/erp.port.js';
import { WMS_PORT, type WmsPort } from '../../../system-apis/wms/wms.port.js';
import { timeAtOnce } from '../harness/at-once.js';
import type { BenchHub } from '../harness/bench-hub.js';
import { skusOfOrder } from './lifecycle-items.js';

/** Orders that go together, as the hub's tasks do, and how many such groups are under way. */
const GROUP = 16;
const GROUPS_AT_ONCE = 4;
const PRICE = { minor: 1_990, currency: 'EUR' } as const;
const NODE = NODES[0]?.id ?? '';

/**
 * Takes orders through the same sandboxes by the same calls, but by a plain script: nothing is decided, stored or
 * secured against failure. Gives orders a second.
 */
export async function driveOutside({ hub, outside }: BenchHub, orders: number): Promise<number> {
  const systems = { erp: hub.app.get<ErpPort>(ERP_PORT, { strict: false }), wms: hub.app.get<WmsPort>(WMS_PORT) };
  const shipped = new ShippedEvents();
  const url = await shipped.listen();
  await outside.connect(url, '');
  const groups = Math.ceil(orders / GROUP);
  const run = (count: number): Promise<number> =>
    timeAtOnce(count, GROUPS_AT_ONCE, (n) => driveGroup(systems, shipped, n * GROUP));
  await run(GROUPS_AT_ONCE);
  const seconds = await run(groups);
  await shipped.close();
  return (groups * GROUP) / seconds;
}

interface Systems {
  readonly erp: ErpPort;
  readonly wms: WmsPort;
}

async function driveGroup({ erp, wms }: Systems, shipped: ShippedEvents, first: number): Promise<void> {
  const commands = Array.from({ length: GROUP }, (_, index) => salesOrder(skusOfOrder(first + index)));
  const posted = await Promise.all(commands.map((command) => erp.postSalesOrder(command)));
  await erp.readSalesOrders(posted.map((one) => one.salesOrder));
  const gone = commands.map((command) => shipped.of(command.orderId));
  await wms.release(
    commands.map(({ orderId, channel, reference, lines }) => ({
      fulfillmentOrderId: orderId,
      node: NODE,
      channel,
      reference,
      lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
    })),
  );
  await Promise.all(gone);
  const issued = await Promise.all(
    commands.map((command, index) => erp.postGoodsIssue(goodsIssue(command, posted[index]))),
  );
  await erp.readBilling(issued.map(({ deliveryDocument }) => deliveryDocument));
}

function salesOrder(skus: readonly string[]): PostSalesOrder {
  const orderId = randomUUID();
  return {
    idempotencyKey: orderId,
    orderId,
    channel: PARTNER_ACCOUNT,
    reference: `raw-${orderId}`,
    placedAt: new Date().toISOString(),
    currency: PRICE.currency,
    mayExist: false,
    lines: skus.map((sku, index) => ({
      lineId: randomUUID(),
      number: index + 1,
      sku,
      quantity: 1,
      unitPrice: PRICE,
      netAmount: PRICE,
      allocations: [{ node: NODE, quantity: 1 }],
    })),
  };
}

function goodsIssue(
  { orderId, lines }: PostSalesOrder,
  posted: Awaited<ReturnType<ErpPort['postSalesOrder']>> | undefined,
): Parameters<ErpPort['postGoodsIssue']>[0] {
  if (posted === undefined) throw new Error('each sales order was posted before');
  return {
    idempotencyKey: `shipment-${orderId}`,
    salesOrder: posted.salesOrder,
    shipmentReference: `S-${orderId}`,
    shippedAt: new Date().toISOString(),
    trackingNumbers: [`T-${orderId}`],
    mayExist: false,
    items: lines.map(({ lineId, sku, quantity }) => ({
      item: posted.items[lineId] ?? '',
      sku,
      node: NODE,
      quantity,
      serials: [],
    })),
  };
}

/** Where the warehouse tells what it did: takes everything at its word. */
class ShippedEvents {
  private readonly waiting = new Map<string, () => void>();
  private readonly server: FastifyInstance = Fastify();

  constructor() {
    this.server.post('/wms/v1/events', (request, reply) => {
      const { events } = request.body as { events: readonly { type: string; fulfillmentOrderId?: string }[] };
      for (const { type, fulfillmentOrderId } of events)
        if (type === 'fulfillment.shipped') this.waiting.get(fulfillmentOrderId ?? '')?.();
      return reply.status(204).send();
    });
  }

  listen(): Promise<string> {
    return this.server.listen({ port: 0, host: '127.0.0.1' });
  }

  /** Resolves when the warehouse says so. */
  of(fulfillmentOrderId: string): Promise<void> {
    return new Promise((resolve) => this.waiting.set(fulfillmentOrderId, resolve));
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
