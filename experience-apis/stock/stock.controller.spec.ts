import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routesOf } from '../../test/support/routes.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { readPositions } from '../../process-apis/availability/index.js';
import { listMessages } from '../../process-apis/intake/index.js';
import { FACTS_MAX, factsBody, wireFact } from './stock.wire.js';
import {
  answerMisfits,
  CONTRACT,
  deref,
  misfits,
  operations,
  type Answer,
  type JsonObject,
} from './testing/contract.js';
import { startStockApp, type StockApp } from './testing/stock-app.js';

let database: TestDatabase;
let pool: pg.Pool;
let stock: StockApp;
let erp: string;
let operator: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  await pool.query(`insert into node (id, name, priority) values ('dc', 'North', 1), ('store', 'Store', 2)`);
  await pool.query(`insert into item (sku, title) values ('A', 'A')`);
  await pool.query(`insert into item_unit (sku, unit, factor) values ('A', 'case', 12)`);
  stock = await startStockApp(pool);
  erp = await stock.token('erp', 'stock:write');
  operator = await stock.token('anna', 'operations:read');
});

afterAll(async () => {
  await stock.close();
  await pool.end();
  await database.drop();
});

async function post(path: string, body: object, token = erp): Promise<Answer> {
  const answer = await stock.agent.post(path).set('authorization', `Bearer ${token}`).send(body);
  expect(answerMisfits('post', path, answer)).toEqual([]);
  return answer;
}

async function feeds(query = ''): Promise<Answer> {
  const answer = await stock.agent.get(`/stock/v1/feeds${query}`).set('authorization', `Bearer ${operator}`);
  expect(answerMisfits('get', '/stock/v1/feeds', answer)).toEqual([]);
  return answer;
}

function fact(id: string, given: object = {}): JsonObject {
  return { id, kind: 'RECEIVED', sku: 'A', node: 'dc', occurredAt: '2026-03-02T09:00:00+01:00', quantity: 1, ...given };
}

const FACTS = '/stock/v1/facts';

describe('stock facts over HTTP', () => {
  it('are answered one by one; what is refused holds up no other and is kept', async () => {
    const body = {
      facts: [
        fact('1', { quantity: 2, unit: 'case' }),
        fact('2', { sku: 'X' }),
        fact('3', { quantity: 0.5 }),
        fact('1'),
        fact('4', { kind: 'ADJUSTED', quantity: -4, reason: 'SALE' }),
      ],
    };
    const { status, body: answer } = await post(FACTS, body);
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      outcomes: [
        { index: 0, id: '1', outcome: 'TAKEN' },
        { index: 1, id: '2', outcome: 'REFUSED', problem: { code: 'UNKNOWN_ITEM', pointer: '/facts/1/sku' } },
        {
          index: 2,
          id: '3',
          outcome: 'REFUSED',
          problem: { code: 'NOT_A_WHOLE_NUMBER', pointer: '/facts/2/quantity' },
        },
        { index: 3, id: '1', outcome: 'DUPLICATE' },
        { index: 4, id: '4', outcome: 'TAKEN' },
      ],
    });
    expect(await readPositions(pool, ['A'])).toMatchObject([{ node: 'dc', onHand: 20 }]);
    const kept = await listMessages(pool, 'REFUSED', undefined, 10);
    expect(kept.map(({ externalId, reason, pointer }) => `${externalId} ${reason} ${pointer}`).toSorted()).toEqual([
      'fact:erp/2 UNKNOWN_ITEM /sku',
      'fact:erp/3 NOT_A_WHOLE_NUMBER /quantity',
    ]);
    expect((await post(FACTS, { facts: [fact('1')] })).body).toEqual({
      outcomes: [{ index: 0, id: '1', outcome: 'DUPLICATE' }],
    });
  });

  it('come from the caller of the token, who must own what it writes', async () => {
    await pool.query(`insert into bucket_owner (node, bucket, source) values ('store', 'onHand', 'pos')`);
    const facts = [fact('5', { node: 'store' })];
    expect((await post(FACTS, { facts })).body).toMatchObject({
      outcomes: [{ outcome: 'REFUSED', problem: { code: 'NOT_OWNER', pointer: '/facts/0' } }],
    });
    const pos = await stock.token('pos', 'stock:write');
    expect((await post(FACTS, { facts }, pos)).body).toMatchObject({ outcomes: [{ outcome: 'TAKEN' }] });
  });

  it.each<readonly [string, object, string]>([
    ['no facts', { facts: [] }, '/facts'],
    ['too many facts', { facts: Array.from({ length: FACTS_MAX + 1 }, (_, index) => fact(`m-${index}`)) }, '/facts'],
    ['an unknown kind', { facts: [fact('6', { kind: 'LOST' })] }, '/facts/0/kind'],
    ['a quantity in words', { facts: [fact('6', { quantity: '1' })] }, '/facts/0/quantity'],
    ['a local time', { facts: [fact('6'), fact('7', { occurredAt: '2026-03-02T09:00:00' })] }, '/facts/1/occurredAt'],
    ['a sequence of 0', { facts: [fact('6', { sequence: 0 })] }, '/facts/0/sequence'],
    ['no document', { facts: [fact('6', { kind: 'TRANSFER_RECEIVED' })] }, '/facts/0/document'],
  ])('refuses a body with %s whole', async (_, body, pointer) => {
    const answer = await post(FACTS, body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{ pointer }] });
  });

  it('needs its scopes', async () => {
    expect((await post(FACTS, { facts: [fact('8')] }, operator)).status).toBe(403);
    expect((await stock.agent.post(FACTS).send({ facts: [fact('8')] })).status).toBe(401);
    expect((await stock.agent.get('/stock/v1/feeds').set('authorization', `Bearer ${erp}`)).status).toBe(403);
  });
});

describe('feeds over HTTP', () => {
  it('show a gap until a snapshot closes it', async () => {
    await post(FACTS, { facts: [fact('s-1', { sequence: 1 }), fact('s-4', { sequence: 4 })] });
    expect((await feeds()).body).toMatchObject({
      feeds: [
        { source: 'erp', node: 'dc', lastSequence: 4, gap: { from: 2, to: 3 }, refused: 2 },
        { source: 'erp', node: 'store', refused: 1 },
      ],
    });
    const taken = await post('/stock/v1/snapshots', { node: 'dc', asOf: '2026-03-02T10:00:00Z', sequence: 4 });
    expect(taken.status).toBe(204);
    const [first, second] = [await feeds('?limit=1'), await feeds('?limit=2')];
    expect(first.body).toMatchObject({ feeds: [{ node: 'dc', gap: null, snapshotWantedAt: null }] });
    const { next = '' } = first.body as { next?: string };
    expect((await feeds(`?after=${next}`)).body).toMatchObject({ feeds: [{ node: 'store' }] });
    expect(second.body).toHaveProperty('next');
    expect((await feeds('?after=bad')).status).toBe(422);
    const unknown = await post('/stock/v1/snapshots', { node: 'no', asOf: '2026-03-02T10:00:00Z' });
    expect(unknown.body).toMatchObject({ errors: [{ pointer: '/node', detail: 'There is no node "no".' }] });
  });
});

describe('the published contract of stock facts', () => {
  it('has the routes that the hub has', () => {
    const routes = routesOf(stock.app)
      .filter(({ path }) => path.startsWith('/stock/'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path}`);
    expect(operations().toSorted()).toEqual(routes.toSorted());
  });

  it('shows examples that fit it, and that the hub takes', () => {
    const examples = deref(deref(CONTRACT['components'])['examples']);
    const schemas: Readonly<Record<string, string>> = {
      NightlyCount: 'Facts',
      Receipt: 'Facts',
      Transfer: 'Facts',
      Outcomes: 'Outcomes',
      Snapshot: 'Snapshot',
      Feeds: 'Feeds',
    };
    expect(Object.keys(examples).toSorted()).toEqual(Object.keys(schemas).toSorted());
    for (const [name, schema] of Object.entries(schemas)) {
      const { value } = deref(examples[name]);
      expect([name, misfits(schema, value)]).toEqual([name, []]);
    }
    for (const name of ['NightlyCount', 'Receipt', 'Transfer'])
      expect([name, factsBody.safeParse(deref(examples[name])['value']).success]).toEqual([name, true]);
  });

  it.each<readonly [string, JsonObject]>([
    ['COUNTED', { qualityHold: 1, lot: 'L', expiresOn: '2026-09-30' }],
    ['HELD', {}],
    ['HOLD_LIFTED', {}],
    ['SAFETY_STOCK_SET', { quantity: 0 }],
    ['THRESHOLD_SET', {}],
    ['ANNOUNCED', { supply: 'ASN', document: 'D', expectedAt: '2026-03-02T09:00:00Z' }],
    ['ANNOUNCEMENT_CANCELLED', { document: 'D' }],
    ['TRANSFER_SHIPPED', { document: 'D', toNode: 'store' }],
    ['TRANSFER_RECEIVED', { document: 'D', serials: ['1'] }],
  ])('knows %s as the hub does', (kind, given) => {
    const one = fact('c', { kind, ...given });
    expect(misfits('Fact', one)).toEqual([]);
    expect(wireFact.safeParse(one).success).toBe(true);
    for (const field of ['id', 'sku', 'node', 'occurredAt', ...Object.keys(given)]) {
      const { [field]: _, ...without } = one;
      const [published, taken] = [misfits('Fact', without).length === 0, wireFact.safeParse(without).success];
      expect([field, published]).toEqual([field, taken]);
    }
  });
});
