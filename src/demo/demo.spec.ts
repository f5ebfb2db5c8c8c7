import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../test/support/hub-process.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { AppModule } from '../app.module.js';
import { Users } from '../platform/auth/sign-in/users.js';
import { findEmbeddedPostgres } from '../platform/db/embedded-postgres.js';
import { start } from '../start.js';

const FAULT = 'Entrepot has ended because of a fault of its own:';

let dir: string;
let told: unknown[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'entrepot-demo-'));
  told = [];
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('ENTREPOT_'))) vi.stubEnv(name, undefined);
  vi.stubEnv('ENTREPOT_DATA_DIR', dir);
  vi.stubEnv('ENTREPOT_SHUTDOWN_TIMEOUT_MS', '1000');
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation((said: unknown) => void told.push(said));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const run = (...argv: readonly string[]): Promise<number> => start(['--demo', '--port', '0', '--rate', '0', ...argv]);

function runningDatabase(): Promise<string | undefined> {
  return findEmbeddedPostgres({ dataDir: join(dir, 'postgres'), database: 'entrepot', log: () => undefined });
}

/** Needs what nobody provides. */
@Injectable()
class Unresolvable {
  constructor(@Inject('WHAT_NOBODY_PROVIDES') readonly part: unknown) {}
}

function withUnresolvable(): void {
  const forRoot = AppModule.forRoot.bind(AppModule);
  vi.spyOn(AppModule, 'forRoot').mockImplementation((options) => {
    const module = forRoot(options);
    return { ...module, providers: [...(module.providers ?? []), Unresolvable] };
  });
}

describe('a demo that cannot start', () => {
  it('because a part of the hub is missing says so, ends, and leaves no database running', async () => {
    withUnresolvable();
    expect(await run()).toBe(1);
    expect(told[0]).toBe(FAULT);
    expect(String(told[1])).toContain('WHAT_NOBODY_PROVIDES');
    expect(await runningDatabase()).toBeUndefined();
  });

  it('after the hub is up already stops the hub, too', async () => {
    const fault = new Error('no space left on device');
    vi.spyOn(Users.prototype, 'save').mockRejectedValue(fault);
    const port = await freePort();
    expect(await run('--port', String(port))).toBe(1);
    expect(told).toEqual([FAULT, fault]);
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('fetch failed');
    expect(await runningDatabase()).toBeUndefined();
  });

  it('for its settings says which, before anything is started', async () => {
    vi.stubEnv('ENTREPOT_JWKS_URL', 'https://issuer.example/keys');
    vi.stubEnv('ENTREPOT_JWT_ISSUER', 'https://issuer.example');
    expect(await run()).toBe(2);
    expect(told).toEqual([
      expect.stringMatching(/^ENTREPOT_JWKS_URL is set, but the demo .* start without the demo\.$/),
    ]);
  });

  it('over orders that its sandboxes do not know says where they might be', async () => {
    const database = await createTestDatabase();
    const pool = openTestPool(database.url, 2);
    const orders = await SeededOrders.open(pool);
    await orders.accept('shop-eu', ['X-1']);
    await orders.close();
    await pool.end();
    vi.stubEnv('DATABASE_URL', database.url);
    expect(await run()).toBe(2);
    expect(told).toEqual([expect.stringContaining(`is not in ${join(dir, 'sandboxes')}.`)]);
    await database.drop();
  });
});
