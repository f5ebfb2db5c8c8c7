import { setTimeout as delay } from 'node:timers/promises';
import { AMAZON_ACCOUNT, ITEMS, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { HubProcesses } from '../support/hub-outside.js';
import { amazonOrder, partnerOrder, shopOrder, type WantedLine } from '../support/place-orders.js';
import type { SeededRandom } from '../support/seeded-random.js';

const TRY_AGAIN_MS = 60;
const TRIES_MAX = 1_500;
const CANCELLED_ONE_IN = 8;
const CANCELLED_WITHIN_MS = 2_000;
/** Kept at both nodes: what one node gives back, the other may ship. */
const SKUS = ITEMS.filter((_, index) => index % 3 === 2).map(({ sku }) => sku);

export interface Acknowledged {
  readonly channel: string;
  readonly reference: string;
}

/** Buyers and partners who order and cancel while the hub is killed: whoever gets no answer asks again. */
export class OrderLoad {
  /** Every order that the hub answered for, or that a channel holds. */
  readonly acknowledged: Acknowledged[] = [];
  cancellations = 0;
  private readonly underWay = new Set<Promise<void>>();
  private failure: Error | undefined;

  constructor(
    private readonly hubs: HubProcesses,
    private readonly random: SeededRandom,
  ) {}

  /** Places so many orders over the time, and waits until each is answered for. */
  async run(orders: number, overMs: number): Promise<void> {
    for (let order = 0; order < orders; order += 1) {
      this.place(order);
      await delay(overMs / orders);
    }
    await this.settle();
  }

  /** Places orders until it is enough, and waits until each is answered for. */
  async runUntil(enough: () => boolean, ordersPerSecond: number): Promise<void> {
    for (let order = 0; !enough() && this.failure === undefined; order += 1) {
      this.place(order);
      await delay(1_000 / ordersPerSecond);
    }
    await this.settle();
  }

  /** Half from partners, a quarter each at Amazon and at the shop. */
  private place(order: number): void {
    if (order % 4 === 0) this.start(this.atAmazon());
    else if (order % 4 === 2) this.start(this.atShop());
    else this.start(this.byPartner());
  }

  private start(buyer: Promise<void>): void {
    const watched = buyer
      .catch((error: unknown) => {
        this.failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => this.underWay.delete(watched));
    this.underWay.add(watched);
  }

  private async settle(): Promise<void> {
    await Promise.all(this.underWay);
    if (this.failure !== undefined) throw this.failure;
  }

  private async atAmazon(): Promise<void> {
    const { amazon } = this.hubs.world;
    const order = amazonOrder(this.someLines());
    amazon.placeOrder(order);
    this.acknowledged.push({ channel: AMAZON_ACCOUNT, reference: order.orderId });
    if (await this.changesItsMind()) amazon.requestCancel(order.orderId);
  }

  private async atShop(): Promise<void> {
    const { shopify } = this.hubs.world;
    const { id } = shopify.placeOrder(shopOrder(this.someLines()));
    this.acknowledged.push({ channel: SHOPIFY_ACCOUNT, reference: String(id) });
    if (await this.changesItsMind()) shopify.cancelOrder(id);
  }

  /** Sends the order to every process at once, as an impatient client would, until one has answered. */
  private async byPartner(): Promise<void> {
    const order = partnerOrder(this.someLines());
    const { reference } = order;
    const path = `/channels/${PARTNER_ACCOUNT}/v1/orders`;
    await this.postToAny(path, `order/${reference}`, order);
    this.acknowledged.push({ channel: PARTNER_ACCOUNT, reference });
    if (await this.changesItsMind())
      await this.postToAny(`${path}/${reference}/cancellations`, `cancel/${reference}`, { reason: 'no longer needed' });
  }

  private async changesItsMind(): Promise<boolean> {
    const changes = this.random.int(0, CANCELLED_ONE_IN) === 0;
    const after = this.random.int(0, CANCELLED_WITHIN_MS);
    if (!changes) return false;
    this.cancellations += 1;
    await delay(after);
    return true;
  }

  private async postToAny(path: string, idempotencyKey: string, body: object): Promise<void> {
    await Promise.any(this.hubs.processes.map(({ url }) => this.post(`${url}${path}`, idempotencyKey, body)));
  }

  private async post(url: string, idempotencyKey: string, body: object): Promise<void> {
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.hubs.bearer}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify(body),
      }).catch(() => undefined);
      await answer?.body?.cancel().catch(() => undefined);
      if (answer?.ok === true) return;
      // 503 is what the hub may say while it cannot: any other refusal is an order that gets lost.
      if (answer !== undefined && answer.status !== 503) throw new Error(`${url} answered ${answer.status}`);
      await delay(TRY_AGAIN_MS);
    }
    throw new Error(`${url} did not answer`);
  }

  private someLines(): readonly WantedLine[] {
    const first = this.random.int(0, SKUS.length);
    return Array.from({ length: this.random.int(1, 4) }, (_, index) => ({
      sku: SKUS[(first + index) % SKUS.length] ?? '',
      quantity: this.random.int(1, 4),
    }));
  }
}
