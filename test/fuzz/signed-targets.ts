import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { AMAZON_ACCOUNT, SHOP_DOMAIN, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { buildOrder as buildShopOrder } from '../../experience-apis/shopify/sandbox/order-samples.js';
import { SeededRandom } from '../support/seeded-random.js';
import type { FuzzedHub, Target } from './target.js';
import { warehouseSeeds } from './wms-events.js';

const SAMPLES = 12;
const SAMPLES_AT = '2026-03-01T10:00:00.000Z';
const MESSAGE_ID = /(?:"messageId":"|kept as message )([0-9a-f-]{36})/;
/** What a warehouse is answered whose message was read and does not fit; other refusals come before its signature is looked at. */
const READ_AND_REFUSED = /problems\/(?:body-not-readable|contract-mismatch)"/;
const TOPICS = [
  'orders/create',
  'orders/updated',
  'orders/cancelled',
  'refunds/create',
  'fulfillments/create',
] as const;

/** Places where a signature or a bound token stands for the sender. */
export function signedTargets(hub: FuzzedHub): readonly Target[] {
  return [...TOPICS.map((topic) => shopWebhook(hub, topic)), warehouseEvents(hub), amazonNotification(hub), token()];
}

function shopWebhook({ secrets }: FuzzedHub, topic: (typeof TOPICS)[number]): Target {
  return {
    name: `POST /channels/shopify/:account/webhooks ${topic}`,
    method: 'POST',
    path: `/channels/shopify/${SHOPIFY_ACCOUNT}/webhooks`,
    seeds: shopSeeds(topic),
    contentType: 'application/json',
    form: 'problem',
    query: [],
    headers: (body, n) => ({
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': SHOP_DOMAIN,
      'x-shopify-event-id': `fuzz-${n}`,
      'x-shopify-hmac-sha256': createHmac('sha256', secrets['SHOPIFY_WEBHOOK_SECRET'] ?? '')
        .update(body)
        .digest('base64'),
    }),
    fresh: (seed, n) => ({ ...seed, id: 7_000_000_000_000 + n }),
    // What it answers 200 or refuses for its content is kept; so the answer names the message.
    keptAs: ({ status, body }) => (status === 200 ? idIn(body) : undefined),
  };
}

function shopSeeds(topic: string): readonly unknown[] {
  if (topic !== 'orders/create') return fixtures('shopify', topic.split('/', 1)[0] ?? '');
  const random = new SeededRandom(1);
  const items = [{ sku: 'HOME-001', title: 'Enamel mug', price: 690 }];
  const sample = { random: () => random.next(), items, now: new Date(SAMPLES_AT), currency: 'EUR' } as const;
  return [...Array.from({ length: SAMPLES }, () => buildShopOrder(sample)), ...fixtures('shopify', 'orders')];
}

/** What the vendor itself shows, as it lies beside the adapter. */
function fixtures(vendor: string, word: string): readonly unknown[] {
  const folder = join(packageRoot(), 'experience-apis', vendor, 'fixtures');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file.includes(`.${word}.`))
    .toSorted()
    .map((file): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

function warehouseEvents({ secrets, work }: FuzzedHub): Target {
  const webhook = new Webhook(secrets['WMS_WEBHOOK_SECRET'] ?? '');
  return {
    name: 'POST /wms/v1/events',
    method: 'POST',
    path: '/wms/v1/events',
    seeds: warehouseSeeds(work),
    contentType: 'application/json',
    form: 'problem',
    query: [],
    headers: (body, n) => {
      const now = new Date();
      const id = `msg_fuzz-${n}`;
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': webhook.sign(id, now, body),
      };
    },
    fresh: (seed, n) => ({
      events: (seed as { events: readonly object[] }).events.map((event, at) => ({ ...event, id: `fuzz-${n}-${at}` })),
    }),
    keptAs: ({ body }, sent) => (READ_AND_REFUSED.test(body) ? { externalId: sent['webhook-id'] ?? '' } : undefined),
  };
}

function amazonNotification({ bearer }: FuzzedHub): Target {
  return {
    name: 'POST /channels/amazon/:account/notifications',
    method: 'POST',
    path: `/channels/amazon/${AMAZON_ACCOUNT}/notifications`,
    seeds: fixtures('amazon', 'OrderChangeNotification'),
    contentType: 'application/json',
    form: 'problem',
    query: [],
    headers: () => ({ authorization: `Bearer ${bearer}` }),
    fresh: (seed, n) => ({
      ...seed,
      NotificationMetadata: {
        ...(seed as { NotificationMetadata?: object }).NotificationMetadata,
        NotificationId: `fuzz-${n}`,
      },
    }),
    keptAs: ({ status, body }) => (status === 202 || status === 400 ? idIn(body) : undefined),
  };
}

function token(): Target {
  return {
    name: 'POST /oauth/token',
    method: 'POST',
    path: '/oauth/token',
    seeds: [
      { grant_type: 'client_credentials', client_id: 'fuzz', client_secret: 'not-the-secret', scope: 'orders:read' },
      'grant_type=client_credentials&client_id=fuzz&client_secret=no&scope=orders%3Aread',
    ],
    contentType: 'application/x-www-form-urlencoded',
    form: 'oauth',
    query: [],
    headers: (_body, n) =>
      n % 2 === 0 ? {} : { authorization: `Basic ${Buffer.from(`fuzz:${n}`).toString('base64')}` },
  };
}

function idIn(body: string): { readonly id: string } | undefined {
  const id = MESSAGE_ID.exec(body)?.[1];
  return id === undefined ? undefined : { id };
}
