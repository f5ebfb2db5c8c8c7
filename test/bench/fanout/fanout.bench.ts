import { randomUUID } from 'node:crypto';
import { OrderCommit } from '../../../process-apis/orders/index.js';
import { PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { EventFeed } from '../../../src/platform/event-log/index.js';
import { fillCatalog, skuAt } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { latency, rate, type Figure } from '../harness/figure.js';
import { HelperProcess } from '../harness/helper-process.js';
import { orderFact } from '../reserve/order-fact.js';
import { startRawBroadcast } from './raw-broadcast.js';
import type { Heard, Subscribers } from './subscribers.js';

const SUBSCRIBERS = [200, 1_000] as const;
const ITEMS = 100;
const EVENTS_PER_SECOND = 30;
const QUERY = `subscription {
  orderChanged(channel: "${PARTNER_ACCOUNT}") { cursor event { type version source occurredAt } }
}`;

/** Each event told to all subscribers, against the same bytes sent by nothing but a WebSocket server. */
export async function* fanout(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const ms = quick ? 2_000 : 10_000;
  const hub = await BenchHub.start({
    databaseUrl: await postgres.createDatabase(),
    role: 'api',
    fill: (pool) => fillCatalog(pool, { items: ITEMS }),
  });
  try {
    const burst = await eventsOfAnOrder(hub);
    const everyMs = (1_000 * burst) / EVENTS_PER_SECOND;
    for (const count of SUBSCRIBERS) {
      const stop = keepOrdering(hub, everyMs);
      const told = await listenTo({ url: `${hub.hub.url.replace('http', 'ws')}/graphql`, count, ...client(hub) }, ms);
      await stop();
      const server = await startRawBroadcast(told.sample, burst, everyMs);
      const raw = await listenTo({ url: server.url, count, ...client(hub) }, ms);
      await server.close();
      yield rate(`fanout.${count}`, 'messages/s', told.perSecond, raw.perSecond);
      yield latency(`fanout.${count}.p99`, told.p99Ms, raw.p99Ms);
    }
  } finally {
    await hub.close();
  }
}

function client({ bearer }: BenchHub): Pick<Subscribers, 'query' | 'bearer'> {
  return { query: QUERY, bearer };
}

/** How many events follow when an order is placed. */
async function eventsOfAnOrder({ hub, pool }: BenchHub): Promise<number> {
  await hub.app.get(OrderCommit).submit([orderFact(`F-${randomUUID()}`, [skuAt(0)])]);
  const { rows } = await pool.query<{ events: number }>(
    `select count(*)::int as events from event_log where scope = $1`,
    [PARTNER_ACCOUNT],
  );
  return rows[0]?.events ?? 1;
}

/** Places an order each time; gives how to stop, which ends when the feed has told them all. */
function keepOrdering({ hub }: BenchHub, everyMs: number): () => Promise<void> {
  const orders = hub.app.get(OrderCommit);
  const feed = hub.app.get(EventFeed);
  const failures: Error[] = [];
  const timer = setInterval(() => {
    orders.submit([orderFact(`F-${randomUUID()}`, [skuAt(0)])]).catch((cause: unknown) => {
      failures.push(new Error('an order was not taken', { cause }));
    });
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await orders.drain();
    feed.wake();
    if (failures[0] !== undefined) throw failures[0];
  };
}

async function listenTo(subscribers: Subscribers, ms: number): Promise<Heard> {
  const helper = HelperProcess.start(new URL('./subscribers.process.js', import.meta.url));
  try {
    await helper.call('connect', subscribers);
    return await helper.call<Heard>('listen', { ms });
  } finally {
    await helper.call('disconnect');
    await helper.stop();
  }
}
