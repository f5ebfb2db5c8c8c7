import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAudits } from '../../../src/platform/audit/index.js';
import { tellBreakers } from '../../../src/platform/outside/policy-store.js';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from '../spec-support.js';

const READ = ['policies:read', 'operations:read', 'exceptions:read', 'stock:read'];
const WRITE = { scopes: [...READ, 'policies:write'], subject: 'ada' };
const PROCESS = '11111111-1111-4111-8111-111111111111';

interface ShownOperation {
  readonly operation: string;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly changedBy: string | null;
}

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
});
afterAll(() => hub.close());

function send(query: string, wish: TokenWish = { scopes: READ }): Promise<Answer> {
  return hub.post(query, {}, wish);
}

async function ask(query: string, field: string, wish?: TokenWish): Promise<unknown> {
  return fieldOf(await send(query, wish), field);
}

async function codeOf(query: string, wish?: TokenWish): Promise<string | undefined> {
  return (await send(query, wish)).errors?.[0]?.extensions.code;
}

async function act(mutation: string, operation: string, more = ''): Promise<Record<string, unknown>> {
  const query = `mutation { ${mutation}(input: {system: "bank", operation: "${operation}", reason: "stocktaking"${more}}) {
    __typename ... on OperationsChanged { operations { operation paused pausedReason changedBy timeoutMs concurrencyMax
      rate { perSecond burst } breaker { failures openMs } } } ... on OperationNotFound { message } } }`;
  return (await ask(query, mutation, WRITE)) as Record<string, unknown>;
}

const bank = () =>
  ask('{ system(name: "bank") { name kind state reason since lastMessageAt openExceptions } }', 'system');

describe('systems in the graph', () => {
  it('tells what fails, in every process, and why, without names of persons', async () => {
    expect(await bank()).toMatchObject({ name: 'bank', kind: 'ERP', state: 'OK', reason: null, since: null });
    const since = Date.parse('2026-11-21T10:00:00.000Z');
    await tellBreakers(hub.pool, PROCESS, [
      { system: 'bank', operation: 'Accounts.create', state: 'OPEN', since, lastError: 'ada@example.org refused' },
      { system: 'bank', operation: 'Accounts.read', state: 'CLOSED', since },
    ]);
    await hub.pool.query(
      `insert into rate_budget (name, tokens, refilled_at, paused_until)
       values ('bank/Accounts.create/a', 1, now(), now() + interval '1 minute'), ('bank/Accounts.create/b', 5, now(), null)`,
    );
    expect(await bank()).toMatchObject({
      state: 'DOWN',
      reason: '1 of 2 operations that are called fail (Accounts.create): a***@***.org refused',
      since: '2026-11-21T10:00:00.000Z',
    });
    const query = `{ system(name: "bank") { operations { operation breaker { state since lastError }
      rate { tokens pausedUntil perSecond burst } } } }`;
    const { operations } = (await ask(query, 'system')) as { operations: { rate: { tokens: number } }[] };
    expect(operations[0]).toMatchObject({
      operation: 'Accounts.create',
      breaker: { state: 'OPEN', lastError: 'a***@***.org refused' },
      rate: { perSecond: 4, burst: 8, pausedUntil: expect.any(String) as string },
    });
    expect(operations[0]?.rate.tokens).toBeGreaterThanOrEqual(1);
    expect(operations[0]?.rate.tokens).toBeLessThan(8);
    await hub.pool.query(`delete from breaker_state; delete from rate_budget`);
    expect(await ask('{ system(name: "none") { name } }', 'system')).toBeNull();
  });

  it('reads all of them in a fixed number of statements', async () => {
    const query = `{ systems { name backlog { kind waiting } channels { key lastMessageAt openOrders } lastMessageAt openExceptions
      operations { operation breaker { state } rate { tokens } } } }`;
    const statements = await hub.countStatements(() => send(query));
    expect(statements.length).toBeLessThanOrEqual(6);
    const { systems } = ((await send(query)).data ?? {}) as { systems: { name: string }[] };
    expect(systems.map(({ name }) => name)).toEqual(['bank', 'test', 'wms-rest']);
  });

  it('shows callers what their scopes allow', async () => {
    expect(await codeOf('{ systems { name } }', { scopes: ['operations:read'] })).toBe('SCOPE_MISSING');
    expect(await codeOf('{ systems { name } }', { scopes: READ, channel: 'shop-eu' })).toBe('NOT_FOR_CHANNELS');
    const query = '{ system(name: "test") { backlog { kind } channels { key } openExceptions } }';
    expect(await ask(query, 'system', { scopes: ['policies:read'] })).toEqual({
      backlog: [],
      channels: [],
      openExceptions: null,
    });
    expect(await ask(query, 'system')).toMatchObject({ channels: [{ key: 'amazon-de' }, { key: 'shop-eu' }] });
  });
});

const changing = (operation: string, more: string) =>
  `mutation { changeOperations(input: {system: "bank", operation: "${operation}"${more}}) { __typename } }`;

describe('what operators do about operations', () => {
  it('pauses and resumes one, a group, or all, with who and why', async () => {
    const paused = await act('pauseOperations', 'writes');
    const sentence = 'bank writes is paused by ada: stocktaking';
    expect(paused).toMatchObject({ __typename: 'OperationsChanged' });
    expect(paused['operations'] as ShownOperation[]).toEqual([
      expect.objectContaining({ operation: 'Accounts.create', paused: true, pausedReason: sentence, changedBy: 'ada' }),
    ]);
    expect(await bank()).toMatchObject({ state: 'PAUSED', reason: sentence, since: expect.any(String) as string });
    const one = await act('resumeOperations', 'Accounts.create');
    expect((one['operations'] as ShownOperation[])[0]?.paused).toBe(true);
    const resumed = await act('resumeOperations', 'writes');
    expect((resumed['operations'] as ShownOperation[])[0]).toMatchObject({ paused: false, changedBy: null });
    expect((await act('pauseOperations', '*'))['operations'] as ShownOperation[]).toHaveLength(3);
    await act('resumeOperations', '*');
    const audits = await readAudits(hub.pool, 'operation-policy', ['bank/writes'], 10);
    expect(audits.map(({ actor, action, input }) => [actor, action, input])).toEqual([
      ['ada', 'RESUME_OPERATIONS', { reason: 'stocktaking' }],
      ['ada', 'PAUSE_OPERATIONS', { reason: 'stocktaking' }],
    ]);
  });

  it('changes numbers, which a pause leaves as they are', async () => {
    const numbers = ', timeoutMs: 900, perSecond: 0.5, burst: 2, breakerFailures: 7';
    const changed = await act('changeOperations', 'Accounts.create', numbers);
    const shown = { timeoutMs: 900, concurrencyMax: 2, rate: { perSecond: 0.5, burst: 2 }, changedBy: 'ada' };
    const breaker = { failures: 7, openMs: 10_000 };
    expect((changed['operations'] as object[])[0]).toMatchObject({ ...shown, breaker, paused: false });
    await act('pauseOperations', 'Accounts.create');
    expect((await act('changeOperations', 'Accounts.create', ', timeoutMs: 800'))['operations']).toMatchObject([
      { timeoutMs: 800, paused: true, pausedReason: 'bank Accounts.create is paused by ada: stocktaking' },
    ]);
    expect((await act('resumeOperations', 'Accounts.create'))['operations']).toMatchObject([
      { timeoutMs: 800, paused: false },
    ]);
    await act('changeOperations', 'Accounts.create');
    const { rows } = await hub.pool.query('select 1 from operation_policy');
    expect(rows).toEqual([]);
  });

  it('says what does not fit, and is for those who may', async () => {
    expect(await act('pauseOperations', 'None')).toEqual({
      __typename: 'OperationNotFound',
      message: 'No adapter declares "None" of "bank".',
    });
    for (const more of [
      ', reason: " "',
      ', reason: "x", timeoutMs: 1',
      ', reason: "x", burst: 1',
      ', reason: "x", perSecond: 0, burst: 1',
    ])
      expect([more, await codeOf(changing('*', more), WRITE)]).toEqual([more, 'BAD_USER_INPUT']);
    const pause = 'mutation { pauseOperations(input: {system: "bank", operation: "*", reason: "x"}) { __typename } }';
    expect(await codeOf(pause)).toBe('SCOPE_MISSING');
    expect(await codeOf(pause, { ...WRITE, channel: 'shop-eu' })).toBe('NOT_FOR_CHANNELS');
    expect(await bank()).toMatchObject({ state: 'OK' });
  });
});
