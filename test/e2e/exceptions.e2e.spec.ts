import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlCatalog } from '../../process-apis/catalog/index.js';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { BOTH_NODES, NORTH_ONLY, partnerOrder, SERIALISED } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { until } from '../support/until.js';

const MANY = 400;
const TIMEOUT_MS = 25_000;
const MANY_TIMEOUT_MS = 150_000;
const UNKNOWN = 'NOBODY-MAPPED-IT';
const PLACED_AT_ONCE = 20;

interface ShownException {
  readonly id: string;
  readonly category: string;
  readonly owner: string;
  readonly status: string;
  readonly sentence: string;
  readonly actions: readonly { readonly action: string }[];
}

let sut: HubUnderTest;
let clerk: string;

beforeAll(async () => {
  sut = await startHubUnderTest();
  clerk = await sut.token(['orders:read', 'orders:write', 'pii:read', 'exceptions:read', 'exceptions:resolve']);
});
afterAll(() => sut.close());

async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const { data, errors } = await sut.graphql<Data>(query, variables, clerk);
  if (errors !== undefined || data === undefined || data === null) throw new Error(JSON.stringify(errors));
  return data;
}

async function open(filter: object): Promise<readonly ShownException[]> {
  const { exceptions } = await ask<{ exceptions: { edges: { node: ShownException }[] } }>(
    `query ($filter: ExceptionFilter) { exceptions(filter: $filter, first: 20) { edges { node {
       id category owner status sentence actions { action } } } } }`,
    { filter },
  );
  return exceptions.edges.map(({ node }) => node);
}

/** The exception as soon as it is there. */
async function raised(filter: object): Promise<ShownException> {
  const [first] = await until(
    () => open(filter),
    (found) => found.length > 0,
    {
      what: `an exception ${JSON.stringify(filter)}`,
      timeoutMs: TIMEOUT_MS,
    },
  );
  if (first === undefined) throw new Error('no exception');
  return first;
}

async function solve(input: object): Promise<object> {
  const { resolveExceptions } = await ask<{ resolveExceptions: object }>(
    `mutation ($input: ResolveExceptionsInput!) { resolveExceptions(input: $input) { __typename
       ... on ExceptionsResolved { taken outcomes { taken changed code message } }
       ... on ExceptionInputInvalid { message } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  return resolveExceptions;
}

async function expectGone(id: string): Promise<void> {
  const { exception } = await until(
    () => ask<{ exception: ShownException }>(`query ($id: ID!) { exception(id: $id) { status } }`, { id }),
    (seen) => seen.exception.status === 'RESOLVED',
    { what: 'the end of the exception', timeoutMs: TIMEOUT_MS },
  );
  expect(exception.status).toBe('RESOLVED');
}

async function place(change: object, sku = BOTH_NODES): Promise<string> {
  const order = { ...partnerOrder([{ sku, quantity: 1 }]), ...change };
  await sut
    .http()
    .post(`/channels/${PARTNER_ACCOUNT}/v1/orders`)
    .set({ authorization: `Bearer ${sut.bearer}`, 'idempotency-key': randomUUID() })
    .send(order)
    .expect(201);
  return order.reference;
}

describe(`${MANY} orders for a listing that nobody mapped`, () => {
  it('are one group with a sentence and a button, and all ship after one click', async () => {
    for (let placed = 0; placed < MANY; placed += PLACED_AT_ONCE)
      await Promise.all(
        Array.from({ length: PLACED_AT_ONCE }, () => sut.placePartner([{ sku: UNKNOWN, quantity: 1 }])),
      );
    const { exceptionGroups } = await ask<{
      exceptionGroups: { edges: { node: { groupKey: string; count: number } }[] };
    }>('{ exceptionGroups(first: 1) { edges { node { groupKey count } } } }');
    const group = { category: 'UNKNOWN_SKU', groupKey: `LISTING:${PARTNER_ACCOUNT}/${UNKNOWN}` };
    expect(exceptionGroups.edges).toEqual([{ node: { groupKey: group.groupKey, count: MANY } }]);
    expect(await solve({ ...group, action: 'MAP_SKU', sku: NORTH_ONLY })).toMatchObject({
      __typename: 'ExceptionsResolved',
      taken: MANY,
    });
    const left = async (): Promise<number> => {
      const { rows } = await sut.pool.query<{ count: number }>(
        `select count(*)::int as count from orders
         where status <> 'SHIPPED' and state::jsonb @? '$.lines[*] ? (@.listingSku == "${UNKNOWN}")'`,
      );
      return rows[0]?.count ?? 0;
    };
    const none = await until(left, (count) => count === 0, { what: 'all orders', timeoutMs: MANY_TIMEOUT_MS });
    expect(none).toBe(0);
    expect(await open({ categories: ['UNKNOWN_SKU'] })).toEqual([]);
    await expectStockAddsUp(sut.pool);
  }, 240_000);
});

describe('an order that a rule stops for its address', () => {
  it('ships to the corrected one', async () => {
    const rule = { name: 'Islands', kind: 'ADDRESS', country: 'IS', reason: 'The carrier needs the postal code.' };
    await sut
      .http()
      .put(`/operations/v1/hold-rules/${randomUUID()}`)
      .set('authorization', `Bearer ${sut.bearer}`)
      .send(rule)
      .expect(204);
    const shipTo = { name: 'Test Buyer', line1: 'Laugavegur 1', city: 'Reykjavik', country: 'IS' };
    // Rules are read anew every two seconds.
    const held = await until(
      async () => {
        const reference = await place({ shipTo });
        return { reference, found: await open({ categories: ['ADDRESS_FAILURE'] }) };
      },
      ({ found }) => found.length > 0,
      { what: 'the rule', timeoutMs: TIMEOUT_MS },
    );
    const [exception] = held.found;
    expect(exception).toMatchObject({
      owner: 'CUSTOMER_SERVICE',
      sentence: expect.stringContaining('Islands') as string,
    });
    expect(await sut.order(PARTNER_ACCOUNT, held.reference)).toMatchObject({ shipments: [], erp: { status: 'NONE' } });
    const wrong = await solve({ ids: [exception?.id], action: 'CORRECT_ADDRESS', shipTo: { ...shipTo, line1: ' ' } });
    expect(wrong).toMatchObject({
      __typename: 'ExceptionInputInvalid',
      message: expect.stringContaining('/shipTo/line1') as string,
    });
    const corrected = { ...shipTo, line1: 'Laugavegur 10', postalCode: '101' };
    expect(await solve({ ids: [exception?.id], action: 'CORRECT_ADDRESS', shipTo: corrected })).toMatchObject({
      taken: 1,
    });
    const done = await sut.waitForOrder(PARTNER_ACCOUNT, held.reference, ({ completedAt }) => completedAt !== null);
    expectOnceOutside(sut.world, done);
    const { order } = await ask<{ order: object }>(
      `query ($id: ID!) { order(id: $id) { parties(reveal: true) { shipTo { line1 postalCode } } holds { kind releasedBy } } }`,
      { id: done.id },
    );
    expect(order).toEqual({
      parties: { shipTo: { line1: 'Laugavegur 10', postalCode: '101' } },
      holds: [{ kind: 'ADDRESS', releasedBy: 'operator:e2e' }],
    });
    await expectGone(exception?.id ?? '');
  });
});

describe('an order whose total is not what its lines make', () => {
  it('waits until someone accepts the price', async () => {
    const catalog = sut.hub.app.get(SqlCatalog, { strict: false });
    const account = await catalog.account(PARTNER_ACCOUNT);
    if (account === undefined) throw new Error('no partner');
    const ordering = { ...(account.settings['ordering'] as object | undefined), priceTolerance: 1 };
    await catalog.saveAccounts([{ ...account, settings: { ...account.settings, ordering } }]);
    const reference = await place({ grandTotal: { amount: '99.00', currency: 'EUR' } });
    const exception = await raised({ categories: ['PRICE_MISMATCH'] });
    expect(exception).toMatchObject({ owner: 'FINANCE', sentence: expect.stringContaining('99.00') as string });
    expect(await sut.order(PARTNER_ACCOUNT, reference)).toMatchObject({ erp: { status: 'NONE' } });
    expect(
      await solve({ ids: [exception.id], action: 'ACCEPT_PRICE', reason: 'A voucher that the partner does not tell.' }),
    ).toMatchObject({ taken: 1 });
    const done = await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
    expectOnceOutside(sut.world, done);
    await expectGone(exception.id);
  });
});

describe('a message that was refused', () => {
  it('is taken when it is read again after its cause was mended', async () => {
    const sku = 'BRAND-NEW';
    sut.world.wms.receiveStock({ sku, node: 'dc-north', quantity: 7 });
    const exception = await raised({ text: sku });
    expect(exception).toMatchObject({ category: 'MESSAGE_REFUSED', owner: 'INTEGRATION' });
    const again = { ids: [exception.id], action: 'REPROCESS_MESSAGE' };
    expect(await solve(again)).toMatchObject({ taken: 0, outcomes: [{ taken: false, code: 'AGAINST_THE_RULES' }] });
    await sut
      .http()
      .put('/operations/v1/items')
      .set('authorization', `Bearer ${sut.bearer}`)
      .send({ items: [{ sku, title: 'A new one' }] })
      .expect(204);
    expect(await solve(again)).toMatchObject({ taken: 1, outcomes: [{ message: null }] });
    const { rows } = await sut.pool.query('select on_hand from position where sku = $1', [sku]);
    expect(rows).toEqual([{ on_hand: 7 }]);
    await expectGone(exception.id);
  });
});

describe('a person who holds an order by hand', () => {
  it('stops it, and lets it go on', async () => {
    sut.world.sap.setDown(true);
    const reference = await sut.placePartner([{ sku: SERIALISED, quantity: 1 }]);
    const { id: orderId } = await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ erp }) => erp.status === 'REQUESTED');
    const { placeHold } = await ask<{ placeHold: { order: { holds: { id: string }[] } } }>(
      `mutation ($input: PlaceHoldInput!) { placeHold(input: $input) { ... on OrderActionTaken { order { holds { id } } } } }`,
      { input: { orderId, reason: 'The buyer called.', idempotencyKey: randomUUID() } },
    );
    sut.world.sap.setDown(false);
    const confirmed = await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ erp }) => erp.status === 'CONFIRMED');
    expect(confirmed.fulfillmentOrders).toMatchObject([{ status: 'PLANNED' }]);
    await raised({ categories: ['ORDER_HELD'] });
    await ask(
      `mutation ($input: ReleaseHoldInput!) { releaseHold(input: $input) { ... on OrderActionTaken { changed } } }`,
      {
        input: { orderId, holdId: placeHold.order.holds[0]?.id, reason: 'All is well.', idempotencyKey: randomUUID() },
      },
    );
    const done = await sut.waitForOrder(PARTNER_ACCOUNT, reference, ({ completedAt }) => completedAt !== null);
    expectOnceOutside(sut.world, done);
    expect(await open({ categories: ['ORDER_HELD'] })).toEqual([]);
  });
});
