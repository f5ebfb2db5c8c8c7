import { buildOrder as buildAmazonOrder, seededRandom } from '../../experience-apis/amazon/sandbox/order-samples.js';
import { buildOrder as buildShopifyOrder } from '../../experience-apis/shopify/sandbox/order-samples.js';
import { ITEMS, UNMAPPED_LISTING } from './retail.js';
import type { World } from './world.js';

const CANCELLED_ONE_IN = 20;
const UNMAPPED_ONE_IN = 40;
/** A buyer changes their mind some time after ordering: before, while or after the warehouse works. */
const CANCEL_AFTER_MS_MAX = 6_000;
const PRIME = 7_919;

const AMAZON_SKUS = ITEMS.map(({ sku, title, price }) => ({ sku, title, price: (price / 100).toFixed(2) }));
const SHOP_ITEMS = ITEMS.map(({ sku, title, price }) => ({ sku, title, price }));
const NEW_ITEM = { sku: UNMAPPED_LISTING, title: 'Rolling pin (new)', price: 2490 };

/** Places orders at the marketplaces, one after the other, varied by a seed; some are cancelled a little later. */
export class OrderPlacer {
  private readonly random: () => number;
  private readonly timers = new Set<NodeJS.Timeout>();
  private clock: NodeJS.Timeout | undefined;
  private placed = 0;

  constructor(
    private readonly world: World,
    private readonly options: { readonly rate: number; readonly orders: number; readonly seed: number },
  ) {
    // A restart must not repeat the order numbers of the last run: what is there already moves the seed on.
    const before = world.amazon.orders().length + world.shopify.orders().length;
    this.random = seededRandom(options.seed + before * PRIME);
  }

  start(): void {
    const { rate, orders } = this.options;
    if (rate <= 0) return;
    this.clock = setInterval(() => {
      this.placeOne();
      if (orders > 0 && this.placed >= orders) clearInterval(this.clock);
    }, 1_000 / rate);
  }

  stop(): void {
    clearInterval(this.clock);
    for (const timer of this.timers) clearTimeout(timer);
  }

  placeOne(): void {
    this.placed += 1;
    const cancel = this.random() < 0.5 ? this.placeAtAmazon() : this.placeAtShop();
    if (this.random() * CANCELLED_ONE_IN >= 1) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      cancel();
    }, this.random() * CANCEL_AFTER_MS_MAX);
    this.timers.add(timer);
  }

  private placeAtAmazon(): () => void {
    const { amazon } = this.world;
    const order = buildAmazonOrder({
      random: this.random,
      skus: AMAZON_SKUS,
      now: new Date(),
      currency: 'USD',
      marketplaceId: 'ATVPDKIKX0DER',
      marketplaceName: 'Amazon.com',
    });
    amazon.placeOrder(order);
    return () => amazon.requestCancel(order.orderId);
  }

  private placeAtShop(): () => void {
    const { shopify } = this.world;
    const items = this.random() * UNMAPPED_ONE_IN < 1 ? [NEW_ITEM] : SHOP_ITEMS;
    const order = shopify.placeOrder(
      buildShopifyOrder({ random: this.random, items, now: new Date(), currency: 'EUR' }),
    );
    return () => void shopify.cancelOrder(order.id);
  }
}
