import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { migrate } from './migrate.js';
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

async function notes(): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<{ id: number }>('select id from note order by id')).rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
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
