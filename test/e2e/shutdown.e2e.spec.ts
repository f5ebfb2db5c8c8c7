import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { NORTH_ONLY, partnerOrder } from '../support/place-orders.js';
import { until } from '../support/until.js';

const CLIENTS = 12;
/** Each client places so many before the hub is told to stop. */
const WARM_UP = 5;
const ERP_LATENCY_MS = 400;
const GOING_AWAY = 1001;

interface Placed {
  readonly reference: string;
  readonly status: number;
}

let sut: HubUnderTest;
const answered: Placed[] = [];
/** Orders whose request got no answer: the connection was not taken any more. */
const unanswered: string[] = [];
const readiness: { readonly status: number; readonly checks: Readonly<Record<string, string>> }[] = [];
let closeCode: number | undefined;

beforeAll(async () => {
  sut = await startHubUnderTest({ settings: { ENTREPOT_SHUTDOWN_TIMEOUT_MS: '15000' } });
  const closed = watchOrders();
  // Tasks are under way when the end comes.
  sut.world.sap.setLatency(ERP_LATENCY_MS);
  const stopping = new AbortController();
  const clients = Array.from({ length: CLIENTS }, () => placeUntilRefused());
  await until(
    async () => answered.length,
    (placed) => placed >= CLIENTS * WARM_UP,
    { what: 'the load', timeoutMs: 20_000 },
  );
  const probe = probeUntil(stopping.signal);
  await sut.hub.close();
  stopping.abort();
  await Promise.all([...clients, probe, closed]);
}, 120_000);
afterAll(() => sut.close());

/** Places order after order, each over a connection of its own, until nobody listens any more. */
async function placeUntilRefused(): Promise<void> {
  for (;;) {
    const order = partnerOrder([{ sku: NORTH_ONLY, quantity: 1 }]);
    try {
      const { statusCode, body } = await request(`${sut.hub.url}/channels/${PARTNER_ACCOUNT}/v1/orders`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${sut.bearer}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
        body: JSON.stringify(order),
        dispatcher: new Agent({ pipelining: 0 }),
      });
      await body.dump();
      answered.push({ reference: order.reference, status: statusCode });
    } catch {
      unanswered.push(order.reference);
      return;
    }
  }
}

async function probeUntil(signal: AbortSignal): Promise<void> {
  const dispatcher = new Agent({ pipelining: 0 });
  while (!signal.aborted) {
    const answer = await request(`${sut.hub.url}/readyz`, { dispatcher }).catch(() => undefined);
    if (answer === undefined) return;
    const { checks } = (await answer.body.json()) as { readonly checks: Readonly<Record<string, string>> };
    readiness.push({ status: answer.statusCode, checks });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await dispatcher.close();
}

/** A subscriber; resolves when its socket is closed. */
function watchOrders(): Promise<void> {
  const client = sut.connect();
  const closed = new Promise<void>((resolve) =>
    client.on('closed', (event) => {
      closeCode = (event as { readonly code?: number }).code;
      resolve();
    }),
  );
  const stream = client.iterate({ query: 'subscription { orderChanged { cursor } }' });
  void (async () => {
    try {
      for await (const _ of stream);
    } catch {
      // The close is what this waits for, and it is looked at below.
    }
  })();
  return closed;
}

describe('a hub that is stopped under load', () => {
  it('cuts no request that it has begun to work on', async () => {
    const begun = await sut.pool.query('select from orders where reference = any($1)', [unanswered]);
    expect(begun.rowCount).toBe(0);
    expect(answered.length).toBeGreaterThanOrEqual(CLIENTS * WARM_UP);
    const statuses = new Set(answered.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([]);
  });

  it('has exactly the orders that it said it took', async () => {
    const { rows } = await sut.pool.query<{ reference: string }>('select reference from orders');
    const taken = answered.filter(({ status }) => status === 201).map(({ reference }) => reference);
    expect(rows.map(({ reference }) => reference).toSorted()).toEqual(taken.toSorted());
  });

  it('says that it is not ready as soon as it stops, and goes on to answer', () => {
    // What comes in the last moment, when the server closes already, is turned away with the same status.
    const last = readiness.findLast(({ checks }) => checks !== undefined);
    expect(last).toMatchObject({ status: 503, checks: { process: 'The process is stopping.' } });
    expect(readiness.at(-1)).toMatchObject({ status: 503 });
  });

  it('tells subscribers to come again', () => {
    expect(closeCode).toBe(GOING_AWAY);
  });

  it('finishes the tasks that are under way', async () => {
    const { rows } = await sut.pool.query<{ active: number }>(
      `select count(*)::int as active from pgboss.job where state = 'active'`,
    );
    expect(rows).toEqual([{ active: 0 }]);
    // What the ERP took is known: nothing is asked for twice.
    const posted = sut.world.sap.salesOrders().length;
    const known = await sut.pool.query<{ posted: number }>(
      `select count(*)::int as posted from event_log where type = 'SalesOrderPosted'`,
    );
    expect(known.rows).toEqual([{ posted }]);
  });
});
