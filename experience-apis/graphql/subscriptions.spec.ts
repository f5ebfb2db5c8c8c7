import { createClient, type Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodeCursor, LOG_START } from '../../src/platform/event-log/index.js';
import { refusalOf, startGraphHub, take, type Answer, type GraphHub, type TokenWish } from './spec-support.js';

interface Change {
  readonly cursor: string;
  readonly event: { readonly type: string; readonly version: number };
  readonly order: { readonly id: string; readonly version: number; readonly status: string };
}

const CHANGES = `subscription ($orderId: ID, $channel: String, $after: Cursor) {
  orderChanged(orderId: $orderId, channel: $channel, after: $after) { cursor event { type version } order { id version status } } }`;

let hub: GraphHub;
const clients: Client[] = [];

beforeAll(async () => {
  hub = await startGraphHub();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

afterAll(() => hub.close());

async function connect(wish: TokenWish = {}): Promise<Client> {
  const client = await hub.connect(wish);
  clients.push(client);
  return client;
}

function changesOf(answers: readonly Answer[]): readonly Change[] {
  return answers.map(({ data, errors }) => {
    expect(errors).toBeUndefined();
    return data?.['orderChanged'] as Change;
  });
}

const START = encodeCursor(LOG_START);

describe('the stream of an order', () => {
  it('shows every step in order, with the order at least as new', async () => {
    await hub.orders.accept('shop-eu', ['S-1']);
    const { id, version } = await hub.orders.order('shop-eu', 'S-1');
    const stream = take(await connect(), { query: CHANGES, variables: { orderId: id, after: START } }, version + 3);
    await hub.orders.tell(
      'sap-s4hana',
      { by: 'ID', orderId: id },
      { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: {} },
    );
    await hub.orders.tell('sap-s4hana', { by: 'ID', orderId: id }, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
    const changes = changesOf(await stream);
    expect(changes.map(({ event }) => event.version)).toEqual(changes.map((_, n) => n + 1));
    expect(changes.slice(version).map(({ event }) => event.type)).toEqual([
      'SalesOrderPosted',
      'SalesOrderConfirmed',
      'FulfillmentRequested',
    ]);
    for (const { event, order } of changes) expect(order.version).toBeGreaterThanOrEqual(event.version);
    expect(changes.at(-1)?.order).toMatchObject({ id, status: 'RESERVED' });
  });

  it('shows what happens to its shipments', async () => {
    await hub.orders.accept('shop-eu', ['S-2']);
    const { id } = await hub.orders.order('shop-eu', 'S-2');
    const query = `subscription ($id: ID) { shipmentUpdated(orderId: $id, after: "${START}") {
      event { type } order { status } shipment { reference deliveryDocument invoice packages { trackingNumber channelConfirmedAt } } } }`;
    const stream = take(await connect(), { query, variables: { id } }, 4);
    await hub.orders.fulfill('shop-eu', 'S-2');
    const updates = (await stream).map(({ data }) => data?.['shipmentUpdated'] as { event: { type: string } });
    expect(updates.map(({ event }) => event.type)).toEqual([
      'ShipmentConfirmed',
      'ChannelShipmentConfirmed',
      'GoodsIssuePosted',
      'InvoicePosted',
    ]);
    expect(updates.at(-1)).toMatchObject({
      order: { status: 'SHIPPED' },
      shipment: {
        deliveryDocument: 'D-S-S-2-1',
        invoice: 'I-S-2',
        packages: [{ trackingNumber: 'JJD-S-2-1', channelConfirmedAt: expect.any(String) as string }],
      },
    });
  });

  it('shows a partner its own channel alone', async () => {
    const after = await hub.logEnd();
    const stream = take(await connect({ channel: 'amazon-de' }), { query: CHANGES, variables: { after } }, 3);
    await hub.orders.accept('shop-eu', ['S-3']);
    await hub.orders.accept('amazon-de', ['S-3']);
    const own = await hub.orders.order('amazon-de', 'S-3');
    expect(new Set(changesOf(await stream).map(({ order }) => order.id))).toEqual(new Set([own.id]));
  });

  it('stays silent for an order of another channel', async () => {
    const foreign = await hub.orders.order('shop-eu', 'S-1');
    const seen: unknown[] = [];
    const leave = (await connect({ channel: 'amazon-de' })).subscribe(
      { query: CHANGES, variables: { orderId: foreign.id, after: START } },
      { next: (result) => seen.push(result), error: (error) => seen.push(error), complete: () => undefined },
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    leave();
    expect(seen).toEqual([]);
  });
});

describe('a client that comes back with its last cursor', () => {
  it('gets everything exactly once while 8 writers go on', async () => {
    const after = await hub.logEnd();
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 15; n += 1) await hub.orders.accept('shop-eu', [`W-${writer}-${n}`]);
    });
    const seen: Change[] = [];
    let cursor = after;
    // 120 orders with three events each; the client drops out every 25 events.
    while (seen.length < 360) {
      const client = await hub.connect();
      const count = Math.min(25, 360 - seen.length);
      seen.push(
        ...changesOf(await take(client, { query: CHANGES, variables: { channel: 'shop-eu', after: cursor } }, count)),
      );
      await client.dispose();
      cursor = seen.at(-1)?.cursor ?? cursor;
    }
    await Promise.all(writers);
    const { rows } = await hub.pool.query<{ events: number }>(
      `select count(*)::int as events from event_log e join orders o on o.id = e.stream_id where o.reference like 'W-%'`,
    );
    expect(rows[0]?.events).toBe(360);
    expect(new Set(seen.map(({ cursor: place }) => place)).size).toBe(360);
    for (const ofOrder of Map.groupBy(seen, ({ order }) => order.id).values())
      expect(ofOrder.map(({ event }) => event.version)).toEqual([1, 2, 3]);
  });
});

describe('many subscribers', () => {
  it('of the same event cost one reading of the order', async () => {
    const after = await hub.logEnd();
    const [one, two] = [await connect(), await connect()];
    const statements = await hub.countStatements(async () => {
      const streams = Array.from({ length: 100 }, (_, n) =>
        take(n % 2 === 0 ? one : two, { query: CHANGES, variables: { channel: 'amazon-de', after } }, 3),
      );
      await hub.subscribed(100);
      await hub.orders.accept('amazon-de', ['M-1']);
      for (const stream of streams) expect(changesOf(await stream)).toHaveLength(3);
    });
    expect(statements.filter((text) => text.includes('from orders o'))).toHaveLength(1);
  });

  it('on one connection are bounded', async () => {
    const client = await connect();
    const leave = Array.from({ length: 100 }, () =>
      client.subscribe(
        { query: 'subscription { orderChanged { cursor } }' },
        { next: () => undefined, error: () => undefined, complete: () => undefined },
      ),
    );
    const errors = await refusalOf(client, { query: 'subscription { orderChanged { cursor } }' });
    expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }]);
    for (const stop of leave) stop();
    // Those that were left count no more.
    await hub.subscribed(0);
    const stream = take(client, { query: CHANGES, variables: { after: START } }, 1);
    expect(changesOf(await stream)).toHaveLength(1);
  });
});

function closingOf(connectionParams: Record<string, unknown>): Promise<unknown> {
  const client = createClient({ url: hub.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
  clients.push(client);
  return refusalOf(client, { query: 'subscription { orderChanged { cursor } }' }).catch((error: unknown) => error);
}

describe('a connection', () => {
  it.each([
    ['no token', {}],
    ['a forged token', { authorization: 'Bearer e30.e30.e30' }],
    ['what is no header', { authorization: ['Bearer x'] }],
  ])('with %s is closed with 4401', async (_, params) => {
    expect(await closingOf(params)).toMatchObject({ code: 4401 });
  });

  it('takes the header’s name in either case', async () => {
    const Authorization = `Bearer ${await hub.token()}`;
    const client = createClient({
      url: hub.wsUrl,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { Authorization },
    });
    clients.push(client);
    expect(await take(client, { query: CHANGES, variables: { after: START } }, 1)).toHaveLength(1);
  });

  it('ends with its token; a new token and the last cursor go on', async () => {
    const after = await hub.logEnd();
    const client = await connect({ ttlSeconds: 8 });
    const seen: Answer[] = [];
    const ended = new Promise((resolve) => {
      client.subscribe(
        { query: CHANGES, variables: { channel: 'shop-eu', after } },
        { next: (result) => void seen.push(result as Answer), error: resolve, complete: () => resolve('complete') },
      );
    });
    await hub.orders.accept('shop-eu', ['E-1']);
    expect(await ended).toMatchObject({ code: 4403, reason: expect.stringContaining('expired') as string });
    expect(seen).toHaveLength(3);
    await hub.orders.accept('shop-eu', ['E-2']);
    const cursor = changesOf(seen).at(-1)?.cursor;
    const rest = changesOf(
      await take(await connect(), { query: CHANGES, variables: { channel: 'shop-eu', after: cursor } }, 3),
    );
    const { id } = await hub.orders.order('shop-eu', 'E-2');
    expect(new Set(rest.map(({ order }) => order.id))).toEqual(new Set([id]));
  });

  it('is closed for a message over the limit, before any token', async () => {
    const socket = new WebSocket(hub.wsUrl, 'graphql-transport-ws');
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.once('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { x: 'x'.repeat(70_000) } })),
    );
    socket.once('error', () => undefined);
    expect(await code).toBe(1009);
  });
});
