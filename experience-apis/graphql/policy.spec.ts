import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READ, refusalOf, startGraphHub, take, type GraphHub } from './spec-support.js';

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub({
    ENTREPOT_GRAPHQL_DEPTH_MAX: '5',
    ENTREPOT_GRAPHQL_COST_MAX: '300',
    ENTREPOT_GRAPHQL_ALIASES_MAX: '3',
  });
  await hub.orders.accept('shop-eu', ['P-1']);
});

afterAll(() => hub.close());

/** Of them a server's own rules fail on those that depend on a variable. */
const WITHOUT_ROOT_FIELD = [
  'subscription { orderChanged @skip(if: true) { cursor } }',
  'subscription ($no: Boolean!) { orderChanged @include(if: $no) { cursor } }',
  'subscription ($no: Boolean!) { ... { ...Root } } fragment Root on Subscription { orderChanged @skip(if: $no) { cursor } }',
  'query Q { order(id: "1") { id } } subscription S($no: Boolean!) { ... @ include(if: $no) { orderChanged { cursor } } }',
];

const CANCEL = `mutation {
  cancelOrder(input: {orderId: "01900000-0000-7000-8000-000000000000", reason: "test", idempotencyKey: "policy-1"}) { __typename } }`;
const ALLOWED = '{ orderByReference(channel: "shop-eu", reference: "P-1") { id } }';

/** What each transport says to an operation that it must not run. */
const REFUSED: readonly (readonly [name: string, query: string, code: string, message: RegExp])[] = [
  [
    'a deep query',
    '{ orders(first: 1) { edges { node { shipments { packages { items { sku } } } } } } }',
    'GRAPHQL_VALIDATION_FAILED',
    /deeper than 5/,
  ],
  [
    'a deep query in fragments',
    `{ orders(first: 1) { ...A } } fragment A on OrderConnection { edges { node { ... on Order { ...B } } } }
     fragment B on Order { shipments { packages { items { sku } } } }`,
    'GRAPHQL_VALIDATION_FAILED',
    /deeper than 5/,
  ],
  [
    'a costly query',
    '{ orders(first: 100) { edges { node { erp { status } } } } }',
    'GRAPHQL_VALIDATION_FAILED',
    /costs/,
  ],
  [
    'a costly query with its size in a variable',
    'query ($n: Int = 1) { orders(first: $n) { edges { node { erp { status } } } } }',
    'GRAPHQL_VALIDATION_FAILED',
    /costs/,
  ],
  [
    'a costly query in fragments',
    `{ orders(first: 50) { ...A } } fragment A on OrderConnection { edges { node { erp { status } crossReferences { kind } timeline(first: 5) { type } } } }`,
    'GRAPHQL_VALIDATION_FAILED',
    /costs/,
  ],
  [
    'many aliases',
    `{ ${[1, 2, 3, 4].map((n) => `a${n}: order(id: "01900000-0000-7000-8000-00000000000${n}") { id }`).join(' ')} }`,
    'GRAPHQL_VALIDATION_FAILED',
    /more than 3 aliases/,
  ],
  ['introspection', '{ __schema { types { name } } }', 'INTROSPECTION_NOT_ALLOWED', /graphql:introspect/],
  [
    'introspection of one type',
    '{ __type(name: "Order") { name } }',
    'INTROSPECTION_NOT_ALLOWED',
    /graphql:introspect/,
  ],
  ['a mutation without its scope', CANCEL, 'SCOPE_MISSING', /orders:write/],
  [
    'an unknown field',
    '{ ordres { id } }',
    'GRAPHQL_VALIDATION_FAILED',
    /Cannot query field "ordres" on type "Query"\.$/,
  ],
  ['a circle of fragments', '{ ...A } fragment A on Query { ...A }', 'GRAPHQL_VALIDATION_FAILED', /itself/],
  ['what cannot be parsed', '{ order( }', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
  ['a document without end', `{ ${'id '.repeat(5_000)} }`, 'GRAPHQL_PARSE_FAILED', /tokens/],
];

describe('over HTTP', () => {
  it.each(REFUSED)('%s is refused', async (_, query, code, message) => {
    const { data, errors } = await hub.post(query);
    expect(data ?? null).toBeNull();
    expect(errors?.map((error) => error.message)).toContainEqual(expect.stringMatching(message));
    for (const error of errors ?? [])
      expect(error.extensions).toEqual({ code, correlationId: expect.any(String) as string });
  });

  it('nothing is answered without a token', async () => {
    const answer = await hub.send(ALLOWED);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const forged = await hub.send(ALLOWED).set('authorization', 'Bearer e30.e30.e30');
    expect(forged.status).toBe(401);
  });

  it('nothing is shown without the scope', async () => {
    const { data, errors } = await hub.post(ALLOWED, {}, { scopes: [] });
    expect(data).toEqual({ orderByReference: null });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('orders:read') as string, extensions: { code: 'SCOPE_MISSING' } },
    ]);
  });

  it('introspection is given for its scope', async () => {
    const { data } = await hub.post(getIntrospectionQuery(), {}, { scopes: ['graphql:introspect'] });
    expect(buildClientSchema(data as unknown as IntrospectionQuery).getType('Order')).toBeDefined();
    // The document is known to the server now, and still refused to others.
    expect((await hub.post(getIntrospectionQuery())).errors?.[0]?.extensions.code).toBe('INTROSPECTION_NOT_ALLOWED');
  });

  it('more mistakes in variables than are told are the caller’s mistakes too', async () => {
    const query =
      'query ($statuses: [OrderStatus!]) { orders(filter: { statuses: $statuses }) { pageInfo { hasNextPage } } }';
    const { errors } = await hub.post(query, { statuses: Array.from({ length: 200 }, (_, index) => index) });
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
  });

  it('a text that no database holds is the caller’s mistake', async () => {
    const query = 'query ($of: String!) { orderByReference(channel: $of, reference: "1") { id } }';
    const { errors } = await hub.post(query, { of: 'a\u0000b' });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('NUL') as string, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('a subscription is refused', async () => {
    const { errors } = await hub.post('subscription { orderChanged { cursor } }');
    expect(errors?.[0]?.extensions.code).toBe('SUBSCRIPTION_OVER_HTTP');
  });

  it('a subscription that may have no root field is refused as what it is, in a query or beside one', async () => {
    const authorization = `Bearer ${await hub.token()}`;
    for (const query of WITHOUT_ROOT_FIELD) {
      const send = (accept: string) =>
        request(hub.url)
          .post('/graphql')
          .set({ authorization, accept })
          .send({ query, operationName: query.startsWith('query') ? 'Q' : undefined });
      const answer = await send('application/graphql-response+json');
      expect([query, answer.status, answer.body]).toMatchObject([
        query,
        400,
        {
          errors: [
            {
              message: expect.stringContaining('must not depend on') as string,
              locations: [{ line: 1 }],
              extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
            },
          ],
        },
      ]);
      expect((await send('application/json')).status).toBe(200);
    }
  });

  it('batches and requests that a foreign page could make are refused', async () => {
    const authorization = `Bearer ${await hub.token()}`;
    const batch = await request(hub.url)
      .post('/graphql')
      .set('authorization', authorization)
      .send([{ query: ALLOWED }]);
    expect(batch.status).toBe(400);
    const simple = await request(hub.url).get('/graphql').query({ query: ALLOWED });
    expect(simple.status).toBe(400);
    expect(simple.text).toContain('CSRF');
    const form = await request(hub.url)
      .post('/graphql')
      .set('authorization', authorization)
      .type('form')
      .send({ query: ALLOWED });
    expect(form.status).toBe(415);
  });

  it('what breaks inside is told by its correlation id alone', async () => {
    await hub.pool.query(`update order_parties set sealed = '\\x00'`);
    const answer = await hub
      .send('{ orderByReference(channel: "shop-eu", reference: "P-1") { id parties { note } } }')
      .set('authorization', `Bearer ${await hub.token()}`)
      .set('x-correlation-id', 'case-12345678');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      data: { orderByReference: { id: expect.any(String) as string, parties: null } },
      errors: [
        {
          path: ['orderByReference', 'parties'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: 'case-12345678' },
        },
      ],
    });
    expect(answer.text).not.toMatch(/seal|cipher|stack/i);
  });

  it('there is no page', async () => {
    const answer = await request(hub.url).get('/graphql').set('accept', 'text/html');
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe('over WebSocket', () => {
  /** As subscriptions, so that it is not only their kind that refuses them. */
  const SUBSCRIPTIONS: typeof REFUSED = [
    [
      'a deep subscription',
      'subscription { orderChanged { order { shipments { packages { items { serials } } } } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /deeper than 5/,
    ],
    [
      'a costly subscription',
      'subscription { orderChanged { order { timeline(first: 500) { type } } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /costs/,
    ],
    [
      'a subscription with many aliases',
      'subscription { orderChanged { a: cursor b: cursor c: cursor d: cursor } }',
      'GRAPHQL_VALIDATION_FAILED',
      /more than 3 aliases/,
    ],
    [
      'introspection beside a subscription',
      'subscription S { orderChanged { cursor } } query I { __schema { types { name } } }',
      'GRAPHQL_VALIDATION_FAILED',
      /introspection/,
    ],
    ...WITHOUT_ROOT_FIELD.map((query): (typeof REFUSED)[number] => [
      'a subscription that may have no root field',
      query,
      'GRAPHQL_VALIDATION_FAILED',
      /must not depend on/,
    ]),
    ['a query', ALLOWED, 'GRAPHQL_VALIDATION_FAILED', /only subscriptions are taken: send the query over HTTP/],
    [
      'a subscription of a foreign channel',
      'subscription { orderChanged(channel: "amazon-de") { cursor } }',
      'UNKNOWN_ACCOUNT',
      /amazon-de/,
    ],
    [
      'a subscription after a forged cursor',
      'subscription { orderChanged(after: "bm9uZQ") { cursor } }',
      'CURSOR_NOT_READABLE',
      /cursor/,
    ],
    [
      'a subscription of what is no id',
      'subscription { orderChanged(orderId: "1") { cursor } }',
      'BAD_USER_INPUT',
      /no order id/,
    ],
  ];

  it('everything that HTTP refuses is refused too, and the connection serves on', async () => {
    const client = await hub.connect({ channel: 'shop-eu' });
    for (const [name, query, httpCode, message] of [...REFUSED, ...SUBSCRIPTIONS]) {
      const errors = await refusalOf(client, { query });
      // Here a query is refused for what it is before anyone looks at who sends it.
      const byKind = httpCode === 'INTROSPECTION_NOT_ALLOWED' || query === CANCEL;
      const code = byKind ? 'GRAPHQL_VALIDATION_FAILED' : httpCode;
      const said = byKind ? /introspection|only subscriptions/ : message;
      // With its name, so that a failure says which one it was.
      expect([name, errors.map((error) => error.message).join('\n')]).toEqual([name, expect.stringMatching(said)]);
      for (const error of errors)
        expect([name, error.extensions]).toEqual([name, { code, correlationId: expect.any(String) as string }]);
    }
    const stream = take(client, { query: 'subscription { orderChanged { event { type } } }' }, 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await hub.orders.accept('shop-eu', ['P-2']);
    expect(await stream).toMatchObject([{ data: { orderChanged: { event: { type: 'OrderAccepted' } } } }]);
    await client.dispose();
  });

  it('a subscription needs the scope', async () => {
    const client = await hub.connect({ scopes: ['pii:read'] });
    const errors = await refusalOf(client, { query: 'subscription { orderChanged { cursor } }' });
    expect(errors).toMatchObject([{ extensions: { code: 'SCOPE_MISSING' } }]);
    await client.dispose();
  });

  it('introspection stays refused whatever the scope: it is a query', async () => {
    const client = await hub.connect({ scopes: [...READ, 'graphql:introspect'] });
    const errors = await refusalOf(client, { query: '{ __schema { types { name } } }' });
    expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    await client.dispose();
  });
});
