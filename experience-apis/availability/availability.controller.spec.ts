import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedChannels, seedRule } from '../../process-apis/availability/testing/selling.js';
import { seedStock } from '../../process-apis/availability/testing/seed.js';
import { routesOf } from '../../test/support/routes.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { startAvailabilityApp, type AvailabilityApp } from './testing/availability-app.js';
import {
  answerMisfits,
  CONTRACT,
  deref,
  misfits,
  operations,
  type Answer,
  type JsonObject,
} from './testing/contract.js';

const CHECK = '/availability/v1/check';
const RESERVATIONS = '/availability/v1/reservations';
const DRY_RUN = '/availability/v1/sourcing/dry-run';
const SCOPES = ['availability:read', 'availability:reserve'];

let database: TestDatabase;
let pool: pg.Pool;
let test: AvailabilityApp;
let bearer: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  await seedStock(pool, ['A', 'B'], { 'A@N1': 3, 'A@N2': 9, 'B@N2': 2 });
  await seedChannels(pool, { shop: {}, other: {} });
  await pool.query(`insert into item_unit values ('A', 'pack', 3)`);
  await pool.query(`insert into listing (channel, listing_sku, sku, unit) values ('shop', 'L-PACK', 'A', 'pack')`);
  await seedRule(pool, { channel: 'shop', kind: 'BUFFER', sku: 'A', units: 1, name: 'counter' });
  test = await startAvailabilityApp(pool);
  bearer = await test.token(SCOPES);
});

afterAll(async () => {
  await test.close();
  await pool.end();
  await database.drop();
});

/** Sends, and requires that the contract says what is answered. */
async function send(
  method: 'get' | 'post' | 'delete',
  path: string,
  { body, as = bearer, template = path }: { body?: object; as?: string; template?: string } = {},
): Promise<Answer & { readonly body: JsonObject }> {
  const request = test.agent[method](path).set('authorization', `Bearer ${as}`);
  const answer = await (body === undefined ? request : request.send(body));
  expect(answerMisfits(method, template, answer)).toEqual([]);
  return answer;
}

function check(body: object, as = bearer) {
  return send('post', CHECK, { body, as });
}

async function pointersOf(path: string, body: object): Promise<readonly string[]> {
  const answer = await send('post', path, { body });
  expect(answer.status).toBe(422);
  const errors = answer.body['errors'] as { pointer: string; detail: string }[];
  expect(errors.every(({ detail }) => detail.length > 10)).toBe(true);
  return errors.map(({ pointer }) => pointer).toSorted();
}

describe('a check', () => {
  it('answers up to 500 items, with the sum where it is asked for', async () => {
    const answer = await check({
      channel: 'shop',
      items: [{ sku: 'A' }, { listingSku: 'L-PACK', quantity: 4 }],
      explain: true,
    });
    expect(answer.body).toMatchObject({
      channel: 'shop',
      items: [
        {
          sku: 'A',
          status: 'IN_STOCK',
          available: 11,
          explanation: [{ atp: 12, ats: 11, rules: [{ name: 'counter' }] }],
        },
        { listingSku: 'L-PACK', status: 'NOT_AVAILABLE', available: 3 },
      ],
    });
    const many = await check({ channel: 'shop', items: Array.from({ length: 500 }, () => ({ sku: 'B' })) });
    expect([many.status, (many.body['items'] as unknown[]).length]).toEqual([200, 500]);
    expect(
      await pointersOf(CHECK, { channel: 'shop', items: Array.from({ length: 501 }, () => ({ sku: 'B' })) }),
    ).toEqual(['/items']);
  });

  it('says of each thing that is wrong where it is', async () => {
    const yesterday = new Date(Date.now() - 24 * 60 * 60_000).toISOString().slice(0, 10);
    expect(
      await pointersOf(CHECK, {
        channel: 'shop',
        items: [
          { sku: 'A', quantity: 1.5 },
          { sku: 'A', quantity: -1 },
          { sku: 'A', quantity: 0 },
          { sku: 'A', quantity: '1' },
          { sku: 'A', listingSku: 'L-PACK' },
          {},
          { sku: 'A', date: yesterday },
          { sku: 'A', date: '2026-02-30' },
          { sku: 'A', quantitty: 2 },
        ],
        explian: true,
      }),
    ).toEqual([
      '/explian',
      '/items/0/quantity',
      '/items/1/quantity',
      '/items/2/quantity',
      '/items/3/quantity',
      '/items/4',
      '/items/5',
      '/items/6/date',
      '/items/7/date',
      '/items/8/quantitty',
    ]);
    expect(
      await pointersOf(CHECK, {
        channel: 'shop',
        items: [{ sku: 'NONE' }, { listingSku: 'NONE' }, { sku: 'A', node: 'NONE' }],
      }),
    ).toEqual(['/items/0/sku', '/items/1/listingSku', '/items/2/node']);
  });

  it('is for who may ask, about its own channel, and behind the answer with a scope more', async () => {
    const items = [{ sku: 'A' }];
    expect((await send('post', CHECK, { body: { channel: 'shop', items }, as: 'none' })).status).toBe(401);
    const reserver = await test.token(['availability:reserve']);
    expect((await check({ channel: 'shop', items }, reserver)).status).toBe(403);
    const bound = await test.token(SCOPES, 'shop');
    expect((await check({ channel: 'shop', items }, bound)).status).toBe(200);
    expect((await check({ channel: 'other', items }, bound)).status).toBe(404);
    expect((await check({ channel: 'nobody', items }, bearer)).status).toBe(404);
    expect((await check({ channel: 'shop', items, explain: true }, bound)).status).toBe(403);
    const insider = await test.token([...SCOPES, 'availability:explain'], 'shop');
    expect((await check({ channel: 'shop', items, explain: true }, insider)).status).toBe(200);
  });

  it('cannot be read when it is not JSON', async () => {
    const answer = await test.agent
      .post(CHECK)
      .set('authorization', `Bearer ${bearer}`)
      .set('content-type', 'application/json')
      .send('{"channel"');
    expect([answer.status, answerMisfits('post', CHECK, answer)]).toEqual([400, []]);
    const text = await test.agent.post(CHECK).set('authorization', `Bearer ${bearer}`).type('text/plain').send('x');
    expect([text.status, answerMisfits('post', CHECK, text)]).toEqual([415, []]);
  });
});

describe('a reservation', () => {
  const cart = {
    channel: 'shop',
    reference: 'cart/1',
    kind: 'CART',
    ttlSeconds: 60,
    lines: [{ sku: 'B', quantity: 2 }],
  };
  const at = `${RESERVATIONS}/cart%2F1`;
  const template = `${RESERVATIONS}/{reference}`;

  it('is held once, read, extended and released', async () => {
    const made = await send('post', RESERVATIONS, { body: cart });
    expect([made.status, made.headers['location']]).toEqual([201, `${at}?channel=shop`]);
    expect(made.body).toMatchObject({
      status: 'HELD',
      lines: [{ sku: 'B', quantity: 2, nodes: [{ node: 'N2', quantity: 2 }] }],
    });
    expect((await send('post', RESERVATIONS, { body: cart })).status).toBe(200);
    expect((await send('post', RESERVATIONS, { body: { ...cart, ttlSeconds: 61 } })).body).toMatchObject({
      type: 'https://entrepot.dev/problems/reservation-exists',
    });
    expect((await check({ channel: 'shop', items: [{ sku: 'B' }] })).body).toMatchObject({ items: [{ available: 0 }] });

    expect((await send('get', `${at}?channel=shop`, { template })).body).toEqual(made.body);
    const longer = await send('post', `${at}/extension?channel=shop`, {
      body: { ttlSeconds: 600 },
      template: `${template}/extension`,
    });
    expect((longer.body['expiresAt'] as string) > (made.body['expiresAt'] as string)).toBe(true);

    const released = await send('delete', `${at}?channel=shop`, { template });
    expect(released.body).toMatchObject({ status: 'RELEASED', lines: [{ nodes: [] }] });
    expect((await send('delete', `${at}?channel=shop`, { template })).body).toEqual(released.body);
    expect((await send('post', RESERVATIONS, { body: cart })).body).toMatchObject({
      type: 'https://entrepot.dev/problems/reservation-ended',
    });
    const late = await send('post', `${at}/extension?channel=shop`, {
      body: { ttlSeconds: 60 },
      template: `${template}/extension`,
    });
    expect(late.status).toBe(409);
  });

  it('is refused whole, with what is missing', async () => {
    const lines = [
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity: 5 },
    ];
    const answer = await send('post', RESERVATIONS, { body: { ...cart, reference: 'cart-2', lines } });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      type: 'https://entrepot.dev/problems/out-of-stock',
      errors: [{ pointer: '/lines/1/quantity', detail: '3 of 5 cannot be had now: ask for 2.' }],
    });
    expect((await send('get', `${RESERVATIONS}/cart-2?channel=shop`, { template })).status).toBe(404);
  });

  it('says of each thing that is wrong where it is', async () => {
    expect(
      await pointersOf(RESERVATIONS, {
        ...cart,
        reference: 'with space',
        kind: 'BASKET',
        ttlSeconds: 604_801,
        lines: [{ sku: 'B', quantity: 0.5 }],
      }),
    ).toEqual(['/kind', '/lines/0/quantity', '/reference', '/ttlSeconds']);
    expect(await pointersOf(RESERVATIONS, { ...cart, reference: 'r', lines: [{ sku: 'NONE', quantity: 1 }] })).toEqual([
      '/lines/0/sku',
    ]);
    expect((await send('get', at, { template })).status).toBe(422);
  });

  it('is seen by its channel alone', async () => {
    const bound = await test.token(SCOPES, 'other');
    expect((await send('get', `${at}?channel=shop`, { template, as: bound })).status).toBe(404);
    expect((await send('get', at, { template, as: bound })).status).toBe(404);
    const own = await test.token(SCOPES, 'shop');
    expect((await send('get', at, { template, as: own })).status).toBe(200);
  });
});

describe('the dry run', () => {
  it('says where an order would go and why not elsewhere, and claims nothing', async () => {
    const body = {
      channel: 'shop',
      lines: [
        { sku: 'A', quantity: 5 },
        { sku: 'B', quantity: 1 },
      ],
    };
    const answer = await send('post', DRY_RUN, { body });
    expect(answer.body).toMatchObject({
      allocations: [
        { line: 0, node: 'N2', quantity: 5 },
        { line: 1, node: 'N2', quantity: 1 },
      ],
      missing: [],
      nodes: [
        { node: 'N1', rank: 1, chosen: false, whyNot: ['has 3 of 5 of A', 'has 0 of 1 of B'] },
        { node: 'N2', rank: 2, chosen: true },
      ],
      limited: [{ sku: 'A', available: 12, ats: 11 }],
    });
    expect((await send('post', DRY_RUN, { body })).body['allocations']).toEqual(answer.body['allocations']);
    expect(await pointersOf(DRY_RUN, { ...body, method: 'COLLECT' })).toEqual(['/collectAt']);
    expect(await pointersOf(DRY_RUN, { ...body, method: 'COLLECT', collectAt: 'NONE' })).toEqual(['/collectAt']);
    const bound = await test.token(SCOPES, 'shop');
    expect((await send('post', DRY_RUN, { body, as: bound })).status).toBe(403);
  });
});

describe('the contract', () => {
  it('names the routes that there are', () => {
    const routes = routesOf(test.app)
      .filter(({ path }) => path.startsWith('/availability/'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(routes.toSorted()).toEqual(operations().toSorted());
  });

  it('shows requests that the hub takes, and bodies that fit their schemas', async () => {
    const examples = deref(deref(CONTRACT['components'])['examples']);
    for (const [example, schema] of [
      ['CheckRequest', 'CheckRequest'],
      ['CheckAnswer', 'CheckAnswer'],
      ['ExplainedAnswer', 'CheckAnswer'],
      ['ReservationRequest', 'ReservationRequest'],
      ['Reservation', 'Reservation'],
      ['ReleasedReservation', 'Reservation'],
      ['Extension', 'Extension'],
      ['DryRunRequest', 'DryRunRequest'],
      ['DryRun', 'DryRun'],
      ['UnknownChannel', 'Problem'],
      ['Ended', 'Problem'],
    ] as const)
      expect([example, misfits(schema, deref(examples[example])['value'])]).toEqual([example, []]);
  });
});
