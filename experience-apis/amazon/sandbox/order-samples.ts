import type { Order2026, OrderItem2026 } from '../amazon.wire.js';
import { amountsIn, type Amounts } from './sample-amounts.js';
import { itemProceeds } from './sample-proceeds.js';
import { digits, pick, pickSome, type Random } from './sample-random.js';
import { sampleOrders } from './sandbox-fixtures.js';

export { seededRandom, type Random } from './sample-random.js';

const DAY_MS = 86_400_000;
const LINES_BY_CHANCE = [1, 1, 1, 1, 2, 2, 3, 3, 4] as const;
const QUANTITY_BY_CHANCE = [1, 1, 1, 1, 1, 2, 2, 3] as const;
const GIFT_CHANCE = 0.15;

export interface SampleSku {
  /** The seller's SKU at Amazon. */
  readonly sku: string;
  readonly title: string;
  /** Unit price as a decimal: "19.90". */
  readonly price: string;
  readonly asin?: string;
}

export interface SampleOrderOptions {
  /** All variety comes from here: the same numbers give the same order. */
  readonly random: Random;
  readonly skus: readonly SampleSku[];
  readonly now: Date;
  readonly currency: string;
  readonly marketplaceId: string;
  readonly marketplaceName?: string;
  /** `UNSHIPPED` when absent. */
  readonly status?: 'PENDING' | 'UNSHIPPED';
}

/** An order as Amazon would send it: people, addresses and registrations of Amazon's own samples, our items and amounts. */
export function buildOrder(options: SampleOrderOptions): Order2026 {
  const { random, now, currency } = options;
  const amounts = amountsIn(currency);
  const base = pick(random, sampleOrders());
  const orderId = `${digits(random, 3)}-${digits(random, 7)}-${digits(random, 7)}`;
  const chosen = pickSome(random, options.skus, pick(random, LINES_BY_CHANCE));
  const lines = chosen.map((sku) => orderItem(random, amounts, sku));
  const grandTotal = lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
  const { packages: _packages, fulfillment: _fulfillment, ...people } = base;
  return {
    ...structuredClone(people),
    orderId,
    orderAliases: [{ aliasId: `WEB-${orderId.slice(-7)}`, aliasType: 'SELLER_ORDER_ID' }],
    createdTime: now.toISOString(),
    lastUpdatedTime: now.toISOString(),
    salesChannel: {
      channelName: 'AMAZON',
      marketplaceId: options.marketplaceId,
      ...(options.marketplaceName === undefined ? {} : { marketplaceName: options.marketplaceName }),
    },
    proceeds: { grandTotal: amounts.wire(grandTotal) },
    fulfillment: {
      fulfillmentStatus: options.status ?? 'UNSHIPPED',
      fulfilledBy: 'MERCHANT',
      fulfillmentServiceLevel: pick(random, ['STANDARD', 'STANDARD', 'EXPEDITED', 'NEXT_DAY']),
      shipByWindow: window(now, 0, 2),
      deliverByWindow: window(now, 2, 5),
    },
    orderItems: lines.map(({ item }) => item),
  };
}

function orderItem(
  random: Random,
  amounts: Amounts,
  { sku, title, price, asin }: SampleSku,
): { readonly item: OrderItem2026; readonly totalMinor: number } {
  const template = pick(random, pick(random, sampleOrders()).orderItems);
  const quantity = pick(random, QUANTITY_BY_CHANCE);
  const gift = random() < GIFT_CHANCE;
  const unitMinor = amounts.minor(price);
  const { proceeds, totalMinor, discounted } = itemProceeds(random, amounts, unitMinor * quantity, gift);
  const item: OrderItem2026 = {
    orderItemId: digits(random, 14),
    quantityOrdered: quantity,
    product: {
      asin: asin ?? template.product.asin,
      title,
      sellerSku: sku,
      condition: template.product.condition,
      price: { unitPrice: amounts.wire(unitMinor) },
    },
    proceeds,
    ...(discounted ? { promotion: samplePromotion() } : {}),
    ...(template.tax ? { tax: template.tax } : {}),
    fulfillment: {
      quantityFulfilled: 0,
      quantityUnfulfilled: quantity,
      ...(gift ? { packing: samplePacking() } : {}),
    },
  };
  return { item, totalMinor };
}

function samplePromotion(): OrderItem2026['promotion'] {
  return firstOfSamples(({ promotion }) => promotion);
}

function samplePacking(): NonNullable<OrderItem2026['fulfillment']>['packing'] {
  return firstOfSamples(({ fulfillment }) => fulfillment?.packing);
}

function firstOfSamples<T>(read: (item: OrderItem2026) => T | null | undefined): T | undefined {
  return sampleOrders()
    .flatMap(({ orderItems }) => orderItems)
    .map(read)
    .find((found) => found !== null && found !== undefined);
}

function window(now: Date, fromDays: number, toDays: number): { earliestDateTime: string; latestDateTime: string } {
  return {
    earliestDateTime: new Date(now.getTime() + fromDays * DAY_MS).toISOString(),
    latestDateTime: new Date(now.getTime() + toDays * DAY_MS).toISOString(),
  };
}
