import type { ClientBase } from 'pg';

type Db = Pick<ClientBase, 'query'>;

/** Where the task queue keeps its tables. */
export const QUEUE_SCHEMA = 'pgboss';
const QUEUE_JOBS = 'job';

/** Written by the migrations themselves. */
const MADE_BY_MIGRATION = ['schema_migration', 'schema_migration_checksum'];
/** True for the processes that ran then, and for nobody later: who signed out must not be signed in by a restore. */
const OF_THE_MOMENT = ['lease', 'breaker_state', 'rate_budget', 'sign_in_session', 'sign_in_grant', 'sign_in_attempt'];

/** Tables whose values are encrypted: the column, and what a value is bound to. */
export const SEALED = [
  { table: 'order_parties', column: 'sealed', aad: `'order:' || order_id` },
  { table: 'message', column: 'body', aad: `'message:' || id` },
  { table: 'call_evidence', column: 'sealed', aad: `'evidence:' || order_id || '/' || wait_key` },
] as const;

/** A table to copy, and which rows of it. */
export interface TableToCopy {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** SQL; absent: all. */
  readonly where?: string;
}

/** The hub's tables, those that others refer to first, then the queue's. Throws when tables refer to each other in a circle. */
export async function tablesToCopy(db: Db): Promise<readonly TableToCopy[]> {
  const { rows } = await db.query<{ name: string; columns: string[]; refers: string[] }>(
    `select c.relname as name, ${columnsOf('c.oid')} as columns,
            array(select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
                  where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as refers
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ($1::text[])
     order by c.relname`,
    [[...MADE_BY_MIGRATION, ...OF_THE_MOMENT]],
  );
  const { rows: queue } = await db.query<{ name: string; columns: string[] }>(
    `select c.relname as name, ${columnsOf('c.oid')} as columns from pg_class c
     where c.relnamespace = $1::regnamespace and c.relname = any($2::text[]) order by c.relname desc`,
    [QUEUE_SCHEMA, ['queue', QUEUE_JOBS]],
  );
  return [
    ...inOrderOfReference(rows).map(({ name, columns }) => ({ schema: 'public', name, columns })),
    ...queue.map(({ name, columns }) => ({
      schema: QUEUE_SCHEMA,
      name,
      columns,
      // What is done is kept for an hour for people alone.
      ...(name === QUEUE_JOBS ? { where: `state < 'completed'` } : {}),
    })),
  ];
}

function columnsOf(oid: string): string {
  return `array(select a.attname::text from pg_attribute a
                where a.attrelid = ${oid} and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum)`;
}

function inOrderOfReference<T extends { readonly name: string; readonly refers: readonly string[] }>(
  tables: readonly T[],
): readonly T[] {
  const ordered: T[] = [];
  let left = tables;
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const ready = left.filter(({ refers }) => !refers.some((name) => names.has(name)));
    if (ready.length === 0) throw new Error(`these tables refer to each other: ${[...names].join(', ')}`);
    ordered.push(...ready);
    left = left.filter((table) => !ready.includes(table));
  }
  return ordered;
}

export interface SequenceState {
  readonly table: string;
  readonly column: string;
  readonly last: string;
}

/** Sequences are outside of snapshots: read after the tables, they are ahead of all rows that were copied. */
export async function readSequences(db: Db): Promise<readonly SequenceState[]> {
  const { rows } = await db.query<SequenceState>(
    `select c.relname as table, a.attname as column, coalesce(s.last_value, 0)::text as last
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     join pg_class q on q.oid = pg_get_serial_sequence(format('%I', c.relname), a.attname)::regclass
     join pg_sequences s on s.schemaname = 'public' and s.sequencename = q.relname
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ($1::text[])
     order by 1, 2`,
    [MADE_BY_MIGRATION],
  );
  return rows;
}

export async function setSequences(db: Db, sequences: readonly SequenceState[]): Promise<void> {
  for (const { table, column, last } of sequences)
    if (last !== '0')
      await db.query(`select setval(pg_get_serial_sequence(format('%I', $1::text), $2), $3::bigint)`, [
        table,
        column,
        last,
      ]);
}

/** The ids of the keys that sealed the stored values. The form of a sealed value is the FieldCipher's. */
export async function readKeyIds(db: Db): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const { table, column } of SEALED) {
    const { rows } = await db.query<{ id: string }>(
      `select distinct convert_from(substring(${column} from 3 for get_byte(${column}, 1)), 'SQL_ASCII') as id
       from ${table} where length(${column}) > 2`,
    );
    for (const { id } of rows) ids.add(id);
  }
  return [...ids].toSorted();
}

/** One value of each sealed table: which of the keys it needs is in it. */
export async function readSealedSamples(
  db: Db,
): Promise<readonly { readonly table: string; readonly sealed: Buffer; readonly aad: string }[]> {
  const samples = [];
  for (const { table, column, aad } of SEALED) {
    const { rows } = await db.query<{ sealed: Buffer; aad: string }>(
      `select distinct on (substring(${column} from 3 for get_byte(${column}, 1))) ${column} as sealed, ${aad} as aad
       from ${table} where length(${column}) > 2`,
    );
    samples.push(...rows.map((row) => ({ table, ...row })));
  }
  return samples;
}

export async function readQueueVersion(db: Db): Promise<number> {
  const { rows } = await db.query<{ version: number }>(`select version from ${QUEUE_SCHEMA}.version`);
  return rows[0]?.version ?? 0;
}

export function tableName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `"${schema}"."${name}"`;
}

export function columnList(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}
