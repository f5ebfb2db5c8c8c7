import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import { channelLine } from '../../process-apis/orders/testing/channel-orders.js';
import { fieldOf, startGraphHub, take, type Answer, type GraphHub, type TokenWish } from './spec-support.js';

const READ: TokenWish = { scopes: ['orders:read', 'exceptions:read'] };
const SOLVE: TokenWish = { scopes: ['orders:read', 'orders:write', 'exceptions:read', 'exceptions:resolve'] };
const SHOP: ChannelAccount = { id: 'shop-eu', kind: 'spec', name: 'Shop', active: true, settings: {} };
const SHIP_TO = { name: 'Ada Lovelace', line1: 'Sample street 5', city: 'Bonn', postalCode: '53111', country: 'DE' };

interface Shown {
  readonly id: string;
  readonly category: string;
  readonly [field: string]: unknown;
}

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  hub.intake.register('spec', () => ({
    outcome: 'REFUSED',
    reason: 'CONTRACT_MISMATCH',
    detail: 'the total is missing',
    pointer: '/total',
  }));
  await hub.orders.accept('shop-eu', ['E-1', 'E-2', 'E-3'], selling('NOT-MAPPED'));
  await hub.orders.accept('amazon-de', ['E-4'], selling('NOT-MAPPED'));
  await hub.orders.accept('shop-eu', ['H-1', 'H-2', 'H-3']);
});
afterAll(() => hub.close());

function selling(listingSku: string) {
  return { lines: [channelLine('1', 1, { listingSku })] };
}

const FIELDS = `id category title sentence why owner severity status overdue ageSeconds groupKey
  subject { channel reference listingSku } actions { action needs takes } order { reference }`;

async function exceptions(args: string, wish: TokenWish = READ): Promise<readonly Shown[]> {
  const answer = await hub.post(`{ exceptions(${args}) { edges { node { ${FIELDS} } } } }`, {}, wish);
  const { edges } = fieldOf(answer, 'exceptions') as { edges: { node: Shown }[] };
  return edges.map(({ node }) => node);
}

function solve(input: object, wish: TokenWish = SOLVE): Promise<Answer> {
  return hub.post(
    `mutation ($input: ResolveExceptionsInput!) { resolveExceptions(input: $input) {
       __typename
       ... on ExceptionsResolved { duplicate taken outcomes { exceptionId taken changed code message } }
       ... on ExceptionInputInvalid { message errors { pointer detail } }
       ... on TooManyExceptions { message }
       ... on IdempotencyKeyReused { message }
     } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
    wish,
  );
}

async function act(mutation: string, type: string, input: object, wish: TokenWish = SOLVE): Promise<Answer> {
  return hub.post(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) {
       __typename
       ... on OrderActionTaken { changed order { shipMethod erp { status } holds { id kind reason placedBy releasedBy } } }
       ... on OrderActionRejected { message } ... on OrderNotFound { message }
       ... on OrderActionInputInvalid { errors { pointer detail } }
     } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
    wish,
  );
}

async function idOf(reference: string): Promise<string> {
  return (await hub.orders.order('shop-eu', reference)).id;
}

describe('exceptions', () => {
  it('say what is wrong, why it matters, who owns it and what can be done', async () => {
    const [first, ...others] = await exceptions('filter: { categories: [UNKNOWN_SKU], channel: "shop-eu" }, first: 10');
    expect(others).toHaveLength(2);
    expect(first).toMatchObject({
      title: 'Unknown listing SKU',
      why: 'No item is known for what was sold: nothing can be reserved or shipped.',
      owner: 'CATALOG',
      severity: 'HIGH',
      status: 'OPEN',
      overdue: false,
      groupKey: 'LISTING:shop-eu/NOT-MAPPED',
      subject: { channel: 'shop-eu', listingSku: 'NOT-MAPPED' },
      actions: [
        { action: 'MAP_SKU', needs: ['sku'], takes: ['unit'] },
        { action: 'CANCEL', needs: ['reason'] },
        { action: 'IGNORE', needs: ['reason'] },
      ],
    });
    expect(first?.['sentence']).toContain('NOT-MAPPED');
    expect(['E-1', 'E-2', 'E-3'].map((reference) => ({ reference }))).toContainEqual(first?.['order']);
  });

  it('are read in as many statements whatever their number', async () => {
    const query = (first: number): Promise<Answer> =>
      hub.post(
        `{ exceptions(first: ${first}) { edges { node { id order { reference } evidence { kind } history { type } } } } }`,
        {},
        READ,
      );
    const one = await hub.countStatements(() => query(1));
    const many = await hub.countStatements(() => query(4));
    expect(many).toHaveLength(one.length);
    expect(many.length).toBeLessThan(8);
  });

  it('are grouped by cause, and paged', async () => {
    const answer = await hub.post(
      `{ exceptionGroups(first: 1) { edges { cursor node { category groupKey count owner title actions { action } } } pageInfo { hasNextPage endCursor } } }`,
      {},
      READ,
    );
    const { edges, pageInfo } = fieldOf(answer, 'exceptionGroups') as {
      edges: { node: object }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    expect(edges).toMatchObject([{ node: { groupKey: 'LISTING:shop-eu/NOT-MAPPED', count: 3, owner: 'CATALOG' } }]);
    expect(pageInfo.hasNextPage).toBe(true);
    const next = await hub.post(
      `{ exceptionGroups(first: 9, after: "${pageInfo.endCursor}") { edges { node { groupKey count } } } }`,
      {},
      READ,
    );
    expect(fieldOf(next, 'exceptionGroups')).toMatchObject({
      edges: [{ node: { groupKey: 'LISTING:amazon-de/NOT-MAPPED', count: 1 } }],
    });
    const page = await hub.post(`{ exceptions(first: 1, sort: SEVERITY) { pageInfo { endCursor } } }`, {}, READ);
    const { pageInfo: of } = fieldOf(page, 'exceptions') as { pageInfo: { endCursor: string } };
    expect(await exceptions(`first: 10, sort: SEVERITY, after: "${of.endCursor}"`)).toHaveLength(3);
    const foreign = await hub.post(
      `{ exceptions(first: 1, after: "${pageInfo.endCursor}") { pageInfo { hasNextPage } } }`,
      {},
      READ,
    );
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('are for a partner those of its own channel, without what was said to others', async () => {
    const partner: TokenWish = { ...READ, channel: 'amazon-de' };
    const [own, ...more] = await exceptions('first: 10', partner);
    expect(more).toEqual([]);
    expect(own).toMatchObject({ subject: { channel: 'amazon-de' } });
    const [other] = await exceptions('filter: { channel: "shop-eu" }, first: 1');
    const answer = await hub.post(`{ exception(id: "${other?.id}") { id } }`, {}, partner);
    expect(answer.data).toEqual({ exception: null });
    const counts = await hub.post('{ exceptionCounts { open } }', {}, partner);
    expect(counts.errors).toMatchObject([{ extensions: { code: 'NOT_FOR_CHANNELS' } }]);
    const refused = await solve({ ids: [own?.id], action: 'CANCEL', reason: 'x' }, { ...SOLVE, channel: 'amazon-de' });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'NOT_FOR_CHANNELS' } }]);
  });

  it('come to a partner live as those of its own channel alone', async () => {
    await hub.logEnd();
    const client = await hub.connect({ ...READ, channel: 'amazon-de' });
    const query = `subscription { exceptionChanged { event { type } exception { subject { channel reference } evidence { kind } } } }`;
    const changes = take(client, { query }, 1);
    await hub.subscribed(1);
    await hub.orders.accept('shop-eu', ['W-1'], selling('W-NOT-MAPPED'));
    await hub.orders.accept('amazon-de', ['W-2'], selling('W-NOT-MAPPED'));
    expect(await changes).toEqual([
      {
        data: {
          exceptionChanged: {
            event: { type: 'ExceptionRaised' },
            exception: { subject: { channel: 'amazon-de', reference: 'W-2' }, evidence: [] },
          },
        },
      },
    ]);
    await client.dispose();
  });

  it.each([
    ['{ exceptions(first: 1) { pageInfo { hasNextPage } } }', ['orders:read']],
    ['{ orderByReference(channel: "shop-eu", reference: "E-1") { exceptions { id } } }', ['orders:read']],
    ['{ messageBody(id: "x") }', ['exceptions:read']],
    ['mutation { assignExceptions(input: { ids: ["x"] }) { id } }', ['exceptions:read']],
  ])('need their scope: %s', async (query, scopes) => {
    const { errors } = await hub.post(query, {}, { scopes });
    expect(errors).toMatchObject([{ extensions: { code: 'SCOPE_MISSING' } }]);
  });
});

describe('solving exceptions', () => {
  it('takes one of two ways to name them, and only what belongs to the action', async () => {
    const [first] = await exceptions('first: 1');
    const wrong: readonly [object, RegExp][] = [
      [{ action: 'RETRY' }, /either "ids"/],
      [{ action: 'RETRY', ids: [first?.id], groupKey: 'x', category: 'LATE' }, /either "ids"/],
      [{ action: 'RETRY', ids: [] }, /at least one/],
      [{ action: 'RETRY', ids: ['7'] }, /no exception id/],
      [{ action: 'RETRY', ids: [first?.id], sku: 'A' }, /"sku" does not belong to RETRY/],
    ];
    for (const [input, message] of wrong)
      expect((await solve(input)).errors).toMatchObject([{ message: expect.stringMatching(message) as string }]);
  });

  it('of a group maps the SKU once for all, and is told live', async () => {
    await hub.logEnd();
    const client = await hub.connect(READ);
    const changes = take(
      client,
      {
        query: `subscription { exceptionChanged(categories: [UNKNOWN_SKU]) { event { type by detail } exception { status assignedTo } } }`,
      },
      1,
    );
    await hub.subscribed(1);
    const group = { category: 'UNKNOWN_SKU', groupKey: 'LISTING:shop-eu/NOT-MAPPED' };
    const none = await solve({ ...group, action: 'MAP_SKU' });
    expect(none.data?.['resolveExceptions']).toMatchObject({
      __typename: 'ExceptionInputInvalid',
      errors: [{ pointer: '/sku' }],
    });
    const [first] = await exceptions('filter: { channel: "shop-eu" }, first: 1');
    const assigned = await hub.post(
      `mutation { assignExceptions(input: { ids: ["${first?.id}"], to: "ada" }) { id assignedTo history { type by } } }`,
      {},
      SOLVE,
    );
    expect(fieldOf(assigned, 'assignExceptions')).toEqual([
      {
        id: first?.id,
        assignedTo: 'ada',
        history: [
          { type: 'ExceptionRaised', by: null },
          { type: 'ExceptionAssigned', by: 'operator:tester' },
        ],
      },
    ]);
    expect(await changes).toMatchObject([
      { data: { exceptionChanged: { event: { type: 'ExceptionAssigned' }, exception: { assignedTo: 'ada' } } } },
    ]);
    const taken = await exceptions('filter: { assigned: true }');
    expect(taken.map(({ id }) => id)).toEqual([first?.id]);
    const free = await exceptions('filter: { assigned: false }');
    expect(free.length).toBeGreaterThan(0);
    expect(free.map(({ id }) => id)).not.toContain(first?.id);
    const { rows } = await hub.pool.query<{ sku: string }>('select sku from item order by sku limit 1');
    const roleless = await solve(
      { ...group, action: 'MAP_SKU', sku: rows[0]?.sku },
      { ...SOLVE, scopes: [...(SOLVE.scopes ?? []), 'role:FRAUD'] },
    );
    expect(roleless.data?.['resolveExceptions']).toMatchObject({ taken: 0, outcomes: [{ code: 'NOT_YOURS' }, {}, {}] });
    const done = await solve({ ...group, action: 'MAP_SKU', sku: rows[0]?.sku });
    expect(done.data?.['resolveExceptions']).toMatchObject({
      __typename: 'ExceptionsResolved',
      duplicate: false,
      taken: 3,
    });
    await client.dispose();
  });
});

describe('an order by hand', () => {
  it('is held, shown as held, and released', async () => {
    const orderId = await idOf('H-1');
    const held = await act('placeHold', 'PlaceHoldInput', { orderId, reason: 'The buyer called.' });
    expect(held.data?.['placeHold']).toMatchObject({
      changed: true,
      order: { holds: [{ kind: 'MANUAL', placedBy: 'operator:tester' }] },
    });
    const { order: shown } = fieldOf(held, 'placeHold') as { order: { holds: { id: string }[] } };
    const [hold] = shown.holds;
    const order = await hub.post(`{ order(id: "${orderId}") { exceptions { category status } } }`, {}, READ);
    expect(fieldOf(order, 'order')).toEqual({ exceptions: [{ category: 'ORDER_HELD', status: 'OPEN' }] });
    const released = await act('releaseHold', 'ReleaseHoldInput', {
      orderId,
      holdId: hold?.id,
      reason: 'All is well.',
    });
    expect(released.data?.['releaseHold']).toMatchObject({ order: { holds: [{ releasedBy: 'operator:tester' }] } });
    const { rows } = await hub.pool.query('select action, outcome from audit where subject_id = $1 order by id', [
      orderId,
    ]);
    expect(rows).toEqual([
      { action: 'HOLD', outcome: 'APPLIED' },
      { action: 'RELEASE_HOLD', outcome: 'APPLIED' },
    ]);
  });

  it('is not held, let go or corrected by its own channel', async () => {
    const order = await idOf('H-3');
    const partner = { ...SOLVE, channel: 'shop-eu' };
    const reason = 'x';
    const answers = [
      await act('placeHold', 'PlaceHoldInput', { orderId: order, reason }, partner),
      await act('releaseHold', 'ReleaseHoldInput', { orderId: order, holdId: randomUUID(), reason }, partner),
      await act('correctAddress', 'CorrectAddressInput', { orderId: order, shipTo: SHIP_TO }, partner),
      await act('correctShipMethod', 'CorrectShipMethodInput', { orderId: order, shipMethod: 'EXPRESS' }, partner),
      await act('reSource', 'ReSourceInput', { orderId: order, reason }, partner),
    ];
    for (const { errors } of answers) expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOR_CHANNELS' } }]);
  });

  it('gets another address, which is in no record but the sealed one', async () => {
    const orderId = await idOf('H-2');
    const corrected = await act('correctAddress', 'CorrectAddressInput', { orderId, shipTo: SHIP_TO });
    expect(corrected.data?.['correctAddress']).toMatchObject({ changed: true });
    const parties = await hub.post(
      `{ order(id: "${orderId}") { parties(reveal: true) { shipTo { city } } } }`,
      {},
      {
        scopes: ['orders:read', 'pii:read'],
      },
    );
    expect(fieldOf(parties, 'order')).toEqual({ parties: { shipTo: { city: 'Bonn' } } });
    const { rows } = await hub.pool.query(
      `select input from audit where subject_id = $1 and action = 'CORRECT_ADDRESS'`,
      [orderId],
    );
    expect(rows).toEqual([{ input: { country: 'DE' } }]);
    const shipTo = { ...SHIP_TO, city: ' ', country: 'x' };
    const wrong = await act('correctAddress', 'CorrectAddressInput', { orderId, shipTo });
    expect(wrong.data?.['correctAddress']).toMatchObject({
      __typename: 'OrderActionInputInvalid',
      errors: [{ pointer: '/shipTo/city' }, { pointer: '/shipTo/country' }],
    });
  });

  it('gets another ship method, and is looked for at other nodes', async () => {
    const orderId = await idOf('H-3');
    const method = await act('correctShipMethod', 'CorrectShipMethodInput', { orderId, shipMethod: 'EXPRESS' });
    expect(method.data?.['correctShipMethod']).toMatchObject({ order: { shipMethod: 'EXPRESS' } });
    const sourced = await act('reSource', 'ReSourceInput', { orderId, reason: 'The node is closed.' });
    expect(sourced.data?.['reSource']).toMatchObject({ __typename: 'OrderActionTaken' });
    const unknown = await act('reSource', 'ReSourceInput', { orderId: randomUUID(), reason: 'x' });
    expect(unknown.data?.['reSource']).toMatchObject({ __typename: 'OrderNotFound' });
  });
});

describe('the body of a message', () => {
  it('is shown masked as evidence, and whole to who may see it and is written down', async () => {
    const body = '{"customer":{"email":"ada@example.org"},"total":null}';
    const message = { account: SHOP, topic: 'orders/create', messageId: randomUUID(), body: Buffer.from(body) };
    const { messageId } = await hub.intake.receive(message);
    await hub.messages.refresh([messageId]);
    const [exception] = await exceptions('filter: { categories: [CONTRACT_CHANGED] }, first: 5');
    const shown = await hub.post(
      `{ exception(id: "${exception?.id}") { evidence { kind messageId sent } } }`,
      {},
      READ,
    );
    expect(fieldOf(shown, 'exception')).toEqual({
      evidence: [{ kind: 'MESSAGE', messageId, sent: '{"customer":{"email":"***"},"total":null}' }],
    });
    const whole = await hub.post(`{ messageBody(id: "${messageId}") }`, {}, { scopes: ['messages:read'] });
    expect(whole.data).toEqual({ messageBody: body });
    const { rows } = await hub.pool.query('select actor, action from audit where subject_id = $1', [messageId]);
    expect(rows).toEqual([{ actor: 'tester', action: 'READ_MESSAGE' }]);
  });
});
