import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DriftHouse, NODE } from '../../process-apis/reconciliation/testing/drift-house.js';
import { DriftHistory, Reconciliation, type Drift, type DriftRun } from '../../process-apis/reconciliation/index.js';
import { AuthModule } from '../../src/platform/auth/auth.module.js';
import { EmbeddedIssuer } from '../../src/platform/auth/embedded-issuer.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { createHttpApp } from '../../src/platform/http/http-server.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { JsonLogger } from '../../src/platform/telemetry/logger.js';
import { routesOf } from '../../test/support/routes.js';
import { DriftModule } from './index.js';

const ROOT = '/operations/v1';
const BODY_LIMIT_BYTES = 1024 * 1024;
const TOKEN_SECONDS = 600;

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: unknown }>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

const contract = parse(readFileSync(join(packageRoot(), 'schema/openapi/drift.yaml'), 'utf8')) as Contract;
const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema(contract, 'drift');

/** Why the value is not of the schema; empty when it is. */
function misfits(schema: string, value: unknown): readonly string[] {
  const validate = ajv.compile({ $ref: `drift#/components/schemas/${schema}` });
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

@Global()
@Module({})
class HouseModule {
  static of(reconciliation: Reconciliation, history: DriftHistory): DynamicModule {
    const providers = [
      { provide: Reconciliation, useValue: reconciliation },
      { provide: DriftHistory, useValue: history },
    ];
    return { module: HouseModule, providers, exports: providers };
  }
}

@Module({})
class AppModule {}

let house: DriftHouse;
let reconciliation: Reconciliation;
let app: NestFastifyApplication;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'entrepot-drift-'));
  house = await DriftHouse.open(['A', 'B']);
  reconciliation = house.reconciliation();
  const auth = AuthModule.forRoot({ jwksUrl: undefined, jwtIssuer: 'urn:test', jwtAudience: 'hub', dataDir });
  app = await createHttpApp(
    { module: AppModule, imports: [HttpModule, auth, HouseModule.of(reconciliation, house.history), DriftModule] },
    {
      bodyLimitBytes: BODY_LIMIT_BYTES,
      rawPrefixes: [],
      logger: new JsonLogger({ level: 'fatal', stream: { write: () => undefined } }),
    },
  );
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await house.stock('A', 5);
  await house.stock('B', 5);
  house.appear('A', 2);
  house.appear('B', 40);
});
afterAll(async () => {
  await app.close();
  await house.close();
  rmSync(dataDir, { recursive: true });
});

async function send(
  method: 'get' | 'post',
  path: string,
  body?: object,
  scopes: readonly string[] = ['operations:read', 'operations:write'],
): Promise<request.Response> {
  const token = await app.get(EmbeddedIssuer).issue({ subject: 'ops', scopes, ttlSeconds: TOKEN_SECONDS });
  const sent = request(app.getHttpServer())[method](`${ROOT}/${path}`).set('authorization', `Bearer ${token}`);
  return body === undefined ? sent : sent.send(body);
}

/** Status, code, and `<pointer> <detail>` of each error. */
async function refusal(answer: Promise<request.Response>): Promise<readonly unknown[]> {
  const response = await answer;
  const { status, type } = response;
  const body = response.body as unknown;
  expect(type).toBe('application/problem+json');
  expect(misfits('Problem', body)).toEqual([]);
  const { type: uri, errors = [] } = body as { type: string; errors?: { pointer: string; detail: string }[] };
  return [status, uri.split('/').at(-1), ...errors.map(({ pointer, detail }) => `${pointer} ${detail}`)];
}

describe('drift over HTTP', () => {
  it('has the routes of its contract, each with its scope', async () => {
    const operations = Object.entries(contract.paths).flatMap(([path, at]) =>
      (['get', 'post'] as const).flatMap((method) => {
        const operation = at[method];
        return operation === undefined ? [] : [{ method, path, security: operation.security }];
      }),
    );
    const served = routesOf(app)
      .filter(({ path }) => path.startsWith(ROOT))
      .map(({ method, path }) => `${method} ${path}`);
    expect(
      operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replace('{id}', ':id')}`).toSorted(),
    ).toEqual(served.toSorted());
    for (const { method, path, security } of operations) {
      const [right, wrong] =
        method === 'get' ? ['operations:read', 'operations:write'] : ['operations:write', 'operations:read'];
      expect(security).toEqual([{ bearer: [right] }]);
      const { status } = await send(method, path.slice(ROOT.length + 1).replace('{id}', 'x'), undefined, [wrong]);
      expect([method, path, status]).toEqual([method, path, 403]);
    }
  });

  it('has examples that are of the contract', () => {
    const schemas: Readonly<Record<string, string>> = { StartedRun: 'DriftRun' };
    for (const [name, { value }] of Object.entries(contract.components.examples))
      expect([name, misfits(schemas[name] ?? name, value)]).toEqual([name, []]);
  });

  it('compares on demand, and shows the run with its differences, page by page', async () => {
    for (let run = 0; run < 2; run += 1) {
      const started = await send('post', 'drift-runs', { system: 'WMS', subject: NODE });
      expect([started.status, misfits('DriftRun', started.body)]).toEqual([202, []]);
      expect(started.body).toMatchObject({ trigger: 'DEMAND', finishedAt: null });
      await reconciliation.settled();
    }
    const listed = await send('get', `drift-runs?system=WMS&subject=${NODE}&limit=1`);
    expect([listed.status, misfits('DriftRunPage', listed.body)]).toEqual([200, []]);
    const { runs, next } = listed.body as { runs: DriftRun[]; next: string };
    const older = await send('get', `drift-runs?limit=5&after=${next}`);
    expect(older.body).toMatchObject({ runs: [{ unitsOff: 42 }] });
    expect((older.body as { next?: string }).next).toBeUndefined();

    const id = runs[0]?.id ?? '';
    const found: Drift[] = [];
    for (let after = '', pages = 0; pages < 3; pages += 1) {
      const page = await send('get', `drift-runs/${id}?limit=1${after}`);
      expect([page.status, misfits('DriftPage', page.body)]).toEqual([200, []]);
      const read = page.body as { run: DriftRun; drifts: Drift[]; next?: string };
      expect(read.run).toEqual(runs[0]);
      found.push(...read.drifts);
      after = `&after=${read.next}`;
    }
    expect(found.map(({ key, healing }) => [key, healing])).toEqual([
      ['A', 'COUNT_TAKEN'],
      ['B', 'EXCEPTION'],
    ]);
  });

  it('tells how right the inventory was', async () => {
    const answer = await send('get', `inventory-accuracy?system=WMS&since=2026-01-01T00:00:00%2B01:00`);
    expect([answer.status, misfits('InventoryAccuracy', answer.body)]).toEqual([200, []]);
    expect(answer.body).toMatchObject({ days: [{ subject: NODE, runs: 2, compared: 4, equal: 0, accuracy: 0 }] });
    expect((await send('get', 'inventory-accuracy')).body).toEqual(answer.body);
  });

  it('says what does not fit', async () => {
    expect(await refusal(send('post', 'drift-runs', { system: 'POS', subject: '', why: 1 }))).toEqual([
      422,
      'invalid-request',
      '/system Must be one of WMS, ERP, CHANNEL.',
      expect.stringMatching(/^\/subject /) as string,
      '/why There is no such field here: remove it.',
    ]);
    expect(await refusal(send('post', 'drift-runs', { system: 'WMS', subject: 'dc-west' }))).toEqual([
      422,
      'invalid-request',
      '/subject There is no active node "dc-west".',
    ]);
    expect(await refusal(send('get', 'drift-runs?limit=201&after=x'))).toEqual([
      422,
      'invalid-request',
      expect.stringMatching(/^\/limit /) as string,
      '/after Must be the "next" of an earlier page, as it was given.',
    ]);
    expect(await refusal(send('get', 'inventory-accuracy?subject=a%00b'))).toEqual([
      422,
      'invalid-request',
      '/subject Must be one line, without control characters.',
    ]);
    expect(await refusal(send('get', 'inventory-accuracy?since=yesterday'))).toEqual([
      422,
      'invalid-request',
      '/since Must be an ISO 8601 time with its offset.',
    ]);
    for (const id of ['x', '019b7a3c-5d10-7c4e-9f51-2f6b8a1d0c44'])
      expect(await refusal(send('get', `drift-runs/${id}`))).toEqual([404, 'unknown-drift-run']);
    expect(await refusal(send('post', 'drift-runs', { system: 'ERP', subject: NODE, takeSnapshot: true }))).toEqual([
      422,
      'invalid-request',
      '/takeSnapshot Only a warehouse has a snapshot to take: leave it out.',
    ]);
  });

  it("takes the warehouse's word for all of a node when people say so", async () => {
    expect(await house.onHand('B')).toBe(5);
    await send('post', 'drift-runs', { system: 'WMS', subject: NODE, takeSnapshot: true });
    await reconciliation.settled();
    expect(await house.onHand('B')).toBe(45);
    expect((await send('get', 'drift-runs?limit=1')).body).toMatchObject({ runs: [{ unitsOff: 40, error: null }] });
    expect(await house.feeds.wantedSnapshots(5)).toEqual([]);
  });
});
