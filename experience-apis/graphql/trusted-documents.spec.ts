import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf, startGraphHub, take, type Answer, type GraphHub, type TokenWish } from './spec-support.js';

const ORDER = 'query Order($reference: String!) { orderByReference(channel: "shop-eu", reference: $reference) { id } }';
const SCHEMA = 'query Schema { __schema { queryType { name } } }';
const CHANGES = 'subscription Changes { orderChanged(channel: "shop-eu") { event { type } } }';
const ARBITRARY = '{ orders(first: 1) { pageInfo { hasNextPage } } }';
const TRUSTED: TokenWish = { trustedOnly: true };

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Attempt {
  readonly method?: string;
  readonly path?: string;
  readonly body?: object;
}

let dir: string;

describe('a hub with trusted documents', () => {
  let hub: GraphHub;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'entrepot-trusted-'));
    const consoleDir = join(dir, 'console');
    mkdirSync(consoleDir);
    writeFileSync(join(consoleDir, 'documents.json'), JSON.stringify({ [hashOf(ORDER)]: ORDER }));
    const own = join(dir, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'changes.graphql'), CHANGES);
    writeFileSync(join(own, 'schema.graphql'), SCHEMA);
    writeFileSync(join(own, 'notes.txt'), 'not a document');
    hub = await startGraphHub({ ENTREPOT_CONSOLE_DIR: consoleDir, ENTREPOT_TRUSTED_DOCUMENTS: own });
    await hub.orders.accept('shop-eu', ['T-1']);
  });

  afterAll(async () => {
    await hub.close();
    rmSync(dir, { recursive: true });
  });

  async function send(body: object, wish = TRUSTED): Promise<{ readonly status: number; readonly body: Answer }> {
    const answer = await request(hub.url)
      .post('/graphql')
      .set('authorization', `Bearer ${await hub.token(wish)}`)
      .set('accept', 'application/graphql-response+json')
      .send(body);
    return { status: answer.status, body: answer.body as Answer };
  }

  it('runs them by their hash, with variables', async () => {
    const { status, body } = await send({ documentId: `sha256:${hashOf(ORDER)}`, variables: { reference: 'T-1' } });
    expect(status).toBe(200);
    expect(body).toEqual({ data: { orderByReference: { id: expect.any(String) as string } } });
  });

  it('runs what stands beside the id never', async () => {
    const { body } = await send({
      documentId: `sha256:${hashOf(ORDER)}`,
      query: ARBITRARY,
      variables: { reference: 'X' },
    });
    expect(body).toEqual({ data: { orderByReference: null } });
  });

  it('refuses any other document without the scope for it, whatever is in it', async () => {
    for (const query of [ARBITRARY, ORDER, '{ broken(', 'mutation { x }']) {
      const { status, body } = await send({ query });
      expect(status).toBe(403);
      expect(body).toMatchObject({ errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] });
      expect(body.data).toBeUndefined();
    }
    expect((await send({ query: ARBITRARY }, {})).status).toBe(200);
  });

  it.each([
    ['in the address', { method: 'get', path: `/graphql?query=${encodeURIComponent(ARBITRARY)}` }],
    ['in the address, beside an id', { method: 'get', path: `/graphql?documentId=schema&query={__typename}` }],
    ['beside an id that is none', { body: { query: ARBITRARY, documentId: null } }],
    ['beside a list of ids', { body: { query: ARBITRARY, documentId: ['schema'] } }],
    ['beside the id of an extension', { body: { query: ARBITRARY, extensions: { documentId: 'schema' } } }],
    ['in a batch', { body: [{ query: ARBITRARY }, { documentId: 'schema' }] }],
    [
      'as a persisted query',
      { body: { query: ARBITRARY, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(ARBITRARY) } } } },
    ],
    [
      'as the hash of a persisted query',
      { body: { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(ARBITRARY) } } } },
    ],
    ['behind the name of a trusted one', { body: { query: ARBITRARY, operationName: 'Order' } }],
  ])('runs no other document %s', async (_, { method = 'post', path = '/graphql', body }: Attempt) => {
    const call = method === 'get' ? request(hub.url).get(path) : request(hub.url).post(path).send(body);
    const answer = await call
      .set('authorization', `Bearer ${await hub.token(TRUSTED)}`)
      .set('accept', 'application/graphql-response+json');
    const { data, errors } = answer.body as Answer;
    expect(data).toBeUndefined();
    expect(errors).toHaveLength(1);
  });

  it('refuses an id that it does not know', async () => {
    const { status, body } = await send({ documentId: `sha256:${hashOf(ARBITRARY)}` }, {});
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'DOCUMENT_UNKNOWN' } }] });
  });

  it('gives a trusted document no more rights than its caller has', async () => {
    const { status, body } = await send({ documentId: 'schema' });
    expect(status).toBe(403);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'INTROSPECTION_NOT_ALLOWED' } }] });
    expect((await send({ documentId: 'schema' }, { scopes: ['graphql:introspect'], trustedOnly: true })).status).toBe(
      200,
    );
  });

  it.each([
    ['in the extensions', { query: '', extensions: { documentId: 'changes' } }],
    ['beside the query', { query: '', documentId: `sha256:${hashOf(CHANGES)}` }],
  ])('takes the id over WebSocket %s', async (_, payload) => {
    const client = await hub.connect(TRUSTED);
    const stream = take(client, payload, 1);
    await hub.subscribed(1);
    await hub.orders.accept('shop-eu', [`T-${Math.random()}`]);
    expect(await stream).toEqual([{ data: { orderChanged: { event: { type: 'OrderAccepted' } } } }]);
    await client.dispose();
  });

  it('refuses the same over WebSocket', async () => {
    const client = await hub.connect(TRUSTED);
    expect(await refusalOf(client, { query: CHANGES })).toMatchObject([
      { extensions: { code: 'DOCUMENT_NOT_TRUSTED' } },
    ]);
    const unknown = { query: '', extensions: { documentId: 'nothing' } };
    expect(await refusalOf(client, unknown)).toMatchObject([{ extensions: { code: 'DOCUMENT_UNKNOWN' } }]);
    const query = { query: '', extensions: { documentId: `sha256:${hashOf(ORDER)}` } };
    expect(await refusalOf(client, query)).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    await client.dispose();
  });
});

describe('a hub does not start', () => {
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'entrepot-trusted-'));
  });

  afterEach(() => rmSync(dir, { recursive: true }));

  it.each([
    [
      'that does not fit the schema',
      '{ ordres { id } }',
      {},
      /page\.graphql cannot be run: Cannot query field "ordres"/,
    ],
    ['that is none', '{ orders(', {}, /page\.graphql cannot be run: Syntax Error/],
    ['beyond the limits', ORDER, { ENTREPOT_GRAPHQL_DEPTH_MAX: '1' }, /page\.graphql cannot be run: .* deeper than 1/],
  ])('with a document %s', async (_, text, limits, message) => {
    writeFileSync(join(dir, 'page.graphql'), text);
    await expect(startGraphHub({ ENTREPOT_TRUSTED_DOCUMENTS: dir, ...limits })).rejects.toThrow(message);
  });

  it('with a manifest that is none, or a directory that is not there', async () => {
    writeFileSync(join(dir, 'documents.json'), JSON.stringify({ order: ORDER }));
    await expect(startGraphHub({ ENTREPOT_CONSOLE_DIR: dir })).rejects.toThrow(/documents\.json is no manifest/);
    writeFileSync(join(dir, 'documents.json'), '{');
    await expect(startGraphHub({ ENTREPOT_CONSOLE_DIR: dir })).rejects.toThrow(/documents\.json is not JSON/);
    const missing = join(dir, 'none');
    await expect(startGraphHub({ ENTREPOT_TRUSTED_DOCUMENTS: missing })).rejects.toThrow(/cannot be read/);
  });
});
