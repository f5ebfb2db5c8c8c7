import { afterEach, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { until } from '../../../test/support/until.js';
import { TaskQueue } from '../jobs/index.js';
import { OutsideGate } from '../outside/outside-gate.js';
import { bankPolicies } from '../outside/testing/bank.js';
import { Metrics } from './metrics.js';

let database: TestDatabase;
let pool: pg.Pool;

afterEach(() => database.drop());

describe('metrics', () => {
  it('go on without the database, without its last figures, and say so', async () => {
    database = await createTestDatabase();
    pool = openTestPool(database.url, 4);
    await pool.query(`insert into cursor (name, value) values ('reader', '1-1')`);
    const gate = new OutsideGate();
    gate.policies.declare(bankPolicies());
    await gate.pass(
      { system: 'bank', operation: 'Accounts.read' },
      () => Promise.resolve(''),
      () => ({ outcome: 'ok' }),
    );
    const tasks = new TaskQueue(pool);
    tasks.register('bank.open-account', () => Promise.resolve([]));
    await tasks.start();
    const metrics = new Metrics({ pool, gate, tasks, commitsWaiting: () => 7 });
    const before = await metrics.render();
    expect(before).toContain('entrepot_metrics_unread{source="tasks"} 0');
    expect(before).toContain('entrepot_tasks_dead{kind="bank.open-account",tier="3"} 0');
    await tasks.stop(1_000);
    await pool.end();
    const after = await metrics.render();
    for (const source of ['tasks', 'event-log'])
      expect(after).toContain(`entrepot_metrics_unread{source="${source}"} 1`);
    expect(after).not.toContain('entrepot_tasks_dead{');
    expect(after).toContain('entrepot_outside_breaker_state{system="bank",operation="Accounts.read"} 0');
    expect(after).toContain('entrepot_commit_queue_depth 7');
  });
  it('render figures of other parts, and empty those that cannot be read', async () => {
    database = await createTestDatabase();
    pool = openTestPool(database.url, 2);
    const tasks = new TaskQueue(pool);
    const metrics = new Metrics({ pool, gate: new OutsideGate(), tasks, commitsWaiting: () => 0 });
    const level = metrics.gauge('tank_level', 'Litres in a tank.', ['tank']);
    let readable = true;
    const read = async (): Promise<void> => {
      if (!readable) throw new Error('the gauge is dirty');
      level.set({ tank: 'north' }, 12);
    };
    metrics.addLook({ source: 'tanks', gauges: [level], read });
    expect(await metrics.render()).toContain('entrepot_tank_level{tank="north"} 12');
    readable = false;
    const after = await metrics.render();
    expect(after).not.toContain('entrepot_tank_level{');
    expect(after).toContain('entrepot_metrics_unread{source="tanks"} 1');
    await pool.end();
  });

  it('are told in time without figures that are slow to be read, which are not read twice at once', async () => {
    database = await createTestDatabase();
    pool = openTestPool(database.url, 2);
    const parts = { pool, gate: new OutsideGate(), tasks: new TaskQueue(pool), commitsWaiting: () => 0 };
    const metrics = new Metrics({ ...parts, lookMsMax: 20 });
    const level = metrics.gauge('tank_level', 'Litres in a tank.');
    const slow = Promise.withResolvers<void>();
    let reads = 0;
    const read = async (): Promise<void> => {
      reads += 1;
      if (reads === 1) await slow.promise;
      level.set(reads);
    };
    metrics.addLook({ source: 'tanks', gauges: [level], read });
    for (let n = 0; n < 2; n += 1) {
      const text = await metrics.render();
      expect(text).toContain('entrepot_metrics_unread{source="tanks"} 1');
      expect(text).not.toContain('entrepot_tank_level 1');
    }
    expect(reads).toBe(1);
    slow.resolve();
    await until(
      () => metrics.render(),
      (text) => text.includes('entrepot_metrics_unread{source="tanks"} 0') && text.includes('entrepot_tank_level 2'),
      { what: 'the figures', timeoutMs: 20_000 },
    );
    await pool.end();
  });
});
