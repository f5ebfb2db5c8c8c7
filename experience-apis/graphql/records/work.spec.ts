import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudits, recordAudits } from '../../../src/platform/audit/index.js';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from '../spec-support.js';

const SCOPES = ['operations:read', 'orders:read', 'audit:read'];
const WRITE = { scopes: [...SCOPES, 'operations:write'], subject: 'ada' };
const ACCOUNT = { id: 'shop-eu', kind: 'test', name: 'shop-eu', active: true, settings: {} };

interface Edges<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

type Shown = Readonly<Record<string, unknown>> & { readonly id: string };

let hub: GraphHub;
let orderId: string;
let mended = false;

beforeAll(async () => {
  hub = await startGraphHub();
  hub.intake.register('test', (_, topic, body) => {
    if (topic === 'unread' && !mended)
      return { outcome: 'REFUSED', reason: 'TIME_NOT_READABLE', detail: 'ada@example.org is no date', pointer: '/at' };
    if (topic === 'noise') return { outcome: 'IGNORED', reason: 'NOT_RELEVANT', detail: 'Nothing to do.' };
    const [reference = '', requestId = ''] = body.toString().split(' ');
    return {
      outcome: 'FACTS',
      facts: [{ kind: 'CANCELLATION_REQUESTED', reference, requestId, reason: 'too late' }],
    };
  });
  await hub.orders.accept('shop-eu', ['W-1', 'W-2', 'W-3']);
  orderId = (await hub.orders.order('shop-eu', 'W-1')).id;
  await receive('cancelled', 'm-1', 'W-1 r-1');
  await receive('unread', 'm-2', 'W-1 r-2');
  await receive('noise', 'm-3', '');
  await receive('cancelled', 'm-4', 'W-9 r-3');
  await recordAudits(
    hub.pool,
    ['CANCEL', 'RETRY', 'CANCEL'].map((action, index) => ({
      actor: index === 2 ? 'bob' : 'ada',
      action,
      subjectType: 'order',
      subjectId: `o-${index}`,
      input: { why: 'x' },
      outcome: 'DONE',
    })),
  );
});
afterAll(() => hub.close());

function receive(topic: string, messageId: string, body: string): Promise<object> {
  return hub.intake.receive({ account: ACCOUNT, topic, messageId, body: Buffer.from(body) });
}

function send(query: string, variables: object = {}, wish: TokenWish = { scopes: SCOPES }): Promise<Answer> {
  return hub.post(query, variables, wish);
}

async function ask(query: string, field: string, variables: object = {}, wish?: TokenWish): Promise<unknown> {
  return fieldOf(await send(query, variables, wish), field);
}

async function list(field: string, given: string, fields: string): Promise<Edges<Shown>> {
  const query = `{ ${field}${given === '' ? '' : `(${given})`} { edges { cursor node { id ${fields} } } pageInfo { hasNextPage endCursor } } }`;
  return (await ask(query, field)) as Edges<Shown>;
}

/** All nodes of a list, page by page. */
async function walk(field: string, first: number, fields: string, filter = ''): Promise<readonly Shown[]> {
  const found: Shown[] = [];
  for (let after = ''; ;) {
    const page = await list(field, `first: ${first}${filter}${after}`, fields);
    found.push(...page.edges.map(({ node }) => node));
    if (!page.pageInfo.hasNextPage) return found;
    after = `, after: "${page.pageInfo.endCursor}"`;
  }
}

async function codeOf(query: string, wish?: TokenWish): Promise<string | undefined> {
  return (await send(query, {}, wish)).errors?.[0]?.extensions.code;
}

/** Every statement, those of the task queue too. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  let tasks = 0;
  const query = hub.pool.query.bind(hub.pool);
  const counting = (...given: Parameters<typeof query>): unknown => {
    const [first] = given as unknown as [{ readonly name?: string }];
    if (first.name?.startsWith('task.') === true) tasks += 1;
    return query(...given);
  };
  hub.pool.query = counting as typeof hub.pool.query;
  try {
    return (await hub.countStatements(work)).length + tasks;
  } finally {
    hub.pool.query = query;
  }
}

const count = async (filter: string) => (await list('tasks', `filter: {${filter}}`, 'kind')).edges.length;

describe('tasks in the graph', () => {
  const fields =
    'kind key state attempts orderId order { reference } createdAt startAfter startedAt finishedAt lastError payload';

  it('shows them with their order, by kind, state and order', async () => {
    const all = await walk('tasks', 2, fields);
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(all.map(({ order }) => order)).toContainEqual({ reference: 'W-1' });
    expect(all.find((task) => task['orderId'] === orderId)).toMatchObject({
      kind: 'erp.post-sales-order',
      state: 'WAITING',
      attempts: 0,
      payload: { orderId },
      startedAt: null,
      lastError: null,
    });
    expect(await count(`orderId: "${orderId}"`)).toBe(1);
    expect(await count('states: [DEAD, DONE]')).toBe(0);
    expect(await count('kinds: ["wms.release"]')).toBe(0);
    expect(await codeOf('{ tasks(filter: {orderId: "x"}) { edges { cursor } } }')).toBe('BAD_USER_INPUT');
    expect(await codeOf('{ tasks(after: "x") { edges { cursor } } }')).toBe('BAD_USER_INPUT');
    const backlog = (await ask(
      '{ taskBacklog { kind tier system waiting running deadLetters oldestReadyAt heldBack } }',
      'taskBacklog',
    )) as Shown[];
    expect(backlog.map(({ kind }) => kind)).toContain('erp.post-sales-order');
  });

  it('reads a page, with orders, in a fixed number of statements', async () => {
    const all: Answer[] = [];
    const page = async (first: number): Promise<void> => {
      all.push(await send(`{ tasks(first: ${first}) { edges { node { ${fields} } } } }`));
    };
    const few = await statementsOf(() => page(1));
    expect(await statementsOf(() => page(100))).toBe(few);
    expect(few).toBe(2);
    expect(all.map(({ errors }) => errors)).toEqual([undefined, undefined]);
  });

  it('hides orders from callers who may not see them, and all of it from channels', async () => {
    const query = '{ tasks(first: 1) { edges { node { orderId order { reference } } } } }';
    const { edges } = (await ask(query, 'tasks', {}, { scopes: ['operations:read'] })) as Edges<Shown>;
    expect(edges[0]?.node).toMatchObject({ order: null, orderId: expect.any(String) as string });
    expect(await codeOf(query, { scopes: SCOPES, channel: 'shop-eu' })).toBe('NOT_FOR_CHANNELS');
    expect(await codeOf(query, { scopes: ['orders:read'] })).toBe('SCOPE_MISSING');
  });

  it('redrives and discards dead letters, each request once, and writes down who did it', async () => {
    const { rows } = await hub.pool.query<{ id: string }>(
      `insert into pgboss.job (name, data, source_name, source_output)
       select 'dead-letter', jsonb_build_object('key', k, 'payload', '{}'::jsonb), 'channel.confirm-package', '{"error": "x"}'
       from unnest(array['k-1', 'k-2']) as k returning id`,
    );
    const [first = '', second = ''] = rows.map(({ id }) => id);
    const act = (mutation: string, type: string, input: object, wish: TokenWish = WRITE) =>
      send(
        `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename ... on TasksTaken { duplicate taken
          outcomes { taskId taken code message } } ... on IdempotencyKeyReused { message } } }`,
        { input },
        wish,
      );
    const redrive = { ids: [first, second.toUpperCase()], idempotencyKey: 'redrive-1' };
    const outcomes = [first, second].map((taskId) => ({ taskId, taken: true, code: null, message: null }));
    const answer = { __typename: 'TasksTaken', taken: 2, outcomes };
    expect(fieldOf(await act('redriveTasks', 'RedriveTasksInput', redrive), 'redriveTasks')).toEqual({
      ...answer,
      duplicate: false,
    });
    expect(fieldOf(await act('redriveTasks', 'RedriveTasksInput', redrive), 'redriveTasks')).toEqual({
      ...answer,
      duplicate: true,
    });
    const discard = { ids: [first], reason: 'done by hand', idempotencyKey: 'redrive-1' };
    expect(fieldOf(await act('discardTasks', 'DiscardTasksInput', discard), 'discardTasks')).toMatchObject({
      __typename: 'IdempotencyKeyReused',
    });
    const other = { ...discard, idempotencyKey: 'discard-1' };
    expect(fieldOf(await act('discardTasks', 'DiscardTasksInput', other), 'discardTasks')).toMatchObject({
      taken: 0,
      outcomes: [{ code: 'NOT_FOUND' }],
    });
    const audits = await readAudits(hub.pool, 'task', [first], 10);
    expect(audits.map(({ actor, action, outcome }) => [actor, action, outcome])).toEqual([
      ['ada', 'DISCARD_TASK', 'NOT_FOUND'],
      ['ada', 'REDRIVE_TASK', 'DONE'],
    ]);
    for (const wrong of [{ ids: [] }, { ids: ['x'] }, { idempotencyKey: 'short' }])
      expect(
        (await act('redriveTasks', 'RedriveTasksInput', { ...redrive, ...wrong })).errors?.[0]?.extensions.code,
      ).toBe('BAD_USER_INPUT');
    expect(
      (await act('redriveTasks', 'RedriveTasksInput', redrive, { scopes: SCOPES })).errors?.[0]?.extensions.code,
    ).toBe('SCOPE_MISSING');
    const bound = { ...WRITE, channel: 'shop-eu' };
    expect((await act('redriveTasks', 'RedriveTasksInput', redrive, bound)).errors?.[0]?.extensions.code).toBe(
      'NOT_FOR_CHANNELS',
    );
  });
});

const found = async (filter: string) =>
  (await list('messages', `filter: {${filter}}`, 'externalId')).edges.map(({ node }) => node['externalId']);

describe('messages and facts in the graph', () => {
  const fields = 'source topic externalId receivedAt status reason detail pointer subjects';

  it('shows them newest first, by sender, state, topic and subject', async () => {
    const all = await walk('messages', 3, fields);
    expect(all.map(({ externalId, status }) => [externalId, status])).toEqual([
      ['m-4', 'PARKED'],
      ['m-3', 'IGNORED'],
      ['m-2', 'REFUSED'],
      ['m-1', 'COMMITTED'],
    ]);
    expect(all[2]).toMatchObject({
      reason: 'TIME_NOT_READABLE',
      detail: 'a***@***.org is no date',
      pointer: '/at',
      subjects: [],
    });
    expect(await found('statuses: [REFUSED, PARKED]')).toEqual(['m-4', 'm-2']);
    expect(await found('statuses: [COMMITTED]')).toEqual(['m-1']);
    expect(await found('topic: "cancelled"')).toEqual(['m-4', 'm-1']);
    expect(await found('sources: ["shop-eu"], subject: "shop-eu/W-1"')).toEqual(['m-1']);
    expect(await found('sources: ["amazon-de"]')).toEqual([]);
    // As many of them lie before an instant as do not lie from it on.
    const second = String(all[2]?.['receivedAt']);
    const from = await found(`receivedFrom: "${second}"`);
    expect(from).toContain('m-2');
    expect([...from, ...(await found(`receivedTo: "${second}"`))]).toEqual(['m-4', 'm-3', 'm-2', 'm-1']);
    expect(await found('receivedFrom: "2999-01-01T00:00:00Z"')).toEqual([]);
    expect(await found('receivedTo: "1960-01-01T00:00:00Z"')).toEqual([]);
    const [message] = all;
    expect(await ask(`{ message(id: "${message?.id}") { externalId } }`, 'message')).toEqual({ externalId: 'm-4' });
    expect(await ask('{ message(id: "x") { id } }', 'message')).toBeNull();
    expect(await codeOf('{ messages(after: "WyJ4Il0") { edges { cursor } } }')).toBe('BAD_USER_INPUT');
    expect(await statementsOf(() => list('messages', 'first: 100', fields))).toBe(1);
  });

  it('shows the order what came in for it, in a fixed number of statements', async () => {
    const around = `{ reference tasks { id } messages { externalId }
      facts { id source kind occurredAt recordedAt result reason messageId } }`;
    const query = `{ orders(first: 3) { edges { node ${around} } } }`;
    const { edges } = (await ask(query, 'orders')) as Edges<Shown>;
    const order = edges.find(({ node }) => node['reference'] === 'W-1')?.node;
    expect(order).toMatchObject({ tasks: [{}], messages: [{ externalId: 'm-1' }] });
    const [message] = (await list('messages', 'filter: {topic: "cancelled", statuses: [COMMITTED]}', 'topic')).edges;
    expect(order?.['facts']).toEqual([
      expect.objectContaining({
        id: 'shop-eu/W-1/cancellation/r-1',
        kind: 'CancellationRequested',
        result: 'APPLIED',
        messageId: message?.node.id,
      }),
      expect.objectContaining({ kind: 'ChannelOrderReceived', source: 'shop-eu', messageId: null }),
    ]);
    // Messages of the list and those that facts are looked up in are read together or apart, as it comes; never for each order.
    expect(await statementsOf(() => send(query))).toBeLessThanOrEqual(9);
    const facts = await walk('facts', 1, 'kind', `, orderId: "${orderId}"`);
    expect(facts.map(({ kind }) => kind)).toEqual(['CancellationRequested', 'ChannelOrderReceived']);
    for (const key of [['now', 'x'], ['2026-01-01 10:00'], 'x']) {
      const after = Buffer.from(JSON.stringify(key)).toString('base64url');
      expect(await codeOf(`{ facts(orderId: "${orderId}", after: "${after}") { edges { cursor } } }`)).toBe(
        'BAD_USER_INPUT',
      );
    }
    const orderAlone = { scopes: ['orders:read'] };
    expect(await codeOf('{ orders(first: 1) { edges { node { tasks { id } } } } }', orderAlone)).toBe('SCOPE_MISSING');
    const bound = { scopes: SCOPES, channel: 'shop-eu' };
    for (const field of ['tasks', 'messages', 'facts'])
      expect(await codeOf(`{ orders(first: 1) { edges { node { ${field} { id } } } } }`, bound)).toBe(
        'NOT_FOR_CHANNELS',
      );
    expect(await codeOf(`{ facts(orderId: "${orderId}") { edges { cursor } } }`, bound)).toBe('NOT_FOR_CHANNELS');
  });

  it('reads a message again when its cause is mended, and writes down who asked', async () => {
    const [refused] = (await list('messages', 'filter: {statuses: [REFUSED]}', 'status')).edges;
    const query = `mutation ($id: ID!) { reprocessMessage(input: {messageId: $id}) { __typename
      ... on MessageReprocessed { message { id status } } ... on MessageNotFound { sentence: message } } }`;
    mended = true;
    const id = refused?.node.id ?? '';
    expect(await ask(query, 'reprocessMessage', { id }, WRITE)).toEqual({
      __typename: 'MessageReprocessed',
      message: { id, status: 'COMMITTED' },
    });
    const [audit] = await readAudits(hub.pool, 'message', [id], 1);
    expect(audit).toMatchObject({ actor: 'ada', action: 'REPROCESS_MESSAGE' });
    for (const unknown of ['x', '00000000-0000-4000-8000-000000000000'])
      expect(await ask(query, 'reprocessMessage', { id: unknown }, WRITE)).toMatchObject({
        __typename: 'MessageNotFound',
      });
    expect((await send(query, { id })).errors?.[0]?.extensions.code).toBe('SCOPE_MISSING');
  });
});

describe('the audit in the graph', () => {
  it('shows what people did, by who, what, to what and when', async () => {
    const fields = 'at actor action subjectType subjectId input outcome';
    const about = async (filter: string) =>
      (await walk('audits', 1, fields, `, filter: {subjectType: "order"${filter}}`))
        .map(({ subjectId }) => String(subjectId))
        .toSorted((a, b) => a.localeCompare(b));
    expect(await about('')).toEqual(['o-0', 'o-1', 'o-2']);
    expect(await about(', actor: "ada"')).toEqual(['o-0', 'o-1']);
    expect(await about(', action: "CANCEL"')).toEqual(['o-0', 'o-2']);
    expect(await about(', subjectId: "o-1"')).toEqual(['o-1']);
    expect(await about(', from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z"')).toEqual([]);
    expect(await about(', from: "2020-01-01T00:00:00Z", to: "2100-01-02T00:00:00Z"')).toHaveLength(3);
    const [entry] = (await list('audits', 'filter: {actor: "bob"}', fields)).edges;
    expect(entry?.node).toMatchObject({ actor: 'bob', action: 'CANCEL', input: { why: 'x' }, outcome: 'DONE' });
  });

  it('is for who may read it', async () => {
    const query = '{ audits { edges { cursor } } }';
    expect(await codeOf(query, { scopes: ['operations:read'] })).toBe('SCOPE_MISSING');
    expect(await codeOf(query, { scopes: SCOPES, channel: 'shop-eu' })).toBe('NOT_FOR_CHANNELS');
    expect(await codeOf('{ audits(filter: {subjectId: "x"}) { edges { cursor } } }')).toBe('BAD_USER_INPUT');
    expect(await codeOf('{ audits(first: 101) { edges { cursor } } }')).toBe('BAD_USER_INPUT');
  });
});
