import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOLD_RULES_MAX } from '../../process-apis/orders/index.js';
import { AuthModule } from '../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { createHttpApp } from '../../src/platform/http/http-server.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { Contract, type JsonObject } from '../../test/support/contract.js';
import { routesOf } from '../../test/support/routes.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { HoldRulesModule } from './index.js';

const ROOT = '/operations/v1/hold-rules';
const contract = new Contract('hold-rules', ['retry-after']);

@Global()
@Module({})
class PoolModule {
  static of(pool: Pool): DynamicModule {
    const providers = [{ provide: PG_POOL, useValue: pool }];
    return { module: PoolModule, providers, exports: providers };
  }
}

@Module({})
class AppModule {}

let database: TestDatabase;
let pool: Pool;
let app: NestFastifyApplication;
const dataDir = mkdtempSync(join(tmpdir(), 'entrepot-hold-rules-'));

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  await pool.query(`insert into channel_account (id, kind, name) values ('shop-eu', 'partner', 'Shop')`);
  const auth = AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir });
  app = await createHttpApp(
    { module: AppModule, imports: [HttpModule, auth, PoolModule.of(pool), HoldRulesModule] },
    {
      bodyLimitBytes: 1024 * 1024,
      rawPrefixes: [],
      logger: new JsonLogger({ level: 'fatal', stream: { write: () => undefined } }),
    },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});

afterAll(async () => {
  await app.close();
  await pool.end();
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

/** The answer, which must be one of the contract's. */
async function send(
  method: 'get' | 'put' | 'delete',
  id = '',
  body?: object,
  scopes: readonly string[] = ['operations:read', 'operations:write'],
): Promise<request.Response> {
  const token = await app.get(EmbeddedIssuer).issue({ subject: 'ada', scopes, ttlSeconds: 600 });
  const path = id === '' ? ROOT : `${ROOT}/${id}`;
  const sent = request(app.getHttpServer())[method](path).set('authorization', `Bearer ${token}`);
  const answer = await (body === undefined ? sent : sent.send(body));
  const documented = id === '' ? ROOT : `${ROOT}/{id}`;
  const { status, headers } = answer as { status: number; headers: Record<string, string> };
  expect(contract.answerMisfits(method, documented, { status, headers, body: answer.body as unknown })).toEqual([]);
  return answer;
}

function exampleOf(name: string): JsonObject {
  return contract.deref({ $ref: `#/components/examples/${name}` })['value'] as JsonObject;
}

describe('hold rules', () => {
  it('are what the contract names', () => {
    const served = routesOf(app).filter(({ path }) => path.startsWith(ROOT));
    expect(
      served.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(':id', '{id}')}`).toSorted(),
    ).toEqual(contract.operations.toSorted());
    for (const name of ['HoldRuleBody', 'HoldRules']) expect(contract.misfits(name, exampleOf(name))).toEqual([]);
  });

  it('are saved, shown, replaced and removed, and who did it is written down', async () => {
    const id = randomUUID();
    const body = exampleOf('HoldRuleBody');
    expect((await send('put', id, body)).status).toBe(204);
    expect((await send('put', id, { ...body, channel: 'shop-eu', active: false })).status).toBe(204);
    expect((await send('get')).body).toEqual({ rules: [{ id, ...body, channel: 'shop-eu', active: false }] });
    expect((await send('delete', id)).status).toBe(204);
    expect((await send('delete', id)).status).toBe(404);
    expect((await send('get')).body).toEqual({ rules: [] });
    const { rows } = await pool.query('select actor, action, outcome from audit where subject_id = $1 order by id', [
      id,
    ]);
    expect(rows).toEqual([
      { actor: 'ada', action: 'SAVE_HOLD_RULE', outcome: 'DONE' },
      { actor: 'ada', action: 'SAVE_HOLD_RULE', outcome: 'DONE' },
      { actor: 'ada', action: 'REMOVE_HOLD_RULE', outcome: 'DONE' },
      { actor: 'ada', action: 'REMOVE_HOLD_RULE', outcome: 'NOT_FOUND' },
    ]);
  });

  it.each([
    [{ totalMin: undefined, currency: undefined }, ''],
    [{ currency: undefined }, '/currency'],
    [{ totalMin: undefined }, '/totalMin'],
    [{ kind: 'WHIM' }, '/kind'],
    [{ country: 'Germany' }, '/country'],
    [{ channel: 'nobody' }, '/channel'],
    [{ sku: 'NOT-THERE' }, '/sku'],
    [{ name: 'Taken' }, '/name'],
    [{ colour: 'red' }, '/colour'],
  ])('are refused with %j, and where', async (wrong, pointer) => {
    const body = exampleOf('HoldRuleBody');
    await send('put', '019b7a3c-5d10-7c4e-9f51-2f6b8a1d0c90', { ...body, name: 'Taken' });
    const answer = await send('put', randomUUID(), { ...body, ...wrong });
    expect(answer.status).toBe(422);
    const { errors } = answer.body as { errors: readonly { pointer: string }[] };
    expect(errors.map((error) => error.pointer)).toContain(pointer);
  });

  it('are so many at most, for more would not be looked at; those that are there can still be replaced', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const body = exampleOf('HoldRuleBody');
    await send('put', id, { ...body, name: 'One' });
    const filled = `insert into hold_rule (id, name, kind, units_min, reason)
                    select gen_random_uuid(), 'Rule ' || n, 'MANUAL', 1, 'many'
                    from generate_series(1, $1 - (select count(*) from hold_rule)::int) n`;
    await pool.query(filled, [HOLD_RULES_MAX]);
    const refused = await send('put', other, { ...body, name: 'One more' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ errors: [{ pointer: '' }] });
    expect(refused.text).toContain('500 rules');
    expect((await send('put', id, { ...body, name: 'Two' })).status).toBe(204);
    await pool.query(`delete from hold_rule where reason = 'many'`);
    expect((await send('put', other, { ...body, name: 'One more' })).status).toBe(204);
  });

  it('need their scopes', async () => {
    expect((await send('get', '', undefined, ['operations:write'])).status).toBe(403);
    expect((await send('put', randomUUID(), exampleOf('HoldRuleBody'), ['operations:read'])).status).toBe(403);
  });
});
