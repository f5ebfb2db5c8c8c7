import { randomInt, randomUUID } from 'node:crypto';
import request from 'supertest';
import { buildOrder as buildAmazonOrder } from '../../experience-apis/amazon/sandbox/order-samples.js';
import { buildOrder as buildShopOrder } from '../../experience-apis/shopify/sandbox/order-samples.js';
import { AMAZON_ACCOUNT, ITEMS, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { World } from '../../src/demo/world.js';

export interface WantedLine {
  readonly sku: string;
  readonly quantity: number;
}

/** An order by its channel account and the channel's id. */
export interface PlacedOrder {
  readonly channel: string;
  readonly reference: string;
}

/** How buyers and partners order: at the channel, in the channel's own form. */
export interface OrderPlacing {
  /** Gives Amazon's order id. */
  placeAmazon(lines: readonly WantedLine[], buyerName?: string): string;
  /** Gives Shopify's order id; as text it is the reference. */
  placeShopify(lines: readonly WantedLine[], buyerName?: string): number;
  /** Gives the reference. */
  placePartner(lines: readonly WantedLine[], buyerName?: string): Promise<string>;
  /** One order at each channel. */
  placeEverywhere(lines: readonly WantedLine[], buyerName?: string): Promise<readonly PlacedOrder[]>;
}

const BUYER = 'Test Buyer';

/** Items by where the demo's retailer keeps them: orders that mix the first two ship from two nodes. */
export const NORTH_ONLY = skuAt(0);
export const SOUTH_ONLY = skuAt(1);
export const BOTH_NODES = skuAt(2);
/** Kept at both nodes; its units have serial numbers. */
export const SERIALISED = skuAt(5);

function skuAt(index: number): string {
  const item = ITEMS[index];
  if (item === undefined) throw new RangeError(`the demo has no item ${index}`);
  return item.sku;
}

export function placeOrders(world: World, hubUrl: string, bearer: string): OrderPlacing {
  const placing: OrderPlacing = {
    placeAmazon: (lines, buyerName = BUYER) => {
      const order = amazonOrder(lines, buyerName);
      world.amazon.placeOrder(order);
      return order.orderId;
    },
    placeShopify: (lines, buyerName = BUYER) => world.shopify.placeOrder(shopOrder(lines, buyerName)).id,
    placePartner: async (lines, buyerName = BUYER) => {
      const order = partnerOrder(lines, buyerName);
      await request(hubUrl)
        .post(`/channels/${PARTNER_ACCOUNT}/v1/orders`)
        .set({ authorization: `Bearer ${bearer}`, 'idempotency-key': randomUUID() })
        .send(order)
        .expect(201);
      return order.reference;
    },
    placeEverywhere: async (lines, buyerName) => [
      { channel: AMAZON_ACCOUNT, reference: placing.placeAmazon(lines, buyerName) },
      { channel: SHOPIFY_ACCOUNT, reference: String(placing.placeShopify(lines, buyerName)) },
      { channel: PARTNER_ACCOUNT, reference: await placing.placePartner(lines, buyerName) },
    ],
  };
  return placing;
}

/** One of Amazon's sample orders with these lines. */
export function amazonOrder(lines: readonly WantedLine[], buyerName = BUYER): ReturnType<typeof buildAmazonOrder> {
  const [first, ...rest] = lines.map(({ sku, quantity }) => amazonLine(sku, quantity));
  if (first === undefined) throw new RangeError('an order has at least one line');
  return {
    ...first,
    buyer: { ...first.buyer, buyerName },
    recipient: { ...first.recipient, deliveryAddress: { ...first.recipient?.deliveryAddress, name: buyerName } },
    orderItems: [first, ...rest].flatMap((order) => order.orderItems),
  };
}

function amazonLine(sku: string, quantity: number): ReturnType<typeof buildAmazonOrder> {
  const order = buildAmazonOrder({
    random,
    skus: [{ sku, title: sku, price: '19.90' }],
    now: new Date(),
    currency: 'USD',
    marketplaceId: 'ATVPDKIKX0DER',
  });
  return {
    ...order,
    orderItems: order.orderItems.map((item) => ({
      ...item,
      quantityOrdered: quantity,
      fulfillment: { ...item.fulfillment, quantityFulfilled: 0, quantityUnfulfilled: quantity },
    })),
  };
}

/** One of Shopify's sample orders with these lines; ids are the shop's to give. */
export function shopOrder(lines: readonly WantedLine[], buyerName = BUYER): ReturnType<typeof buildShopOrder> {
  const base = shopOrderOf(lines[0]?.sku ?? '');
  return {
    ...base,
    shipping_address: {
      ...(base['shipping_address'] as object),
      name: buyerName,
      first_name: '',
      last_name: buyerName,
    },
    line_items: lines.flatMap(({ sku, quantity }) =>
      shopOrderOf(sku).line_items.map((line) => ({
        ...line,
        quantity,
        current_quantity: quantity,
        fulfillable_quantity: quantity,
      })),
    ),
  };
}

function shopOrderOf(sku: string): ReturnType<typeof buildShopOrder> {
  const items = [{ sku, title: sku, price: 1_990 }];
  return buildShopOrder({ random, items, now: new Date(), currency: 'EUR' });
}

/** An order in the hub's own JSON. */
export function partnerOrder(lines: readonly WantedLine[], buyerName = BUYER) {
  return {
    reference: `PO-${randomUUID()}`,
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    buyer: { name: buyerName, email: 'buyer@example.org' },
    shipTo: { name: buyerName, line1: 'Example street 1', city: 'Berlin', postalCode: '10117', country: 'DE' },
    lines: lines.map(({ sku, quantity }, index) => ({
      lineReference: String((index + 1) * 10),
      listingSku: sku,
      quantity,
      unitPrice: { amount: '12.50', currency: 'EUR' },
    })),
  };
}

/** Order numbers must differ between test files that share nothing but the machine. */
function random(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
