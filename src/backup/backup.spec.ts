import { randomUUIDv7 } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/until.js';
import { CHANNELS, SeededOrders } from '../../test/support/seed-orders.js';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { FieldCipher } from '../platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../platform/crypto/key-ring.js';
import { inTransaction } from '../platform/commit/index.js';
import { appendEvents, ensureLogEpoch, readEventsAfter, readLogEnd } from '../platform/event-log/index.js';
import { newEvents } from '../platform/event-log/testing/events.js';
import { TaskQueue, type TaskRun } from '../platform/jobs/index.js';
import { writeBackup } from './backup.js';
import { BackupError, manifestFile, readManifest, type BackupManifest } from './manifest.js';
import { restoreBackup } from './restore.js';
import { columnList, tableName, tablesToCopy } from './tables.sql.js';

const [AMAZON, SHOP] = CHANNELS;
const keys = KeyRing.parse(generateKeyRing('test'));
const quiet = (): void => undefined;

let source: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let folder: string;
let manifest: BackupManifest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrepot-backup-'));
  source = await createTestDatabase();
  await ensureLogEpoch(source.url);
  pool = openTestPool(source.url, 4);
  orders = await SeededOrders.open(pool, keys);
  await orders.accept(AMAZON, ['A-1', 'A-2'], { attributes: { note: 'tab\tnewline\n\\N 👍' } });
  await orders.accept(SHOP, ['S-1']);
  await orders.fulfill(AMAZON, 'A-1');
  await pool.query(`insert into lease (name, holder, until) values ('telling', gen_random_uuid(), now())`);
  await pool.query(`update pgboss.job set state = 'active' where id = (select id from pgboss.job order by id limit 1)`);
  await pool.query(`insert into pgboss.job (name, state, completed_on) values ('dead-letter', 'completed', now())`);
  manifest = await backUp('whole');
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await source.drop();
  await rm(folder, { recursive: true });
});

const backUp = (name: string): Promise<BackupManifest> =>
  writeBackup({ url: source.url, to: join(folder, name), tell: quiet });

const restoreTo = (
  url: string,
  given: { from?: string; force?: boolean; ring?: KeyRing } = {},
): Promise<BackupManifest> => {
  const { from = 'whole', force = false, ring = keys } = given;
  return restoreBackup({
    url,
    from: join(folder, from),
    force,
    keys: ring,
    cipher: new FieldCipher(ring),
    tell: quiet,
  });
};

async function withDatabase(work: (url: string, restored: pg.Pool) => Promise<void>): Promise<void> {
  const target = await createEmptyDatabase();
  const restored = openTestPool(target.url, 4);
  try {
    await work(target.url, restored);
  } finally {
    await restored.end();
    await target.drop();
  }
}

/** A digest of all rows of each table. What a restore changes on purpose is looked at by itself. */
async function digests(db: pg.Pool): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const client = await db.connect();
  try {
    for (const table of await tablesToCopy(client)) {
      if (table.name === 'job' || table.name === 'log_epoch') continue;
      const columns = table.schema === 'pgboss' ? 'name, policy, retry_limit, dead_letter' : columnList(table.columns);
      const { rows } = await client.query<{ digest: string }>(
        `select coalesce(md5(string_agg(r::text, '|' order by r::text)), '-') as digest
         from (select ${columns} from ${tableName(table)}) r`,
      );
      found.set(tableName(table), rows[0]?.digest ?? '');
    }
  } finally {
    client.release();
  }
  return found;
}

async function copyOf(name: string): Promise<string> {
  await mkdir(join(folder, name));
  for (const file of await readdir(join(folder, 'whole')))
    await writeFile(join(folder, name, file), await readFile(join(folder, 'whole', file)));
  return join(folder, name);
}

async function withManifest(name: string, change: (of: BackupManifest) => BackupManifest): Promise<string> {
  const to = await copyOf(name);
  await writeFile(manifestFile(to), JSON.stringify(change(await readManifest(to))));
  return name;
}

describe('a backup', () => {
  it('says what is in it, and holds no key, no lease and nothing that is done', async () => {
    const rows = new Map(manifest.tables.map((table) => [table.name, table.rows]));
    expect(rows.get('orders')).toBe(3);
    expect(rows.get('order_parties')).toBe(3);
    expect(rows.has('lease')).toBe(false);
    expect(manifest.keyIds).toEqual(['test']);
    const { rows: jobs } = await pool.query<{ n: number }>(
      `select count(*)::int as n from pgboss.job where state < 'completed'`,
    );
    expect(rows.get('job')).toBe(jobs[0]?.n);
    expect(await readManifest(join(folder, 'whole'))).toEqual(manifest);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('is one instant, whatever is written meanwhile', async () => {
    let n = 0;
    const writing = (async () => {
      for (; n < 60; n += 1) await orders.accept(SHOP, [`W-${n}`]);
    })();
    await backUp('under-load');
    await writing;
    await withDatabase(async (url, restored) => {
      await restoreTo(url, { from: 'under-load' });
      // Each order with all of its events, parties and facts, or none of it.
      const { rows } = await restored.query<{ torn: number }>(
        `select count(*)::int as torn from orders o
         where o.version <> (select count(*) from event_log e where e.stream_id = o.id)
            or not exists (select 1 from order_parties p where p.order_id = o.id)`,
      );
      expect(rows[0]?.torn).toBe(0);
    });
    await pool.query(
      `delete from cross_reference where order_id in (select id from orders where reference like 'W-%')`,
    );
  });

  it('refuses a folder with something in it, and a database without a hub', async () => {
    await expect(backUp('whole')).rejects.toThrow('is not empty');
    await withDatabase(async (url) => {
      await expect(writeBackup({ url, to: join(folder, 'none'), tell: quiet })).rejects.toThrow(
        'no hub was ever started',
      );
    });
    expect(await readdir(folder)).not.toContain('none');
  });

  it('that loses the database leaves nothing behind', async () => {
    const holder = await pool.connect();
    await holder.query('begin; lock table orders in access exclusive mode');
    const failure = backUp('lost').catch((error: unknown) => String(error));
    const waits = `select pid from pg_stat_activity where application_name = 'entrepot-backup'
                   and datname = current_database() and wait_event_type = 'Lock'`;
    await eventually(async () => expect((await pool.query(waits)).rowCount).toBe(1));
    await pool.query(`select pg_terminate_backend(pid) from (${waits}) w`);
    expect(await failure).toMatch(/terminat/);
    await holder.query('rollback');
    holder.release();
    expect((await readdir(folder)).filter((name) => name.includes('lost'))).toEqual([]);
  });

  it('takes the place of nobody who wrote there meanwhile, and says what the disk says', async () => {
    const to = join(folder, 'taken');
    const tell = (): void => {
      mkdirSync(to, { recursive: true });
      writeFileSync(join(to, 'other'), '');
    };
    await expect(writeBackup({ url: source.url, to, tell })).rejects.toThrow(BackupError);
    expect(await readdir(to)).toEqual(['other']);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
    await expect(backUp('whole/manifest.json/below')).rejects.toThrow('cannot be written to');
  });
});

describe('a restore', () => {
  it('brings every row back as it was, and numbers what follows behind it', async () => {
    const url = join(folder, 'again');
    await backUp('again');
    expect(await readManifest(url)).toMatchObject({ queueVersion: manifest.queueVersion });
    await withDatabase(async (target, restored) => {
      await restoreTo(target, { from: 'again' });
      expect(await digests(restored)).toEqual(await digests(pool));
      const end = await readLogEnd(restored);
      await inTransaction(restored, (tx) => appendEvents(tx, newEvents(randomUUIDv7(), 1, 2)));
      await expect
        .poll(async () => (await readEventsAfter(restored, end, 100)).map(({ streamVersion }) => streamVersion))
        .toEqual([1, 2]);
      const { rows } = await restored.query(
        `select nextval(pg_get_serial_sequence('movement', 'id')) > max(id) as behind from movement`,
      );
      expect(rows).toEqual([{ behind: true }]);
      expect(await ensureLogEpoch(target)).toBeUndefined();
      expect((await restored.query(`select because from log_epoch order by first_tx`)).rows).toEqual([
        { because: 'INSTALLED' },
        { because: 'RESTORED' },
      ]);
    });
  });

  it('lets each task run, as one that may have had its effect, and those that come later too', async () => {
    await withDatabase(async (url, restored) => {
      await restoreTo(url);
      expect((await restored.query(`select 1 from pgboss.job where state = 'active'`)).rowCount).toBe(0);
      const queue = new TaskQueue(restored);
      const runs: TaskRun[] = [];
      queue.register('erp.post-sales-order', async (tasks) => {
        runs.push(...tasks);
        return tasks.map(() => ({ outcome: 'DONE' }));
      });
      await queue.start();
      const client = await restored.connect();
      await queue.enqueue(client, [{ kind: 'erp.post-sales-order', key: 'new', payload: { orderId: 'x' } }]);
      client.release();
      await queue.work();
      await expect.poll(() => runs.some(({ key }) => key === 'new'), { timeout: 10_000 }).toBe(true);
      await queue.stop(1_000);
      expect(runs.length).toBeGreaterThan(1);
      expect(runs.every(({ attempt }) => attempt > 0)).toBe(true);
      for (const { payload } of runs.filter(({ key }) => key !== 'new')) expect(payload).toMatchObject({ again: true });
    });
  });

  it('takes no database with rows in it, unless told to delete them', async () => {
    await withDatabase(async (url, restored) => {
      await restoreTo(url);
      await expect(restoreTo(url)).rejects.toThrow('is not empty');
      await restored.query(`delete from movement`);
      await restoreTo(url, { force: true });
      expect((await restored.query(`select 1 from movement`)).rowCount).toBeGreaterThan(0);
    });
  });

  it('refuses while a hub runs on the database', async () => {
    await withDatabase(async (url) => {
      const hub = openTestPool(`${url}?application_name=entrepot%20api`, 1);
      await hub.query('select 1');
      await expect(restoreTo(url, { force: true })).rejects.toThrow('A hub is running');
      await hub.end();
    });
  });

  it('refuses a hub that was started while the database was empty', async () => {
    await withDatabase(async (url, restored) => {
      const restoring = restoreTo(url).then(
        () => 'restored',
        (error: unknown) => String(error),
      );
      const hub = await restored.connect();
      const isThere = `select to_regclass('orders') is not null as there`;
      await eventually(async () => expect((await hub.query(isThere)).rows).toEqual([{ there: true }]));
      await hub.query(`set application_name = 'entrepot api'`);
      expect(await restoring).toContain('A hub is running');
      expect((await hub.query('select 1 from orders')).rowCount).toBe(0);
      hub.release(true);
    });
  });

  it('refuses what does not fit, in a sentence, and changes nothing', async () => {
    const other = KeyRing.parse(generateKeyRing('other'));
    const sameName = KeyRing.parse(generateKeyRing('test'));
    await appendFile(join(await copyOf('damaged'), 'public.orders.copy.gz'), 'x');
    await rm(join(await copyOf('torn'), 'public.orders.copy.gz'));
    const cases: readonly (readonly [string, { from?: string; ring?: KeyRing }])[] = [
      ['it has no manifest.json', { from: 'nowhere' }],
      ['checksum differs', { from: 'damaged' }],
      ['lacks public.orders.copy.gz', { from: 'torn' }],
      ['"test", which the key ring here does not hold', { ring: other }],
      [
        'newer release',
        {
          from: await withManifest('newer', (of) => ({
            ...of,
            migrations: [...of.migrations, { id: '1999999999999-later', sha256: 'x' }],
          })),
        },
      ],
      [
        'has another text',
        {
          from: await withManifest('changed', (of) => ({
            ...of,
            migrations: of.migrations.map((migration) => ({ ...migration, sha256: 'x' })),
          })),
        },
      ],
      [
        `task queue has version ${manifest.queueVersion - 1}`,
        { from: await withManifest('queue', (of) => ({ ...of, queueVersion: of.queueVersion - 1 })) },
      ],
      [
        'not one that this release reads (/format',
        { from: await withManifest('format', (of) => ({ ...of, format: 2 }) as never) },
      ],
    ];
    await withDatabase(async (url, restored) => {
      for (const [sentence, given] of cases) await expect(restoreTo(url, given)).rejects.toThrow(sentence);
      expect((await restored.query(`select to_regclass('orders') as orders`)).rows).toEqual([{ orders: null }]);
      // The key's name fits and its bytes do not: found before the commit.
      await expect(restoreTo(url, { ring: sameName })).rejects.toThrow(BackupError);
      expect((await restored.query(`select 1 from orders`)).rowCount).toBe(0);
      await restoreTo(url);
      expect((await restored.query(`select 1 from orders`)).rowCount).toBeGreaterThan(2);
    });
  });
});
