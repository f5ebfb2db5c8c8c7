import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostmaster, pidFile } from './embedded/postmaster.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';

const IS_ROOT = process.getuid?.() === 0;

let folder: string;
let lines: string[];
let running: EmbeddedPostgres[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrepot-embedded-'));
  await chmod(folder, 0o755);
  lines = [];
  running = [];
});

afterEach(async () => {
  // All first: two starts in a test share one folder.
  for (const server of running) await server.stop();
  for (const server of running) await rm(server.dataDir, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    database: 'entrepot',
    log: (line) => lines.push(line),
  });
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  it('keeps data, password and place over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'create table note as select 42 as answer');
    await first.stop();
    await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');

    const second = await start();
    expect(await query(second.url, 'select answer from note')).toEqual([{ answer: 42 }]);
  });

  it('is durable, closed to the network, and sorts the same on every machine', async () => {
    const { url } = await start();
    expect(
      await query(
        url,
        `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
                current_setting('listen_addresses') as listen, datlocprovider::text as provider, datlocale as locale,
                pg_encoding_to_char(encoding) as encoding
           from pg_database where datname = current_database()`,
      ),
    ).toEqual([
      {
        fsync: 'on',
        synchronous_commit: 'on',
        listen: '127.0.0.1',
        provider: 'b',
        locale: 'C.UTF-8',
        encoding: 'UTF8',
      },
    ]);
    const wrongPassword = new URL(url);
    wrongPassword.password = 'guessed';
    await expect(query(wrongPassword.href, 'select 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(folder, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
  });

  it('does not touch the server of a process that lives', async () => {
    const { url } = await start();
    await expect(start()).rejects.toThrow('Another running Entrepot uses the database');
    expect(await query(url, 'select 1 as alive')).toEqual([{ alive: 1 }]);
  });

  it('stops and restarts a server whose process was killed', async () => {
    const first = await start();
    await query(first.url, 'create table note as select 42 as answer');
    const before = await findPostmaster(first.dataDir);
    // What the operating system does to a killed process: its connections end, nothing is said to the server.
    await query(
      first.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'entrepot-owner'`,
    );

    const second = await start();
    const after = await findPostmaster(second.dataDir);
    expect(after?.pid).not.toBe(before?.pid);
    expect(await query(second.url, 'select answer from note')).toEqual([{ answer: 42 }]);
    expect(lines.join('\n')).toContain('still running after the last process was killed');
  });

  it('starts over a process-id file that names a process of somebody else', async () => {
    const first = await start();
    await first.stop();
    const other = await startOtherProcess();
    try {
      await writeFile(pidFile(first.dataDir), `${other.pid}\n${first.dataDir}\n1\n5432\n\n127.0.0.1\n\nready\n`);
      const second = await start();
      expect(await query(second.url, 'select 1 as alive')).toEqual([{ alive: 1 }]);
      expect(other.exitCode).toBeNull();
    } finally {
      other.kill();
    }
  });

  it.runIf(IS_ROOT)('goes elsewhere, and says where, when its user cannot enter the folder', async () => {
    await chmod(folder, 0o700);
    const first = await start();
    expect(first.dataDir.startsWith(folder)).toBe(false);
    expect(lines.join('\n')).toContain(first.dataDir);
    await query(first.url, 'create table note as select 42 as answer');
    await first.stop();

    const second = await start();
    expect(second.dataDir).toBe(first.dataDir);
    expect(await query(second.url, 'select answer from note')).toEqual([{ answer: 42 }]);
    expect(await readFile(join(folder, 'postgres', 'location'), 'utf8')).toBe(second.dataDir);
    expect((await stat(dirname(second.dataDir))).mode & 0o022).toBe(0);
  });
});

async function startOtherProcess(): Promise<ChildProcess> {
  const other = spawn('sleep', ['60']);
  await once(other, 'spawn');
  return other;
}
