import { parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type pg from 'pg';
import { TaskQueue } from '../../src/platform/jobs/index.js';
import { OutsideGate } from '../../src/platform/outside/outside-gate.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { OperationMetricsPlugin } from './operation-metrics.plugin.js';

let database: TestDatabase;
let pool: pg.Pool;
let metrics: Metrics;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 2);
  metrics = new Metrics({ pool, gate: new OutsideGate(), tasks: new TaskQueue(pool), commitsWaiting: () => 0 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

type Asked = Parameters<OperationMetricsPlugin['requestDidStart']>[0];
type Answered = Asked & { readonly operation: OperationDefinitionNode };

/** What the server tells the plugin of an operation of that name. */
async function answer(plugin: OperationMetricsPlugin, name: string, documentId: unknown): Promise<void> {
  const document: DocumentNode = parse(`query ${name} { __typename }`);
  const context = {
    request: { http: { body: { documentId } } },
    operationName: name,
    operation: document.definitions[0],
    response: { body: { kind: 'single', singleResult: { data: {} } } },
  } as unknown as Answered;
  const listener = await plugin.requestDidStart(context);
  await listener?.willSendResponse?.(context as never);
}

it('names the operations of trusted documents alone, whatever stands in the place of an id', async () => {
  const plugin = new OperationMetricsPlugin(metrics);
  await answer(plugin, 'Trusted', `sha256:${'0'.repeat(64)}`);
  for (const [index, id] of [undefined, null, '', 0, false, {}, []].entries()) await answer(plugin, `Free${index}`, id);
  const told = await metrics.render();
  expect(told).toMatch(/graphql_operation_seconds_count\{[^}]*name="Trusted"[^}]*\} 1/);
  expect(told).toMatch(/graphql_operation_seconds_count\{[^}]*name="arbitrary"[^}]*\} 7/);
  expect(told).not.toContain('Free');
});
