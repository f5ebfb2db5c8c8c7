import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import { SourcingPolicies } from '../../process-apis/sourcing/index.js';
import {
  OrderCommit,
  OrderReader,
  SqlOrderStore,
  type OrderAddress,
  type OrderFactBody,
  type OrderTaskKind,
  type SubmitOutcome,
} from '../../process-apis/orders/index.js';
import type { ChannelOrder } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { EventFeed } from '../../src/platform/event-log/index.js';
import { TaskQueue } from '../../src/platform/jobs/index.js';

export const CHANNELS = ['amazon-de', 'shop-eu'] as const;

const TASK_KINDS: readonly OrderTaskKind[] = [
  'erp.post-sales-order',
  'erp.reduce-sales-order',
  'erp.post-goods-issue',
  'wms.release',
  'wms.cancel',
  'carrier.track',
  'channel.confirm-package',
];

/** The orders process over a real database, with nobody who does its outside work: tests tell what came of it. */
export class SeededOrders {
  readonly reader: OrderReader;
  readonly feed: EventFeed;

  private constructor(
    private readonly pool: Pool,
    readonly commit: OrderCommit,
    readonly tasks: TaskQueue,
    cipher: FieldCipher,
    feed: EventFeed,
  ) {
    this.reader = new OrderReader(pool, cipher);
    this.feed = feed;
  }

  static async open(
    pool: Pool,
    keys = KeyRing.parse(generateKeyRing('test')),
    /** Who watches packages; nobody when absent. */
    carrier?: string,
  ): Promise<SeededOrders> {
    const feed = new EventFeed(pool);
    const tasks = new TaskQueue(pool, undefined, 'orderId');
    for (const kind of TASK_KINDS) tasks.register(kind, async () => []);
    await tasks.start();
    const catalog = new SqlCatalog(pool, () => undefined);
    await seedCatalog(pool, catalog);
    const cipher = new FieldCipher(keys);
    const commit = new OrderCommit({
      store: new SqlOrderStore({ pool, catalog, sourcing: new SourcingPolicies(pool), tasks }),
      cipher,
      names: { erp: 'sap-s4hana', wms: 'wms-rest', ...(carrier === undefined ? {} : { carrier }) },
      limits: { batchMax: 100, inFlightMax: 2, queueMax: 10_000 },
      committed: () => feed.wake(),
    });
    await feed.start();
    return new SeededOrders(pool, commit, tasks, cipher, feed);
  }

  async close(): Promise<void> {
    await this.commit.drain();
    await this.feed.stop();
    await this.tasks.stop(1_000);
  }

  /** Takes orders of these channel references, in one commit. */
  async accept(channel: string, references: readonly string[], given: Partial<ChannelOrder> = {}): Promise<void> {
    await this.commit.submit(
      references.map((reference) => ({
        id: `${channel}:${reference}:1`,
        source: channel,
        occurredAt: '2026-03-01T10:00:00.000Z',
        address: { by: 'REFERENCE', channel, reference },
        body: { kind: 'ChannelOrderReceived', order: channelOrder(channel, reference, given) },
      })),
    );
  }

  /** One fact about one order; the id is fresh, since these facts are never repeated. */
  async tell(source: string, address: OrderAddress, body: OrderFactBody): Promise<SubmitOutcome> {
    const [outcome] = await this.commit.submit([
      { id: `${source}:${randomUUID()}`, source, occurredAt: new Date().toISOString(), address, body },
    ]);
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  }

  async order(channel: string, reference: string): Promise<Order> {
    const order = await this.reader.byReference(channel, reference);
    if (order === undefined) throw new Error(`no order ${channel}/${reference}`);
    return order;
  }

  /** Plays the ERP and the warehouses until everything is shipped, told and billed. */
  async fulfill(channel: string, reference: string): Promise<Order> {
    const { id } = await this.order(channel, reference);
    const at = { by: 'ID', orderId: id } as const;
    const salesOrder = `SO-${reference}`;
    const order = await this.order(channel, reference);
    const items = Object.fromEntries(order.lines.map((line) => [line.id, String(line.number * 10)]));
    await this.tell('sap-s4hana', at, { kind: 'SalesOrderPosted', salesOrder, items });
    await this.tell('sap-s4hana', at, { kind: 'SalesOrderConfirmed', salesOrder });
    for (const fo of order.fulfillmentOrders) {
      const fulfillmentOrderId = fo.id;
      await this.tell('wms-rest', at, {
        kind: 'FulfillmentReleased',
        fulfillmentOrderId,
        wmsReference: `W-${reference}-${fo.number}`,
      });
      await this.tell('wms-rest', at, {
        kind: 'FulfillmentShipped',
        fulfillmentOrderId,
        shipmentReference: `S-${reference}-${fo.number}`,
        packages: [
          {
            reference: `P-${reference}-${fo.number}`,
            carrier: 'DHL',
            trackingNumber: `JJD-${reference}-${fo.number}`,
            items: fo.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity, serials: ['SN-1'] })),
          },
        ],
      });
    }
    await this.settle(channel, reference);
    return this.order(channel, reference);
  }

  private async settle(channel: string, reference: string): Promise<void> {
    const { id, shipments } = await this.order(channel, reference);
    const at = { by: 'ID', orderId: id } as const;
    for (const shipment of shipments) {
      const deliveryDocument = `D-${shipment.reference}`;
      for (const parcel of shipment.packages)
        await this.tell(channel, at, {
          kind: 'ChannelShipmentConfirmed',
          shipmentId: shipment.id,
          packageId: parcel.id,
        });
      await this.tell('sap-s4hana', at, { kind: 'GoodsIssuePosted', shipmentId: shipment.id, deliveryDocument });
      await this.tell('sap-s4hana', at, { kind: 'InvoicePosted', deliveryDocument, invoice: `I-${reference}` });
    }
  }
}

async function seedCatalog(pool: Pool, catalog: SqlCatalog): Promise<void> {
  const skus = ['SKU-1', 'SKU-2'];
  await catalog.saveItems(skus.map((sku) => ({ sku, title: `Item ${sku}` })));
  await catalog.saveNodes([{ id: 'dc-north', name: 'North', priority: 1, active: true }]);
  await catalog.saveAccounts(CHANNELS.map((id) => ({ id, kind: 'test', name: id, active: true, settings: {} })));
  await catalog.saveListings(
    CHANNELS.flatMap((channel) => skus.map((sku) => ({ channel, listingSku: `L-${sku}`, sku, listingKeys: {} }))),
  );
  await pool.query(
    `insert into position (sku, node, on_hand) select s, 'dc-north', 1000000 from unnest($1::text[]) as s
     on conflict do nothing`,
    [skus],
  );
}

const money = (minor: number) => ({ minor, currency: 'EUR' });

/** Two lines, taxes, a discount and personal data. */
function channelOrder(channel: string, reference: string, given: Partial<ChannelOrder>): ChannelOrder {
  const line = { fulfilledQuantity: 0, cancelledQuantity: 0, requiresShipping: true };
  return {
    channel,
    reference,
    displayReference: `#${reference}`,
    version: '2026-03-01T10:00:00.000Z',
    placedAt: '2026-03-01T09:59:00.000Z',
    currency: 'EUR',
    cancelled: false,
    shipMethod: 'Standard',
    lines: [
      {
        ...line,
        lineReference: '1',
        listingSku: 'L-SKU-1',
        title: 'First',
        quantity: 2,
        unitPrice: money(1_250),
        charges: [{ kind: 'TAX', label: 'VAT', amount: money(399), rate: '0.19', includedInPrice: true }],
      },
      {
        ...line,
        lineReference: '2',
        listingSku: 'L-SKU-2',
        title: 'Second',
        quantity: 1,
        unitPrice: money(500),
        charges: [],
      },
    ],
    charges: [{ kind: 'DISCOUNT', label: 'SPRING', amount: money(-100) }],
    grandTotal: money(2_900),
    parties: {
      buyer: { name: 'Ada Lovelace', email: 'ada@example.org', phone: '+49 30 123456' },
      shipTo: { name: 'Ada Lovelace', line1: 'Unter den Linden 1', city: 'Berlin', postalCode: '10117', country: 'DE' },
      giftMessages: { '': 'For you, Charles' },
    },
    attributes: {},
    ...given,
  };
}
