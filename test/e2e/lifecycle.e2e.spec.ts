import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { NORTH_ONLY, SERIALISED, SOUTH_ONLY } from '../support/place-orders.js';
import { tablesWithPlainText } from '../support/plain-text-search.js';
import { expectStockAddsUp, onHandUnits } from '../support/stock-check.js';

const OPENING_UNITS = 500;
const BUYER = 'Zsófia Quillfeather';
const LINES = [
  { sku: NORTH_ONLY, quantity: 3 },
  { sku: SOUTH_ONLY, quantity: 2 },
  { sku: SERIALISED, quantity: 2 },
];
const STEPS = [
  'OrderAccepted',
  'InventoryReserved',
  'SalesOrderRequested',
  'SalesOrderPosted',
  'SalesOrderConfirmed',
  'FulfillmentRequested',
  'FulfillmentReleased',
  'FulfillmentPicked',
  'FulfillmentPacked',
  'ShipmentConfirmed',
  'ChannelShipmentConfirmed',
  'GoodsIssuePosted',
  'InvoicePosted',
  'OrderCompleted',
] as const;
const ERP = 'sap-s4hana';
const SOURCES: Readonly<Record<string, string>> = {
  SalesOrderPosted: ERP,
  SalesOrderConfirmed: ERP,
  FulfillmentReleased: 'wms',
  FulfillmentPicked: 'wms',
  ShipmentConfirmed: 'wms',
  GoodsIssuePosted: ERP,
  InvoicePosted: ERP,
};

const WAYS = [
  { how: 'in one package', variation: {}, shipmentsOfNode: 1, packagesOfShipment: 1 },
  { how: 'in several packages', variation: { severalPackages: 1 }, shipmentsOfNode: 1, packagesOfShipment: 2 },
  { how: 'in parts', variation: { partialShipments: 1 }, shipmentsOfNode: 2, packagesOfShipment: 1 },
] as const;

describe.each(WAYS)('an order that each of two nodes ships $how', (way) => {
  let sut: HubUnderTest;
  const orders = new Map<string, GraphOrder>();

  beforeAll(async () => {
    sut = await startHubUnderTest({ openingUnits: OPENING_UNITS, variation: way.variation });
    const placed = [
      [AMAZON_ACCOUNT, sut.placeAmazon(LINES, BUYER)],
      [SHOPIFY_ACCOUNT, String(sut.placeShopify(LINES, BUYER))],
      [PARTNER_ACCOUNT, await sut.placePartner(LINES, BUYER)],
    ] as const;
    for (const [channel, reference] of placed)
      orders.set(channel, await sut.waitForOrder(channel, reference, (order) => order.completedAt !== null));
  });
  afterAll(() => sut.close());

  describe.each([AMAZON_ACCOUNT, SHOPIFY_ACCOUNT, PARTNER_ACCOUNT])('from %s', (channel) => {
    const order = (): GraphOrder => {
      const found = orders.get(channel);
      if (found === undefined) throw new Error(`the order of ${channel} did not complete`);
      return found;
    };

    it('is shipped whole', () => {
      expect(order()).toMatchObject({ status: 'SHIPPED', waitingOn: [], erp: { status: 'CONFIRMED' } });
      for (const line of order().lines) expect(line.quantities).toMatchObject({ open: 0, shipped: line.ordered });
    });

    it('leaves from both nodes as the warehouse packs it', () => {
      const { shipments } = order();
      for (const node of ['dc-north', 'dc-south'])
        expect(shipments.filter((shipment) => shipment.node === node)).toHaveLength(way.shipmentsOfNode);
      for (const { packages } of shipments) expect(packages.length).toBeGreaterThanOrEqual(way.packagesOfShipment);
    });

    it('has every effect outside exactly once, with the right quantities', () => {
      expect.hasAssertions();
      expectOnceOutside(sut.world, order());
    });

    it('keeps the serial numbers of the units that left', () => {
      const serials = order().shipments.flatMap(({ packages }) =>
        packages.flatMap(({ items }) => items.filter(({ sku }) => sku === SERIALISED).flatMap((item) => item.serials)),
      );
      expect(new Set(serials).size).toBe(2);
    });

    it('tells each step with its source and its times, in order', () => {
      const { timeline } = order();
      expect(timeline.map(({ version }) => version)).toEqual(timeline.map((_, index) => index + 1));
      const firsts = STEPS.map((step) => timeline.findIndex(({ type }) => type === step));
      expect(firsts).not.toContain(-1);
      expect(firsts.slice(0, -5)).toEqual(firsts.slice(0, -5).toSorted((a, b) => a - b));
      expect(firsts.at(-1)).toBe(timeline.length - 1);
      for (const { type, source, occurredAt, recordedAt } of timeline) {
        expect(source).toBe(SOURCES[type] ?? source);
        expect(Date.parse(occurredAt)).toBeGreaterThan(0);
        expect(Date.parse(recordedAt)).toBeGreaterThan(0);
      }
      expect(timeline.find(({ type }) => type === 'ChannelShipmentConfirmed')).toMatchObject({ source: channel });
    });

    it('is known by the ids of all systems', () => {
      const { crossReferences, reference, erp, shipments } = order();
      const has = (kind: string, outsideId: string | null): void =>
        expect(crossReferences).toContainEqual(expect.objectContaining({ kind, outsideId }));
      has('order', reference);
      has('sales-order', erp.salesOrder);
      for (const { wmsReference } of order().fulfillmentOrders) has('release', wmsReference);
      for (const shipment of shipments) {
        has('shipment', shipment.reference);
        has('delivery', shipment.deliveryDocument);
        has('invoice', shipment.invoice);
        for (const { trackingNumber } of shipment.packages) has('tracking', trackingNumber);
      }
    });

    it('shows its buyer to those who may see it, and nobody else', async () => {
      expect(order().parties?.masked).toBe(true);
      const revealing = `query ($id: ID!) { order(id: $id) { parties(reveal: true) { masked shipTo { name } } } }`;
      const revealed = await sut.graphql<{ order: object }>(revealing, { id: order().id });
      expect(revealed.data?.order).toEqual({ parties: { masked: false, shipTo: { name: BUYER } } });
      const reader = await sut.token(['orders:read']);
      const query = `query ($id: ID!) { order(id: $id) { parties { masked shipTo { name } } } }`;
      const { data } = await sut.graphql<{ order: Pick<GraphOrder, 'parties'> }>(query, { id: order().id }, reader);
      expect(data?.order.parties?.masked).toBe(true);
      expect(data?.order.parties?.shipTo?.name).not.toContain('Quillfeather');
    });
  });

  it('takes out of stock what left, and nothing else', async () => {
    await expectStockAddsUp(sut.pool);
    const onHand = Object.values(await onHandUnits(sut.pool)).reduce((sum, units) => sum + units, 0);
    const { rows } = await sut.pool.query<{ positions: number }>('select count(*)::int as positions from position');
    const shipped = LINES.reduce((sum, { quantity }) => sum + quantity, 0) * orders.size;
    expect(onHand).toBe((rows[0]?.positions ?? 0) * OPENING_UNITS - shipped);
  });

  it('keeps the buyer readable nowhere: not in the database, not in the log', async () => {
    expect(await tablesWithPlainText(sut.pool, 'Quillfeather')).toEqual([]);
    expect(sut.logged.filter((line) => line.includes('Quillfeather'))).toEqual([]);
    // The search does find what is there.
    expect(await tablesWithPlainText(sut.pool, AMAZON_ACCOUNT)).toContain('public.orders');
  });
});
