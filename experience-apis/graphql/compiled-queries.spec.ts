import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGraphHub, type Answer, type GraphHub, type TokenWish } from './spec-support.js';

const LINES = 'fragment Lines on Order { lines { sku unitPrice { decimal } } }';
const DOCUMENTS = {
  order: `query Page($id: ID!, $lines: Boolean = true, $first: Int! = 2, $asOf: DateTime) {
    order(id: $id, asOf: $asOf) { status ...Lines @include(if: $lines) timeline(first: $first) { type detail } }
  } ${LINES}`,
  persons: 'query Persons($id: ID!) { order(id: $id) { reference parties { buyer { name } } } }',
  causes: 'query Causes($id: ID!) { order(id: $id) { reference exceptions { id } } }',
  node: `query Any($id: ID!) {
    node(id: $id) { __typename ... on Order { reference } ... on OrderLine { sku } }
    again: node(id: $id) { id }
  }`,
  orders: `query List($filter: OrderFilter, $sort: OrderSort! = PLACED_DESC, $first: Int! = 20) {
    orders(filter: $filter, sort: $sort, first: $first) { edges { node { reference } } }
  }`,
  two: 'query One { orders(first: 1) { edges { cursor } } } query Two { __typename }',
} as const;
type Name = keyof typeof DOCUMENTS;

const UNKNOWN = '0199aaaa-0000-7000-8000-000000000009';

interface Told {
  readonly status: number;
  readonly type: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: Answer;
}

describe('a query of a trusted document', () => {
  let directory: string;
  let hub: GraphHub;
  let id: string;
  let lineId: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'entrepot-compiled-'));
    for (const [name, text] of Object.entries(DOCUMENTS)) writeFileSync(join(directory, `${name}.graphql`), text);
    hub = await startGraphHub({ ENTREPOT_TRUSTED_DOCUMENTS: directory });
    await hub.orders.accept('shop-eu', ['C-1', 'C-2']);
    const order = await hub.orders.fulfill('shop-eu', 'C-1');
    id = order.id;
    lineId = order.lines[0]?.id ?? '';
  });
  afterAll(async () => {
    await hub.close();
    rmSync(directory, { recursive: true });
  });

  /** Correlation ids differ for each request. */
  async function send(body: object, wish: TokenWish): Promise<Told> {
    const answer = await request(hub.url)
      .post('/graphql')
      .set('authorization', `Bearer ${await hub.token(wish)}`)
      .set('accept', 'application/graphql-response+json')
      .send(body);
    const { data, errors } = answer.body as Answer;
    return {
      status: answer.status,
      type: answer.headers['content-type'],
      retryAfter: answer.headers['retry-after'],
      body: {
        ...(data === undefined ? {} : { data }),
        ...(errors && { errors: errors.map((error) => ({ ...error, extensions: { code: error.extensions.code } })) }),
      },
    };
  }

  /** The same, asked for by its id and sent as it is. */
  async function bothWays(name: Name, more: object, wish: TokenWish = {}): Promise<readonly [Told, Told]> {
    return Promise.all([send({ documentId: name, ...more }, wish), send({ query: DOCUMENTS[name], ...more }, wish)]);
  }

  it.each<[what: string, name: Name, variables: () => object, wish?: TokenWish]>([
    ['with its variables', 'order', () => ({ id })],
    ['without what it leaves out', 'order', () => ({ id, lines: false, first: 1 })],
    ['of another time', 'order', () => ({ id, asOf: '2020-01-01T00:00:00Z' })],
    ['with variables that nobody asked for', 'order', () => ({ id, other: 1 })],
    ['of what is not there', 'order', () => ({ id: UNKNOWN })],
    ['of members of a union', 'node', () => ({ id: lineId })],
    ['with a filter and an order', 'orders', () => ({ filter: { channel: 'shop-eu' }, sort: 'PLACED_ASC' })],
    ['with null where it may be', 'orders', () => ({ filter: null })],
    ['with persons masked', 'persons', () => ({ id })],
    ['of another channel', 'order', () => ({ id }), { channel: 'amazon-de' }],
  ])('answers %s as any other', async (_, name, variables, wish) => {
    const [compiled, sent] = await bothWays(name, { variables: variables() }, wish);
    expect(compiled).toEqual(sent);
    expect(sent.status).toBe(200);
    expect(sent.body.errors).toBeUndefined();
  });

  it.each<[what: string, name: Name, variables: () => object, code: string, wish?: TokenWish]>([
    ['a variable that is missing', 'order', () => ({}), 'BAD_USER_INPUT'],
    ['a variable of another type', 'order', () => ({ id: { a: 1 } }), 'BAD_USER_INPUT'],
    ['a null where none may be', 'order', () => ({ id, first: null }), 'BAD_USER_INPUT'],
    ['a time that is none', 'order', () => ({ id, asOf: 'yesterday' }), 'BAD_USER_INPUT'],
    ['a word that is not in the list', 'orders', () => ({ sort: 'BY_MOOD' }), 'BAD_USER_INPUT'],
    ['a filter that does not exist', 'orders', () => ({ filter: { mood: 'good' } }), 'BAD_USER_INPUT'],
    ['an id that is none', 'order', () => ({ id: 'x' }), 'BAD_USER_INPUT'],
    ['a page that is too long', 'orders', () => ({ first: 1_000 }), 'BAD_USER_INPUT'],
    ['a field that the caller may not see', 'causes', () => ({ id }), 'SCOPE_MISSING'],
    ['all that the caller may not see', 'order', () => ({ id }), 'SCOPE_MISSING', { scopes: ['stock:read'] }],
  ])('refuses %s as any other', async (_, name, variables, code, wish) => {
    const [compiled, sent] = await bothWays(name, { variables: variables() }, wish);
    expect(compiled).toEqual(sent);
    expect(sent.body.errors?.map(({ extensions }) => extensions.code)).toContain(code);
  });

  it('is chosen by its name where there are several', async () => {
    const [compiled, sent] = await bothWays('two', { operationName: 'Two' });
    expect(compiled).toEqual(sent);
    expect(sent.body).toEqual({ data: { __typename: 'Query' } });
    const [none, noneSent] = await bothWays('two', {});
    expect(none).toEqual(noneSent);
    expect(none.status).toBe(400);
  });

  it('is refused under another name', async () => {
    const [compiled, sent] = await bothWays('order', { variables: { id }, operationName: 'Other' });
    expect(compiled).toEqual(sent);
    expect(sent.status).toBe(400);
  });
});
