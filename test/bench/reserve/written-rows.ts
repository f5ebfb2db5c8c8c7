import type { Pool } from 'pg';

/** A table that the hub writes when it accepts an order: what it fills, and how a row names its order. */
interface WrittenTable {
  readonly table: string;
  readonly orderId: string;
  /** Columns with their types. */
  readonly columns: Readonly<Record<string, string>>;
}

const TABLES: readonly WrittenTable[] = [
  {
    table: 'orders',
    orderId: 'id',
    columns: {
      id: 'uuid',
      version: 'int',
      channel: 'text',
      reference: 'text',
      status: 'text',
      placed_at: 'timestamptz',
      completed: 'bool',
      tier: 'smallint',
      waiting_keys: 'text[]',
      state: 'json',
    },
  },
  { table: 'order_parties', orderId: 'order_id', columns: { order_id: 'uuid', sealed: 'bytea' } },
  {
    table: 'event_log',
    orderId: 'stream_id',
    columns: {
      stream_type: 'text',
      stream_id: 'uuid',
      stream_version: 'int',
      type: 'text',
      schema_version: 'smallint',
      scope: 'text',
      source: 'text',
      fact_id: 'text',
      occurred_at: 'timestamptz',
      data: 'json',
    },
  },
  { table: 'fact', orderId: `outcome->>'orderId'`, columns: { id: 'text', digest: 'text', outcome: 'jsonb' } },
  {
    table: 'cross_reference',
    orderId: 'order_id',
    columns: {
      system: 'text',
      kind: 'text',
      outside_id: 'text',
      hub_kind: 'text',
      hub_id: 'uuid',
      order_id: 'uuid',
    },
  },
  {
    table: 'movement',
    orderId: 'cause_stream',
    columns: {
      sku: 'text',
      node: 'text',
      bucket: 'text',
      delta: 'int',
      reason: 'text',
      lot: 'text',
      occurred_at: 'timestamptz',
      cause_stream: 'uuid',
      cause_version: 'int',
    },
  },
  {
    table: 'pgboss.job_common',
    orderId: `data->'payload'->>'orderId'`,
    columns: {
      id: 'uuid',
      name: 'text',
      data: 'jsonb',
      retry_limit: 'int',
      retry_delay: 'int',
      retry_backoff: 'bool',
      retry_delay_max: 'int',
      expire_seconds: 'int',
      deletion_seconds: 'int',
      heartbeat_seconds: 'int',
      dead_letter: 'text',
      policy: 'text',
    },
  },
];

/** An insert of many rows, ready to be sent: one array for each column. */
export interface RawInsert {
  readonly name: string;
  readonly text: string;
  readonly values: readonly (readonly (string | null)[])[];
}

/** What one transaction writes for its orders. */
export interface RawBatch {
  readonly orders: number;
  readonly claims: readonly { readonly sku: string; readonly node: string; readonly units: number }[];
  readonly inserts: readonly RawInsert[];
}

type Row = Readonly<Record<string, string | null>>;

/** All rows of all orders, in batches of orders in their order of acceptance. */
export async function readWrittenRows(pool: Pool, ordersPerBatch: number): Promise<readonly RawBatch[]> {
  const ids = await pool.query<{ id: string }>('select id from orders order by id');
  const rowsOfTables: ReadonlyMap<string, readonly Row[]>[] = [];
  for (const table of TABLES) rowsOfTables.push(await readByOrder(pool, table));
  const batches: RawBatch[] = [];
  for (let from = 0; from < ids.rows.length; from += ordersPerBatch)
    batches.push(
      toBatch(
        ids.rows.slice(from, from + ordersPerBatch).map(({ id }) => id),
        rowsOfTables,
      ),
    );
  return batches;
}

async function readByOrder(pool: Pool, written: WrittenTable): Promise<ReadonlyMap<string, readonly Row[]>> {
  const columns = Object.keys(written.columns).map((column) => `${column}::text`);
  const { rows } = await pool.query<Row>(
    `select ${written.orderId} as "orderId", ${columns.join(', ')} from ${written.table}`,
  );
  return Map.groupBy(rows, (row) => row['orderId'] ?? '');
}

function toBatch(orderIds: readonly string[], rowsOfTables: readonly ReadonlyMap<string, readonly Row[]>[]): RawBatch {
  const ofTable = TABLES.map((_, index) => orderIds.flatMap((id) => rowsOfTables[index]?.get(id) ?? []));
  const inserts = TABLES.map((table, index) => toInsert(table, ofTable[index] ?? []));
  const movements = ofTable[TABLES.findIndex(({ table }) => table === 'movement')] ?? [];
  return { orders: orderIds.length, claims: claimsOf(movements), inserts };
}

function toInsert({ table, columns }: WrittenTable, rows: readonly Row[]): RawInsert {
  const names = Object.keys(columns);
  const given = names.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const cast = Object.entries(columns).map(([name, type]) => `${name}::${type}`);
  return {
    name: `raw.${table}`,
    text: `insert into ${table} (${names.join(', ')})
           select ${cast.join(', ')} from unnest(${given}) as r (${names.join(', ')})`,
    values: names.map((name) => rows.map((row) => row[name] ?? null)),
  };
}

/** Claimed units by position, in the order in which positions are locked. */
function claimsOf(movements: readonly Row[]): RawBatch['claims'] {
  const claims = new Map<string, { sku: string; node: string; units: number }>();
  for (const row of movements) {
    const [sku, node] = [row['sku'] ?? '', row['node'] ?? ''];
    const claim = claims.get(`${sku} ${node}`) ?? { sku, node, units: 0 };
    claims.set(`${sku} ${node}`, { ...claim, units: claim.units + Number(row['delta']) });
  }
  return [...claims.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
}
