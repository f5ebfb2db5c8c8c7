import { randomUUID } from 'node:crypto';
import { Broadcasts } from '../../../experience-apis/graphql/index.js';
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
import type { Heard, Subscribers, Tally } from './subscribers.js';

const SUBSCRIBERS = [200, 1_000] as const;
const ITEMS = 100;
const EVENTS_PER_SECOND = 20;
/** After the last event, for the last message to arrive. */
const SETTLE_MS = 2_000;
const QUERY = `subscription {
  orderChanged(channel: "${PARTNER_ACCOUNT}") { cursor event { type version source occurredAt } }
}`;

interface Told extends Heard {
  /** Messages that were made for one event, by one execution and one serialisation each. */
  readonly madePerEvent: number;
}

/**
 * Each event told to all subscribers, against the same bytes sent by nothing but a WebSocket server. Throws when a
 * subscriber missed an event or got one twice.
 */
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
      const told = await tellAll(hub, count, { ms, everyMs });
      const server = await startRawBroadcast(told.sample, burst, everyMs);
      const raw = await listenTo({ url: server.url, count, ...client(hub) }, (subscribers) =>
        subscribers.call<Heard>('listen', { ms }),
      );
      await server.close();
      yield rate(`fanout.${count}`, 'messages/s', told.perSecond, raw.perSecond);
      yield latency(`fanout.${count}.p99`, told.p99Ms, raw.p99Ms);
      yield rate(`fanout.${count}.made`, 'per event', told.madePerEvent, 1);
    }
  } finally {
    await hub.close();
  }
}

async function tellAll(
  hub: BenchHub,
  count: number,
  { ms, everyMs }: { readonly ms: number; readonly everyMs: number },
): Promise<Told> {
  const broadcasts = hub.hub.app.get(Broadcasts, { strict: false });
  const url = `${hub.hub.url.replace('http', 'ws')}/graphql`;
  return listenTo({ url, count, ...client(hub) }, async (subscribers) => {
    const [eventsBefore, madeBefore] = [await eventsOf(hub), broadcasts.counts.made];
    const stop = keepOrdering(hub, everyMs);
    const heard = await subscribers.call<Heard>('listen', { ms });
    await stop();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const events = (await eventsOf(hub)) - eventsBefore;
    const { least, most, twice } = await subscribers.call<Tally>('tally');
    if (least !== events || most !== events || twice > 0)
      throw new Error(`of ${events} events subscribers heard ${least} to ${most}, and ${twice} messages twice`);
    return { ...heard, madePerEvent: (broadcasts.counts.made - madeBefore) / events };
  });
}

function client({ bearer }: BenchHub): Pick<Subscribers, 'query' | 'bearer'> {
  return { query: QUERY, bearer };
}

/** How many events follow when an order is placed. */
async function eventsOfAnOrder(hub: BenchHub): Promise<number> {
  await hub.hub.app.get(OrderCommit).submit([orderFact(`F-${randomUUID()}`, [skuAt(0)])]);
  return eventsOf(hub);
}

async function eventsOf({ pool }: BenchHub): Promise<number> {
  const { rows } = await pool.query<{ events: number }>(
    `select count(*)::int as events from event_log where scope = $1 and stream_type = 'order'`,
    [PARTNER_ACCOUNT],
  );
  return rows[0]?.events ?? 0;
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

/** Connects all, and lets them go when the work is done. */
async function listenTo<Result>(
  subscribers: Subscribers,
  work: (helper: HelperProcess) => Promise<Result>,
): Promise<Result> {
  const helper = HelperProcess.start(new URL('./subscribers.process.js', import.meta.url));
  try {
    await helper.call('connect', subscribers);
    return await work(helper);
  } finally {
    await helper.call('disconnect');
    await helper.stop();
  }
}
