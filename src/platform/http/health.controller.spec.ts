import request from 'supertest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { HttpModule } from './http.module.js';
import { Readiness } from './readiness.js';
import { startTestApp, type TestApp } from './testing/start-test-app.js';

let test: TestApp;
let readiness: Readiness;

beforeAll(async () => {
  test = await startTestApp({ imports: [HttpModule] });
  readiness = test.app.get(Readiness);
});

afterAll(() => test.app.close());

async function ready(): Promise<readonly [number, unknown]> {
  const answer = await request(test.server).get('/readyz');
  return [answer.status, answer.body];
}

it('is alive and, with nothing to check, ready', async () => {
  expect((await request(test.server).get('/livez')).body).toEqual({ status: 'alive' });
  expect(await ready()).toEqual([200, { status: 'ready', checks: {} }]);
});

it('is not ready while a check names a reason, and says it', async () => {
  let reason: string | undefined = 'The migrations have not run.';
  readiness.register({ name: 'database', check: async () => reason });
  readiness.register({ name: 'queue', check: async () => undefined });
  expect(await ready()).toEqual([
    503,
    { status: 'not-ready', checks: { database: 'The migrations have not run.', queue: 'ok' } },
  ]);
  reason = undefined;
  expect(await ready()).toEqual([200, { status: 'ready', checks: { database: 'ok', queue: 'ok' } }]);
});

it('keeps the words of a failure inside', async () => {
  readiness.register({ name: 'database', check: () => Promise.reject(new Error('no route to db-7')) });
  const answer = await request(test.server).get('/readyz');
  expect(answer.status).toBe(503);
  expect(answer.text).not.toContain('db-7');
  expect(JSON.stringify(test.log())).toContain('db-7');
  readiness.register({ name: 'database', check: async () => undefined });
});

it('waits for a check only so long', async () => {
  readiness.register({ name: 'slow', check: () => new Promise<never>(() => {}) });
  vi.useFakeTimers();
  const report = readiness.report();
  await vi.advanceTimersByTimeAsync(3000);
  vi.useRealTimers();
  expect((await report).checks).toMatchObject({ slow: 'No answer within 3000 ms.' });
});

it('is not ready once the process stops, and lets go of who asks', async () => {
  readiness.register({ name: 'slow', check: async () => undefined });
  expect((await readiness.report()).status).toBe('ready');
  const keep = { connection: 'keep-alive' };
  expect((await request(test.server).get('/livez').set(keep)).headers['connection']).toBe('keep-alive');
  readiness.onModuleDestroy();
  expect((await request(test.server).get('/livez').set(keep)).headers['connection']).toBe('close');
  expect((await readiness.report()).checks).toMatchObject({ process: 'The process is stopping.' });
});
