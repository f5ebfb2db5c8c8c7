import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { until } from '../../../test/support/until.js';
import { migrate } from './migrate.js';
import { OUTSIDE_TRANSACTION } from './migration-files.js';
import { dumpSchema } from './schema-dump.js';

const FIRST = '1763700000001-first';
const SECOND = '1763700000002-second';

let folder: string;
let database: TestDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrepot-migrations-'));
  database = await createEmptyDatabase();
  await write(FIRST, 'create table note (id int primary key); create index note_by_id on note (id desc);');
  await write(SECOND, "insert into note values (7); comment on table note is 'a remark';");
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function write(id: string, sql: string): Promise<void> {
  await writeFile(join(folder, `${id}.sql`), sql);
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return client;
}

async function query(text: string, ...values: readonly unknown[]): Promise<readonly object[]> {
  const client = await connect();
  try {
    return (await client.query<object>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

async function notes(): Promise<readonly unknown[]> {
  return (await query('select id from note order by id')).map((row) => Object.values(row)[0] as unknown);
}

async function indexes(): Promise<readonly unknown[]> {
  return query(`select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
                where c.relname = 'note_parity'`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

describe('migrations', () => {
  it('are applied in order, once', async () => {
    expect(await migrate(database.url, folder)).toEqual([FIRST, SECOND]);
    expect(await migrate(database.url, folder)).toEqual([]);
    expect(await notes()).toEqual([7]);
  });

  it('are applied once by processes that start together', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url, folder)));
    expect(all.flat()).toEqual([FIRST, SECOND]);
    expect(await notes()).toEqual([7]);
  });

  it('leave nothing of a file that fails, and keep the files before it', async () => {
    await write(SECOND, 'insert into note values (8); select 1/0;');
    await expect(migrate(database.url, folder)).rejects.toThrow('division by zero');
    expect(await notes()).toEqual([]);

    await write(SECOND, 'insert into note values (8);');
    expect(await migrate(database.url, folder)).toEqual([SECOND]);
    expect(await notes()).toEqual([8]);
  });

  it('refuse a file that was changed after it was applied', async () => {
    await migrate(database.url, folder);
    await write(FIRST, 'create table note (id bigint primary key);');
    await expect(migrate(database.url, folder)).rejects.toThrow(`"${FIRST}" was changed after it was applied`);
  });

  it('refuse a database of a newer release', async () => {
    await migrate(database.url, folder);
    await rm(join(folder, `${SECOND}.sql`));
    await expect(migrate(database.url, folder)).rejects.toThrow('migrated by a newer Entrepot');
  });

  it('refuse a name that does not say its time, and one time given twice', async () => {
    await write('1763700000001-again', 'select 1');
    await expect(migrate(database.url, folder)).rejects.toThrow('two migrations have the time 1763700000001');
    await write('later', 'select 1');
    await expect(migrate(database.url, folder)).rejects.toThrow('"later.sql" must be named');
  });
});

describe('a migration outside a transaction', () => {
  const INDEX = '1763700000003-note-parity';
  const SQL = `${OUTSIDE_TRANSACTION}
-- An index that broke off is there, and of no use.
drop index concurrently if exists note_parity;
create unique index concurrently note_parity on note ((id % 2));
`;

  it('builds an index while others write, of which none has to wait', async () => {
    await migrate(database.url, folder);
    await write(INDEX, SQL);
    const [writer, other] = [await connect(), await connect()];
    let migrated: Promise<readonly string[]> | undefined;
    try {
      await writer.query('begin; insert into note values (2)');
      migrated = migrate(database.url, folder);
      const building = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                          and query like '%create unique index concurrently%' and pid <> pg_backend_pid()`;
      const seen = async (): Promise<boolean> => (await other.query(building)).rowCount === 1;
      await until(seen, (is) => is, { what: 'the index to wait for the writer', timeoutMs: 20_000 });
      await other.query("set lock_timeout = '1s'");
      await other.query('delete from note where id = 7');
      await writer.query('commit');
      expect(await migrated).toEqual([INDEX]);
    } finally {
      await Promise.all([writer.end(), other.end()]);
      await migrated?.catch(() => undefined);
    }
    expect(await indexes()).toEqual([{ valid: true }]);
  });

  it('runs again from its beginning after it broke off', async () => {
    await migrate(database.url, folder);
    await query('insert into note values (9)');
    await write(INDEX, SQL);
    await expect(migrate(database.url, folder)).rejects.toThrow('could not create unique index');
    expect(await indexes()).toEqual([{ valid: false }]);
    await query('delete from note where id = 9');
    // As if the process was killed between the two notes that it is done.
    await query('insert into schema_migration_checksum select $1, $2', INDEX, sha256(SQL));
    expect(await migrate(database.url, folder)).toEqual([INDEX]);
    expect(await indexes()).toEqual([{ valid: true }]);
    expect(await migrate(database.url, folder)).toEqual([]);
  });

  it('is applied once by processes that start together, and none stands in the way of another', async () => {
    await write(INDEX, SQL);
    const all = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, folder)));
    expect(all.flat()).toEqual([FIRST, SECOND, INDEX]);
    expect(await indexes()).toEqual([{ valid: true }]);
  });
});

describe('the schema dump', () => {
  it('shows what a reviewer must see, the same each time', async () => {
    await write(
      SECOND,
      `create type mood as enum ('calm', 'busy');
       create table remark (
         id bigint generated always as identity primary key,
         note_id int not null references note,
         mood mood not null default 'calm',
         body text constraint body_is_short check (length(body) < 10)
       ) with (fillfactor = 70);
       alter table remark alter column body set storage external;
       create index remark_busy on remark (note_id) where mood = 'busy';
       create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
       create trigger remark_touch before update on remark for each row execute function touch();
       comment on column remark.body is 'in few words';`,
    );
    await migrate(database.url, folder);
    const dump = await dumpSchema(database.url);
    expect(dump).toContain("create type mood as enum ('calm', 'busy');");
    expect(dump).toContain('  id bigint generated always as identity not null,');
    expect(dump).toContain("  mood mood default 'calm'::mood not null,");
    expect(dump).toContain('  body text storage external,');
    expect(dump).toContain('  constraint body_is_short CHECK ((length(body) < 10))');
    expect(dump).toContain('FOREIGN KEY (note_id) REFERENCES note(id)');
    expect(dump).toContain(') with (fillfactor=70);');
    expect(dump).toContain("(note_id) WHERE (mood = 'busy'::mood);");
    expect(dump).toContain('CREATE OR REPLACE FUNCTION public.touch()');
    expect(dump).toContain('CREATE TRIGGER remark_touch BEFORE UPDATE');
    expect(dump).toContain("comment on column remark.body is 'in few words';");
    expect(await dumpSchema(database.url)).toBe(dump);
  });
});
