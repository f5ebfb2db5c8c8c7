import type { Client } from 'graphql-ws';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMAZON_ACCOUNT, PARTNER_ACCOUNT, SHOPIFY_ACCOUNT } from '../../src/demo/retail.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { BOTH_NODES, type PlacedOrder } from '../support/place-orders.js';
import { routesOf, type Route } from '../support/routes.js';

/** What anybody may call, with the reason. Everything else asks for a token or a signature. */
const PUBLIC: Readonly<Record<string, string>> = {
  'GET /.well-known/jwks.json': 'public keys are for everybody',
  'GET /.well-known/openid-configuration': 'what an issuer offers is for everybody',
  'GET /oauth/authorize': 'whoever comes here is asked who they are',
  'POST /oauth/authorize': 'the password guards it, and the form is bound to the browser',
  'POST /oauth/token': 'the secret of the client, the code or the refresh token guards it',
  'POST /oauth/revoke': 'the token itself guards it',
  'POST /oauth/sign-out': 'the cookie of the session guards it',
  'GET /console': 'the page holds nothing of a business',
  'GET /console/config.json': 'how to sign in is for everybody',
  'GET /console*': 'the page holds nothing of a business',
  'GET /openapi': 'contracts are public',
  'GET /openapi/:file': 'contracts are public',
  'GET /livez': 'says only that the process runs',
  'GET /readyz': 'says only which part is not ready',
};
/** Tell who has a token what it is good for: no scope is needed. */
const FOR_ANY_TOKEN: readonly string[] = ['/auth/self'];
const ACCOUNTS: Readonly<Record<string, string>> = {
  '/channels/amazon/': AMAZON_ACCOUNT,
  '/channels/shopify/': SHOPIFY_ACCOUNT,
  '/channels/:account': PARTNER_ACCOUNT,
};

let sut: HubUnderTest;

beforeAll(async () => {
  sut = await startHubUnderTest();
});
afterAll(() => sut.close());

function pathOf({ path }: Route): string {
  const account = Object.entries(ACCOUNTS).find(([prefix]) => path.startsWith(prefix))?.[1] ?? '';
  return path.replace(':account', account).replaceAll(/:\w+/g, 'something');
}

/** The routes that a token or a signature guards. */
function guarded(): readonly Route[] {
  return routesOf(sut.hub.app).filter(({ method, path }) => PUBLIC[`${method} ${path}`] === undefined);
}

function call({ method }: Route, path: string): request.Test {
  const verb = method.toLowerCase() as 'get' | 'post' | 'put';
  const sent = sut.http()[verb](path);
  if (path !== '/graphql') return sent;
  // Without an operation, and a header that no form can send, the graph refuses before it looks at the caller.
  const operation = { query: '{ __typename }' };
  return verb === 'get' ? sent.set('apollo-require-preflight', '1').query(operation) : sent.send(operation);
}

describe('every route', () => {
  it('is found', () => {
    const names = routesOf(sut.hub.app).map(({ method, path }) => `${method} ${path}`);
    expect(names).toEqual(expect.arrayContaining(Object.keys(PUBLIC)));
    expect(guarded().length).toBeGreaterThanOrEqual(10);
    expect(names).toContain('POST /channels/:account/v1/orders/:reference/cancellations');
  });

  it('that is not public answers 401 without a token', async () => {
    for (const route of guarded()) {
      const { status } = await call(route, pathOf(route));
      expect({ ...route, status }).toEqual({ ...route, status: 401 });
    }
  });

  it.each([
    ['that is none', () => Promise.resolve('not-a-token')],
    ['without a signature', async () => `${(await sut.token(['orders:read'])).split('.').slice(0, 2).join('.')}.`],
    ['that was changed', async () => (await sut.token(['orders:read'])).replace(/.{4}$/, 'AAAA')],
  ])('that is not public answers 401 to a token %s', async (_, tokenOf) => {
    const authorization = `Bearer ${await tokenOf()}`;
    for (const route of guarded()) {
      const { status } = await call(route, pathOf(route)).set({ authorization });
      expect({ ...route, status }).toEqual({ ...route, status: 401 });
    }
  });

  it('that takes a token answers 403 to one without the scope', async () => {
    const authorization = `Bearer ${await sut.token(['nothing:at-all'])}`;
    const bySignature = ['/channels/shopify/', '/wms/', '/carriers/', '/graphql'];
    for (const route of guarded()) {
      if ([...bySignature, ...FOR_ANY_TOKEN].some((prefix) => route.path.startsWith(prefix))) continue;
      const { status } = await call(route, pathOf(route)).set({ authorization });
      expect({ ...route, status }).toEqual({ ...route, status: 403 });
    }
  });
});

describe('a partner’s token', () => {
  let partner: string;
  let placed: readonly PlacedOrder[];
  let amazonOrderId: string;
  const ORDERS = '{ orders(first: 50) { edges { node { channel reference } } } }';
  const own = (): PlacedOrder => {
    const order = placed.find(({ channel }) => channel === PARTNER_ACCOUNT);
    if (order === undefined) throw new Error('the partner has no order');
    return order;
  };

  beforeAll(async () => {
    partner = await sut.token(['orders:read', 'orders:write'], PARTNER_ACCOUNT);
    placed = await sut.placeEverywhere([{ sku: BOTH_NODES, quantity: 1 }]);
    const orders = await sut.waitForAll(placed, ({ completedAt }) => completedAt !== null);
    amazonOrderId = orders.find(({ channel }) => channel === AMAZON_ACCOUNT)?.id ?? '';
  });

  const getStatus = async (path: string): Promise<number> =>
    (await sut.http().get(path).set('authorization', `Bearer ${partner}`)).status;

  it('sees its own orders by REST, and no other channel', async () => {
    expect(await getStatus(`/channels/${PARTNER_ACCOUNT}/v1/orders/${own().reference}`)).toBe(200);
    for (const { channel, reference } of placed.filter((order) => order.channel !== PARTNER_ACCOUNT)) {
      expect(await getStatus(`/channels/${channel}/v1/orders/${reference}`)).toBe(404);
      expect(await getStatus(`/channels/${PARTNER_ACCOUNT}/v1/orders/${reference}`)).toBe(404);
    }
    expect(await getStatus('/operations/v1/messages')).toBe(403);
  });

  it('that may notify cannot do so for another channel', async () => {
    const notifier = await sut.token(['channel:notify'], PARTNER_ACCOUNT);
    const path = `/channels/amazon/${AMAZON_ACCOUNT}/notifications`;
    const answer = await sut.http().post(path).set('authorization', `Bearer ${notifier}`).send({});
    expect(answer.status).toBe(404);
  });

  it('sees its own orders in the graph, and no other channel', async () => {
    const { data } = await sut.graphql<{ orders: { edges: { node: PlacedOrder }[] } }>(ORDERS, {}, partner);
    expect(data?.orders.edges.map(({ node }) => node)).toEqual([own()]);
    const byId = '{ order(id: "ID") { id } }'.replace('ID', amazonOrderId);
    expect(await sut.graphql(byId, {}, partner)).toEqual({ data: { order: null } });
    const cancel = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { __typename } }`;
    const input = { orderId: amazonOrderId, reason: 'not mine', idempotencyKey: 'not-my-order' };
    expect(await sut.graphql(cancel, { input }, partner)).toEqual({
      data: { cancelOrder: { __typename: 'OrderNotFound' } },
    });
  });

  it('sees its own orders in live streams, and no other channel', async () => {
    const { rows } = await sut.pool.query<{ events: number }>(
      `select count(*)::int as events from event_log where stream_type = 'order' and scope = $1`,
      [PARTNER_ACCOUNT],
    );
    const seen = await readStream(sut.connect(partner), 'orderChanged', rows[0]?.events ?? 0);
    expect(new Set(seen)).toEqual(new Set([PARTNER_ACCOUNT]));
    const everything = await readStream(sut.connect(), 'orderChanged', (rows[0]?.events ?? 0) + 1);
    expect(new Set(everything).size).toBeGreaterThan(1);
  });

  it('cannot ask for another channel’s stream', async () => {
    const client = sut.connect(partner);
    const query = `subscription { orderChanged(channel: "${AMAZON_ACCOUNT}", after: "${LOG_START}") { event { type } } }`;
    const told: unknown[] = [];
    const ended = new Promise<void>((resolve) => {
      client.subscribe(
        { query },
        {
          next: (result) => void told.push(result.data ?? undefined),
          error: () => resolve(),
          complete: () => resolve(),
        },
      );
    });
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500))]);
    expect(told.filter((data) => data !== undefined)).toEqual([]);
    await client.dispose();
  });
});

it('a socket without a token is closed', async () => {
  const client = sut.connect('not-a-token');
  const closed = new Promise<unknown>((resolve) => {
    client.on('closed', (event) => resolve(event));
  });
  client.subscribe(
    { query: 'subscription { orderChanged { cursor } }' },
    { next: () => undefined, error: () => undefined, complete: () => undefined },
  );
  expect(await closed).toMatchObject({ code: 4401 });
});

/** Before the first event: `0:0` as the hub writes cursors. */
const LOG_START = Buffer.from('0:0').toString('base64url');

/** The channels of the first so many events of the whole log that the stream gives. */
function readStream(client: Client, field: string, count: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const channels: string[] = [];
    client.subscribe<Record<string, { order: { channel: string } }>>(
      { query: `subscription { ${field}(after: "${LOG_START}") { order { channel } } }` },
      {
        next: ({ data }) => {
          channels.push(data?.[field]?.order.channel ?? '');
          if (channels.length < count) return;
          resolve(channels);
          void client.dispose();
        },
        error: (reason) => reject(new Error(JSON.stringify(reason))),
        complete: () => resolve(channels),
      },
    );
  });
}
