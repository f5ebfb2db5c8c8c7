import { createHmac, randomUUID } from 'node:crypto';
import type request from 'supertest';
import { SHOP_DOMAIN, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import type { HubUnderTest } from './hub-under-test.js';
import { shopOrder, type WantedLine } from './place-orders.js';

export interface ShopWebhook {
  readonly topic: string;
  /** As JSON; a Buffer goes out as it is. */
  readonly body: object | Buffer;
  readonly eventId?: string;
  readonly account?: string;
  /** Of the body when absent. */
  readonly signature?: string;
}

/** Sends a webhook as Shopify would, signed with the shop's secret. */
export function sendWebhook(
  sut: HubUnderTest,
  { topic, body, eventId = randomUUID(), account = SHOPIFY_ACCOUNT, signature }: ShopWebhook,
): request.Test {
  const raw = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const secret = sut.world.secretValues['SHOPIFY_WEBHOOK_SECRET'] ?? '';
  return (
    sut
      .http()
      .post(`/channels/shopify/${account}/webhooks`)
      .set({
        'content-type': 'application/json',
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': SHOP_DOMAIN,
        'x-shopify-event-id': eventId,
        'x-shopify-hmac-sha256': signature ?? createHmac('sha256', secret).update(raw).digest('base64'),
      })
      // supertest would make JSON of a Buffer.
      .serialize(() => raw as unknown as string)
      .send(raw)
  );
}

export interface ShopOrderTold {
  readonly id: number;
  /** When the shop last changed it. */
  readonly updatedAt: string;
  readonly shipMethod: string;
  readonly lines: readonly WantedLine[];
}

/** An order of a shop that the sandbox knows nothing of. */
export function toldOrder({ id, updatedAt, shipMethod, lines }: ShopOrderTold): object {
  const draft = shopOrder(lines);
  return {
    ...draft,
    id,
    name: `#${id}`,
    created_at: '2026-03-01T10:00:00+00:00',
    processed_at: '2026-03-01T10:00:00+00:00',
    updated_at: updatedAt,
    shipping_lines: [{ ...(draft['shipping_lines'] as object[])[0], code: shipMethod, title: shipMethod }],
    line_items: draft.line_items.map((line, index) => ({ ...line, id: id * 100 + index })),
  };
}
