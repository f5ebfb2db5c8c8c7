import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/until.js';
import { readAudits } from '../../src/platform/audit/index.js';
import { AuthModule } from '../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { createHttpApp } from '../../src/platform/http/http-server.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { Pressure, TaskQueue, type TaskResult, type TaskRun } from '../../src/platform/jobs/index.js';
import { GateTaskPolicies } from '../../src/platform/outside/gate-task-policies.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { OutsideGate } from '../../src/platform/outside/outside-gate.js';
import { PolicySync } from '../../src/platform/outside/policy-sync.js';
import { SqlBudgetBook } from '../../src/platform/outside/sql-budget-book.js';
import { bankPolicies } from '../../src/platform/outside/testing/bank.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { MetricsModule } from '../../src/platform/telemetry/metrics.module.js';
import { Contract, type JsonObject } from '../../test/support/contract.js';
import { routesOf } from '../../test/support/routes.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { PoliciesModule } from './index.js';
import type { PoliciesAnswer } from './policies.controller.js';

const CONTRACT = new Contract('policies');
const POLICIES = '/operations/v1/policies';
const CREATE = { system: 'bank', operation: 'Accounts.create' };
const KIND = 'bank.open-account';
const TOKEN_SECONDS = 600;

@Global()
@Module({})
class HouseModule {
  static of(pool: Pool, gate: OutsideGate, tasks: TaskQueue): DynamicModule {
    const providers = [
      { provide: PG_POOL, useValue: pool },
      { provide: OutsideGate, useValue: gate },
      { provide: TaskQueue, useValue: tasks },
      { provide: PolicySync, useValue: new PolicySync(pool, gate) },
    ];
    return { module: HouseModule, providers, exports: providers };
  }
}

@Module({})
class AppModule {}

let database: TestDatabase;
let pool: Pool;
let gate: OutsideGate;
let tasks: TaskQueue;
let app: NestFastifyApplication;
let dataDir: string;
const runs: TaskRun[] = [];

function openAccounts(given: readonly TaskRun[]): Promise<readonly TaskResult[]> {
  runs.push(...given);
  return Promise.resolve(given.map(() => ({ outcome: 'DONE' })));
}

const noAnswer = (): Promise<string> => Promise.reject(new OutsideError('transient', 'no answer', CREATE));

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
  gate = new OutsideGate({ book: new SqlBudgetBook(pool) });
  gate.policies.declare(bankPolicies({ rate: { perSecond: 4, burst: 8, of: 'OPERATION', waitMsMax: 1_000 } }));
  tasks = new TaskQueue(pool, new GateTaskPolicies(gate, new Pressure()));
  tasks.register(KIND, openAccounts, { target: { system: 'bank', use: 'openAccount' } });
  await tasks.start();
  await tasks.work();
  dataDir = mkdtempSync(join(tmpdir(), 'entrepot-policies-'));
  const auth = AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir });
  const imports = [HttpModule, auth, HouseModule.of(pool, gate, tasks), PoliciesModule, MetricsModule];
  app = await createHttpApp(
    { module: AppModule, imports },
    {
      bodyLimitBytes: 1_024 * 1_024,
      rawPrefixes: [],
      logger: new JsonLogger({ level: 'fatal', stream: { write: () => undefined } }),
    },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});

afterEach(async () => {
  await change('*', { reason: 'the end of a test' });
  await change('writes', { reason: 'the end of a test' });
  await change(CREATE.operation, { reason: 'the end of a test' });
});

afterAll(async () => {
  await app.close();
  await tasks.stop(1_000);
  await pool.end();
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

async function send(
  method: 'get' | 'put',
  path: string,
  body?: object,
  scopes: readonly string[] = ['policies:read', 'policies:write', 'metrics:read'],
): Promise<request.Response> {
  const token = await app.get(EmbeddedIssuer).issue({ subject: 'ops', scopes, ttlSeconds: TOKEN_SECONDS });
  const sent = request(app.getHttpServer())[method](path).set('authorization', `Bearer ${token}`);
  return body === undefined ? sent : sent.send(body);
}

const change = (operation: string, body: object, system = 'bank') =>
  send('put', `${POLICIES}/${system}/${operation}`, body);

async function read(): Promise<PoliciesAnswer> {
  return (await send('get', POLICIES)).body as PoliciesAnswer;
}

const shown = async (operation: string) => (await read()).operations.find((one) => one.operation === operation);

async function enqueue(key: string): Promise<void> {
  await inTransaction(pool, (tx) => tasks.enqueue(tx, [{ kind: KIND, key, payload: {} }]));
  tasks.wake([KIND]);
}

const answered = (call = CREATE): Promise<string> =>
  gate.pass(
    call,
    () => Promise.resolve('ok'),
    () => ({ outcome: 'ok' }),
  );

describe('the contract of policies', () => {
  it('names the routes that there are', () => {
    const documented = Object.entries(CONTRACT.document['paths'] as JsonObject).flatMap(([path, at]) =>
      ['get', 'put'].flatMap((method) =>
        (at as JsonObject)[method] === undefined
          ? []
          : [`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`],
      ),
    );
    const served = routesOf(app).filter(({ path }) => path.startsWith(POLICIES) || path === '/metrics');
    expect(documented.toSorted()).toEqual(served.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it.each([
    ['get', POLICIES, 'policies:write'],
    ['put', `${POLICIES}/bank/writes`, 'policies:read'],
    ['get', '/metrics', 'policies:read'],
  ] as const)('asks for another scope at %s %s than %s', async (method, path, scope) => {
    const answer = await send(method, path, method === 'put' ? { reason: 'x' } : undefined, [scope]);
    expect(answer.status).toBe(403);
  });

  it('has examples that fit', () => {
    const examples = (CONTRACT.document['components'] as JsonObject)['examples'] as Record<string, { value: unknown }>;
    for (const [name, { value }] of Object.entries(examples))
      expect([name, CONTRACT.misfits(name, value)]).toEqual([name, []]);
  });
});

describe('policies', () => {
  it('are shown as declared and as in force, with all that stands around them', async () => {
    await answered();
    await change(CREATE.operation, { changes: { rate: { perSecond: 2, burst: 4 } }, reason: 'they asked us to' });
    const answer = await send('get', POLICIES);
    expect(CONTRACT.answerMisfits('get', POLICIES, answer)).toEqual([]);
    const { operations, changes, budgets, tasks: backlog } = answer.body as PoliciesAnswer;
    expect(operations.map(({ operation }) => operation)).toEqual(['Accounts.create', 'Accounts.read', 'Statement.get']);
    expect(operations[0]).toMatchObject({
      declared: { timeoutMs: 5_000, rate: { perSecond: 4, burst: 8 } },
      inForce: { budgets: [{ name: 'bank/Accounts.create', perSecond: 2, perSecondMax: 2, burst: 4 }] },
      breakers: [{ state: 'CLOSED' }],
    });
    expect(changes).toMatchObject([{ ...CREATE, changedBy: 'ops', reason: 'they asked us to', paused: false }]);
    expect(budgets.map(({ name }) => name)).toEqual(['bank/Accounts.create']);
    expect(backlog).toMatchObject([{ kind: KIND, tier: 3, deadLetters: 0 }]);
  });

  it('hold at once, for one or for all, until they are as declared again', async () => {
    expect((await change('*', { changes: { timeoutMs: 700 }, reason: 'slow line' })).status).toBe(204);
    expect((await shown('Statement.get'))?.inForce.timeoutMs).toBe(700);
    await change('*', { reason: 'mended' });
    expect((await shown('Statement.get'))?.inForce.timeoutMs).toBe(5_000);
    expect((await read()).changes).toEqual([]);
  });

  it('pause and resume: tasks stay queued and lose no try', async () => {
    await change('writes', { paused: true, reason: 'month end' });
    await eventually(async () => expect((await read()).tasks[0]?.heldBack).toContain('month end'));
    await new Promise((resolve) => setTimeout(resolve, 800));
    await enqueue('a-1');
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(runs).toEqual([]);
    await expect(answered()).rejects.toThrow('bank writes is paused by ops: month end; nothing was sent');
    expect((await shown('Accounts.create'))?.paused).toContain('month end');
    await change('writes', { reason: 'month is over' });
    await eventually(() => expect(runs).toMatchObject([{ key: 'a-1', attempt: 0 }]));
  }, 15_000);

  it('are written down with who changed them and why', async () => {
    await change('Statement.get', { paused: true, reason: 'wrong figures' });
    await change('Statement.get', { reason: 'right again' });
    const audits = await readAudits(pool, 'operation-policy', ['bank/Statement.get'], 5);
    expect(audits.map(({ actor, action, input }) => ({ actor, action, input }))).toEqual([
      { actor: 'ops', action: 'CHANGE_POLICY', input: { changes: {}, paused: false, reason: 'right again' } },
      { actor: 'ops', action: 'CHANGE_POLICY', input: { changes: {}, paused: true, reason: 'wrong figures' } },
    ]);
  });

  it('say where a request does not fit', async () => {
    const answer = await change('*', { changes: { timeoutMs: 5, burst: 1 }, reason: ' ' });
    expect(answer.status).toBe(422);
    expect(CONTRACT.answerMisfits('put', `${POLICIES}/{system}/{operation}`, answer)).toEqual([]);
    expect((answer.body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '/changes/timeoutMs',
      '/changes/burst',
      '/reason',
    ]);
  });

  it.each([
    ['bank', 'Accounts.close'],
    ['post-office', '*'],
  ])('know no operation %s %s', async (system, operation) => {
    const answer = await change(operation, { reason: 'x' }, system);
    expect([answer.status, (answer.body as { type: string }).type]).toEqual([
      404,
      'https://entrepot.dev/problems/unknown-operation',
    ]);
  });
});

describe('what processes tell each other', () => {
  it('is a change by an operator of another process, and an open breaker', async () => {
    const other = new OutsideGate();
    other.policies.declare(bankPolicies());
    const sync = new PolicySync(pool, other);
    await change('Statement.get', { paused: true, reason: 'wrong figures' });
    await sync.refresh();
    expect(other.policies.of('bank', 'Statement.get').paused).toContain('wrong figures');
    await change('Statement.get', { reason: 'right again' });
    for (let n = 0; n < 3; n += 1)
      await other
        .pass({ ...CREATE, operation: 'Accounts.read' }, noAnswer, () => ({ outcome: 'ok' }))
        .catch(() => undefined);
    await sync.refresh();
    const breakers = (await shown('Accounts.read'))?.breakers;
    expect(breakers).toContainEqual(
      expect.objectContaining({ process: sync.process, state: 'OPEN', lastError: 'no answer' }),
    );
  });

  it('ends with the process, and what nobody uses goes', async () => {
    const sync = new PolicySync(pool, gate);
    await pool.query(`insert into rate_budget (name, tokens, refilled_at)
                      values ('gone/account', 0, now() - interval '31 days'), ('bank/idle', 0, now() - interval '29 days')`);
    await sync.refresh();
    const told = 'select count(*)::int as rows from breaker_state where process = $1';
    expect((await pool.query(told, [sync.process])).rows).not.toEqual([{ rows: 0 }]);
    const { rows } = await pool.query(`select name from rate_budget where name in ('gone/account', 'bank/idle')`);
    expect(rows).toEqual([{ name: 'bank/idle' }]);
    await sync.beforeApplicationShutdown();
    expect((await pool.query(told, [sync.process])).rows).toEqual([{ rows: 0 }]);
  });

  it('is a deep commit queue', async () => {
    const [one, other] = [new PolicySync(pool, new OutsideGate()), new PolicySync(pool, new OutsideGate())];
    let waiting = 60;
    one.watchCommits(() => waiting, 100);
    await one.refresh();
    await other.refresh();
    expect([one.load, other.load]).toEqual([0.6, 0.5]);
    waiting = 10;
    await one.refresh();
    await other.refresh();
    expect(other.load).toBe(0);
  });
});

describe('metrics', () => {
  it('tell calls, breakers, backlog, dead letters and lag in bounded labels', async () => {
    await answered();
    await enqueue('m-1');
    await eventually(() => expect(runs.map(({ key }) => key)).toContain('m-1'));
    const answer = await send('get', '/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('text/plain');
    for (const line of [
      /^entrepot_outside_calls_total\{system="bank",operation="Accounts.create",outcome="ok"\} \d+$/m,
      /^entrepot_outside_call_seconds_count\{system="bank",operation="Accounts.create"\} \d+$/m,
      /^entrepot_outside_breaker_state\{system="bank",operation="Accounts.create"\} 0$/m,
      /^entrepot_tasks_settled_total\{kind="bank.open-account",outcome="done"\} \d+$/m,
      /^entrepot_tasks_waiting\{kind="bank.open-account",tier="3"\} \d+$/m,
      /^entrepot_tasks_oldest_seconds\{kind="bank.open-account",tier="3"\} [\d.]+$/m,
      /^entrepot_tasks_dead\{kind="bank.open-account",tier="3"\} 0$/m,
      /^entrepot_commit_queue_depth 0$/m,
      /^# TYPE entrepot_event_log_lag_seconds gauge$/m,
    ])
      expect(answer.text).toMatch(line);
  });
});
