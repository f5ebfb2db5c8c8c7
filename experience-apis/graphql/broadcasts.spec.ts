import { once } from 'node:events';
import type { Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../test/support/until.js';
import { fieldOf, READ, startGraphHub, take, type Answer, type GraphHub, type TokenWish } from './spec-support.js';

const CHANGES = `subscription ($channel: String, $after: Cursor) {
  orderChanged(channel: $channel, after: $after) { cursor event { type version } order { id reference } } }`;
/** Big enough that a client that stops reading fills all buffers soon. */
const BULKY = `subscription ($after: Cursor) {
  orderChanged(channel: "shop-eu", after: $after) { cursor order { ${Array.from({ length: 10 }, (_, n) => `l${n}`)
    .map((name) => `${name}: lines { ...Line }`)
    .join(' ')} } } }
  fragment Line on OrderLine { id listingSku sku title ordered quantities { open reserved shipped cancelled } }`;

let hub: GraphHub;
const clients: Client[] = [];

beforeAll(async () => {
  hub = await startGraphHub();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  await until(
    () => hub.broadcasts.counts,
    ({ subscribers, groups }) => subscribers === 0 && groups === 0,
    { what: 'the end of all groups', timeoutMs: 30_000 },
  );
});

afterAll(() => hub.close());

async function connect(wish: TokenWish = {}): Promise<Client> {
  const client = await hub.connect(wish);
  clients.push(client);
  return client;
}

function referencesOf(answers: readonly Answer[]): readonly string[] {
  return answers.map((answer) => (fieldOf(answer, 'orderChanged') as { order: { reference: string } }).order.reference);
}

describe('subscribers with the same document, variables and rights', () => {
  it('share the making of each message, whoever they are and wherever they begin', async () => {
    const after = await hub.logEnd();
    const people = await Promise.all(['ann', 'ben', 'cem'].map((subject) => connect({ subject })));
    const streams = people.flatMap((client) =>
      Array.from({ length: 30 }, (_, n) =>
        take(client, { query: CHANGES, variables: { channel: 'shop-eu', ...(n % 2 === 0 ? { after } : {}) } }, 6),
      ),
    );
    await hub.subscribed(90);
    expect(hub.broadcasts.counts.groups).toBe(1);
    const { made } = hub.broadcasts.counts;
    await hub.orders.accept('shop-eu', ['B-1', 'B-2']);
    const told = await Promise.all(streams);
    expect(hub.broadcasts.counts.made - made).toBe(6);
    for (const answers of told) expect(answers).toEqual(told[0]);
    expect(referencesOf(told[0] ?? []).toSorted()).toEqual(['B-1', 'B-1', 'B-1', 'B-2', 'B-2', 'B-2']);
  });

  it('that see different channels, or hold different scopes, share nothing', async () => {
    const whole = take(await connect(), { query: CHANGES }, 6);
    const more = take(await connect({ scopes: [...READ, 'pii:read'] }), { query: CHANGES }, 6);
    const partner = take(await connect({ channel: 'amazon-de' }), { query: CHANGES }, 3);
    const named = take(await connect(), { query: CHANGES, variables: { channel: 'amazon-de' } }, 3);
    await hub.subscribed(4);
    expect(hub.broadcasts.counts.groups).toBe(4);
    await hub.orders.accept('shop-eu', ['B-3']);
    await hub.orders.accept('amazon-de', ['B-4']);
    expect(referencesOf(await partner)).toEqual(['B-4', 'B-4', 'B-4']);
    expect(referencesOf(await named)).toEqual(['B-4', 'B-4', 'B-4']);
    expect(referencesOf(await whole)).toHaveLength(6);
    expect(referencesOf(await more)).toHaveLength(6);
  });

  it('join without loss and without doubles while others are being told', async () => {
    const after = await hub.logEnd();
    const client = await connect();
    const variables = { channel: 'shop-eu', after };
    const writing = (async () => {
      for (let n = 0; n < 40; n += 1) await hub.orders.accept('shop-eu', [`J-${n}-a`, `J-${n}-b`]);
    })();
    const streams: Promise<readonly Answer[]>[] = [];
    for (let n = 0; n < 20; n += 1) {
      streams.push(take(client, { query: CHANGES, variables }, 240));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await writing;
    const told = await Promise.all(streams);
    for (const answers of told) {
      const versions = Map.groupBy(
        answers.map(({ data }) => data?.['orderChanged'] as { event: { version: number }; order: { id: string } }),
        ({ order }) => order.id,
      );
      expect(versions.size).toBe(80);
      for (const ofOrder of versions.values()) expect(ofOrder.map(({ event }) => event.version)).toEqual([1, 2, 3]);
    }
  });
});

function cursorsOf(answers: readonly Answer[]): readonly string[] {
  return answers.map((answer) => (fieldOf(answer, 'orderChanged') as { cursor: string }).cursor);
}

const SLOW_CONNECTION = 'connection-of-a-slow-client';

/** A client as bare as can be: one that can stop reading. */
class RawClient {
  readonly messages: { readonly type: string; readonly payload?: unknown }[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString('utf8')) as { type: string }));
  }

  static async open(payload: object): Promise<RawClient> {
    const headers = { 'x-correlation-id': SLOW_CONNECTION };
    const socket = new WebSocket(hub.wsUrl, 'graphql-transport-ws', { headers });
    await once(socket, 'open');
    const client = new RawClient(socket);
    const authorization = `Bearer ${await hub.token()}`;
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: 'slow', type: 'subscribe', payload }));
    return client;
  }

  get cursors(): readonly string[] {
    return this.messages.flatMap(({ type, payload }) =>
      type === 'next' ? [(payload as { data: { orderChanged: { cursor: string } } }).data.orderChanged.cursor] : [],
    );
  }
}

/** Three events each; their messages are more than all buffers hold. */
const ORDERS = 800;
const EVENTS = 3 * ORDERS;

describe('a client that stops reading', () => {
  it('is ended with the cursor to resume from, while others are told on; with it nothing is lost', async () => {
    const after = await hub.logEnd();
    const slow = await RawClient.open({ query: BULKY });
    const steady = take(await connect(), { query: CHANGES, variables: { channel: 'shop-eu' } }, EVENTS);
    await hub.subscribed(2);
    slow.socket.pause();
    for (let n = 0; n < ORDERS / 100; n += 1)
      await hub.orders.accept(
        'shop-eu',
        Array.from({ length: 100 }, (_, order) => `L-${n}-${order}`),
      );
    await hub.subscribed(0);
    expect(await steady).toHaveLength(EVENTS);
    slow.socket.resume();
    const end = await until(
      () => slow.messages.find(({ type }) => type === 'error'),
      (message) => message !== undefined,
      { what: 'the end of the slow stream', timeoutMs: 30_000 },
    );
    const cursor = slow.cursors.at(-1);
    expect(end).toMatchObject({
      id: 'slow',
      payload: [{ extensions: { code: 'SLOW_CONSUMER', cursor, correlationId: SLOW_CONNECTION } }],
    });
    const noted = hub.logged.filter((line) => line.includes('messages wait for the client'));
    expect(noted).toEqual([expect.stringContaining(`"correlationId":"${SLOW_CONNECTION}"`)]);
    const rest = take(await connect(), { query: BULKY, variables: { after: cursor } }, EVENTS - slow.cursors.length);
    const all = take(await connect(), { query: CHANGES, variables: { channel: 'shop-eu', after } }, EVENTS);
    expect([...slow.cursors, ...cursorsOf(await rest)]).toEqual(cursorsOf(await all));
    slow.socket.terminate();
  }, 60_000);
});
