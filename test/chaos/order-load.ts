import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AMAZON_ACCOUNT, ITEMS, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { HubProcesses } from '../support/hub-outside.js';
import { amazonOrder, partnerOrder, shopOrder, type WantedLine } from '../support/place-orders.js';

const TRY_AGAIN_MS = 60;
const TRIES_MAX = 1_500;
const CANCELLED_ONE_IN = 8;
/** Kept at both nodes: what one node gives back, the other may ship. */
const SKUS = ITEMS.filter((_, index) => index % 3 === 2).map(({ sku }) => sku);

export interface Acknowledged {
  readonly channel: string;
  readonly reference: string;
}

/** Buyers and partners who order while the hub is killed: whoever gets no answer asks again. */
export class OrderLoad {
  /** Every order that the hub answered for, or that a channel holds. */
  readonly acknowledged: Acknowledged[] = [];

  constructor(private readonly hubs: HubProcesses) {}

  /** Spreads the orders over the time: half from partners, a quarter each at Amazon and at the shop. */
  async run(orders: number, overMs: number): Promise<void> {
    const pause = overMs / orders;
    const partners: Promise<void>[] = [];
    for (let order = 0; order < orders; order += 1) {
      if (order % 4 === 0) this.atAmazon();
      else if (order % 4 === 2) this.atShop();
      else partners.push(this.byPartner());
      await delay(pause);
    }
    await Promise.all(partners);
  }

  private atAmazon(): void {
    const order = amazonOrder(someLines());
    this.hubs.world.amazon.placeOrder(order);
    this.acknowledged.push({ channel: AMAZON_ACCOUNT, reference: order.orderId });
  }

  private atShop(): void {
    const order = this.hubs.world.shopify.placeOrder(shopOrder(someLines()));
    this.acknowledged.push({ channel: SHOPIFY_ACCOUNT, reference: String(order.id) });
  }

  /** Sends the order to every process at once, as an impatient client would, until one has answered. */
  private async byPartner(): Promise<void> {
    const order = partnerOrder(someLines());
    const { reference } = order;
    const path = `/channels/${PARTNER_ACCOUNT}/v1/orders`;
    await Promise.any(this.hubs.processes.map(({ url }) => this.post(`${url}${path}`, `order/${reference}`, order)));
    this.acknowledged.push({ channel: PARTNER_ACCOUNT, reference });
    if (randomInt(CANCELLED_ONE_IN) > 0) return;
    await delay(randomInt(2_000));
    const cancellation = { reason: 'no longer needed' };
    await Promise.any(
      this.hubs.processes.map(({ url }) =>
        this.post(`${url}${path}/${reference}/cancellations`, `cancel/${reference}`, cancellation),
      ),
    );
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
      await answer?.body?.cancel();
      if (answer?.ok === true) return;
      if (answer !== undefined && answer.status < 500) throw new Error(`${url} answered ${answer.status}`);
      await delay(TRY_AGAIN_MS);
    }
    throw new Error(`${url} did not answer`);
  }
}

function someLines(): readonly WantedLine[] {
  const first = randomInt(SKUS.length);
  return Array.from({ length: 1 + randomInt(3) }, (_, index) => ({
    sku: SKUS[(first + index) % SKUS.length] ?? '',
    quantity: 1 + randomInt(3),
  }));
}
