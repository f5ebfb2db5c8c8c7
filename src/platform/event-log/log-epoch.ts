import { randomInt } from 'node:crypto';
import pg, { type ClientBase } from 'pg';
import { CursorError, type EventCursor } from './event-cursor.js';

type Db = Pick<ClientBase, 'query'>;

/** Why the numbering of the log begins anew. */
export type EpochCause = 'RESTORED' | 'MOVED';

/** Any number that no other advisory lock of the hub's database uses: "epoch" in ASCII. */
const EPOCH_LOCK = 0x65706f63;
/** Transaction ids that no event gets between two epochs. By chance, so that cursors of two restores of one backup do not meet. */
const GAP_MIN = 2 ** 36;
const GAP_MAX = 2 ** 40;
/** How long an outside call may have been made before, by what was lost. */
const CAUTIOUS_DAYS = 30;

/**
 * Makes sure that the log's numbering fits the server that it is on. Rows that came from another server (a restore, a
 * copy, a failover) carry numbers of that server's transactions: new events must be numbered behind them. Gives why a new
 * epoch was begun; undefined when none was. For each start, after the migrations.
 */
export async function ensureLogEpoch(url: string): Promise<EpochCause | undefined> {
  const client = new pg.Client({ connectionString: url, application_name: 'entrepot-log-epoch' });
  // The statement under way fails as well; without this, a lost connection would end the process before it is told.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [EPOCH_LOCK]);
    const cause = await continueOrBegin(client);
    await client.query('commit');
    return cause;
  } finally {
    await client.end();
  }
}

async function continueOrBegin(tx: Db): Promise<EpochCause | undefined> {
  const server = await readServer(tx);
  const { rows } = await tx.query<{ server: string }>('select server from log_epoch order by first_tx desc limit 1');
  const [known] = rows;
  if ((await isAhead(tx)) || (known !== undefined && known.server !== server)) {
    await beginEpoch(tx, 'MOVED');
    return 'MOVED';
  }
  if (known === undefined)
    await tx.query(
      `insert into log_epoch (first_tx, tx_offset, follows_tx, follows_id, server, because)
       values ('0', 0, '0', 0, $1, 'INSTALLED')`,
      [server],
    );
  return undefined;
}

/**
 * No event that can be seen has a number that this transaction could still get, unless it came from elsewhere. Two statements: in one,
 * this transaction may get its number while the statement is planned, and another may commit with a higher one before it is run.
 */
async function isAhead(tx: Db): Promise<boolean> {
  const { rows } = await tx.query<{ last: string }>(
    'select e.tx::text as last from event_log e order by e.tx desc, e.id desc limit 1',
  );
  const [{ last } = { last: '0' }] = rows;
  const { rows: compared } = await tx.query<{ ahead: boolean }>('select $1::xid8 >= log_tx() as ahead', [last]);
  return compared[0]?.ahead === true;
}

/**
 * Begins a new epoch behind all events that are there, in the caller's transaction. Events before keep their numbers, so
 * stored cursors stay right. Waits for open writers of the log.
 */
export async function beginEpoch(tx: Db, because: EpochCause): Promise<void> {
  await tx.query('lock table event_log in exclusive mode');
  const { rows } = await tx.query<{ tx: string; id: string; first: string; current: string }>(
    `select coalesce(last.tx, '0')::text as tx, coalesce(last.id, 0)::text as id,
            coalesce((select max(first_tx) from log_epoch), '0')::text as first, pg_current_xact_id()::text as current
     from (values (1)) as one
     left join (select e.tx, e.id from event_log e order by e.tx desc, e.id desc limit 1) as last on true`,
  );
  const end = rows[0] ?? { tx: '0', id: '0', first: '0', current: '0' };
  const current = BigInt(end.current);
  const highest = [BigInt(end.tx), BigInt(end.first), current].reduce((a, b) => (a > b ? a : b));
  const first = highest + BigInt(randomInt(GAP_MIN, GAP_MAX));
  await numberFrom(tx, first - current);
  await tx.query(
    `insert into log_epoch (first_tx, tx_offset, follows_tx, follows_id, server, because, cautious_until)
     values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 day')`,
    [`${first}`, `${first - current}`, end.tx, end.id, await readServer(tx), because, CAUTIOUS_DAYS],
  );
}

/** Constants in the functions, not a look-up: they are asked for each event. */
async function numberFrom(tx: Db, offset: bigint): Promise<void> {
  const raised = (xid: string): string => `select (${offset} + ${xid}::text::bigint)::text::xid8`;
  await tx.query(
    `create or replace function log_tx() returns xid8 language sql volatile as '${raised('pg_current_xact_id()')}'`,
  );
  await tx.query(
    `create or replace function log_horizon() returns xid8 language sql stable
     as '${raised('pg_snapshot_xmin(pg_current_snapshot())')}'`,
  );
}

/** Which cluster it is, and which of its timelines: `7311023485/1`. Where the cluster's id is not to be read, the timeline alone. */
async function readServer(db: Db): Promise<string> {
  const { rows } = await db.query<{ timeline: string; readable: boolean }>(
    `select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::text as timeline,
            has_function_privilege('pg_control_system()', 'execute') as readable`,
  );
  const { timeline = '', readable = false } = rows[0] ?? {};
  if (!readable) return timeline;
  const { rows: cluster } = await db.query<{ id: string }>(
    'select system_identifier::text as id from pg_control_system()',
  );
  return `${cluster[0]?.id ?? ''}/${timeline}`;
}

/**
 * A cursor that somebody kept may point at events that a restore lost: going on from there would skip what came in their
 * place. One of another stream would tell what nobody asked for. Throws CursorError.
 */
export async function refuseLostCursor(db: Db, cursor: EventCursor): Promise<void> {
  const { rows } = await db.query<{ lost: boolean; foreign: boolean }>({
    name: 'log-epoch.lost',
    text: `select exists (select 1 from log_epoch e
                          where (e.follows_tx, e.follows_id) < ($1::xid8, $2::bigint) and $1::xid8 < e.first_tx)
               or $1::xid8 >= log_horizon() and $1::xid8 <> '0' as lost,
             $2::bigint > 0 and exists (select 1 from log_epoch e where e.first_tx = $1::xid8) as foreign`,
    values: [cursor.tx, cursor.id],
  });
  // What is kept in step with the log numbers its changes behind the beginning of an epoch, where no event is.
  if (rows[0]?.foreign === true) throw new CursorError('the cursor is of another stream: subscribe without it');
  if (rows[0]?.lost !== true) return;
  throw new CursorError(
    'the cursor is of events that were lost when the hub was restored: read what you keep afresh, then subscribe without it',
  );
}

/** Until when outside calls may have been made before, in Unix milliseconds; 0 when nothing was lost. */
export async function readCautiousUntil(db: Db): Promise<number> {
  const { rows } = await db.query<{ until: Date | null }>('select max(cautious_until) as until from log_epoch');
  return rows[0]?.until?.getTime() ?? 0;
}

/** An epoch that began with a loss, and what it left open was not asked for anew yet. */
export interface OpenLoss {
  readonly firstTx: string;
  readonly because: EpochCause;
}

export async function findOpenLoss(db: Db): Promise<OpenLoss | undefined> {
  const { rows } = await db.query<OpenLoss>(
    `select first_tx::text as "firstTx", because from log_epoch
     where because <> 'INSTALLED' and recovered_at is null order by first_tx desc limit 1`,
  );
  return rows[0];
}

/** The loss and all before it are recovered from. */
export async function closeLoss(db: Db, { firstTx }: OpenLoss): Promise<void> {
  await db.query(
    `update log_epoch set recovered_at = now()
     where because <> 'INSTALLED' and recovered_at is null and first_tx <= $1::xid8`,
    [firstTx],
  );
}

/** How long the outside is asked for what it told to the hub that was lost. */
export const RECOVERY_MS = 24 * 3_600_000;

/** The last loss, while it is being made up for. */
export interface Recovery {
  /** The instant of the restore: what was done before it may be lost. */
  readonly lostBefore: string;
  /** Since when the hub runs again, in Unix milliseconds. */
  readonly sinceMs: number;
}

/** Undefined where nothing was lost, or all of it was made up for. */
export async function readRecovery(db: Db, nowMs = Date.now()): Promise<Recovery | undefined> {
  const { rows } = await db.query<{ started_at: Date; recovered_at: Date | null }>(
    `select started_at, recovered_at from log_epoch where because <> 'INSTALLED' order by first_tx desc limit 1`,
  );
  const [last] = rows;
  if (last === undefined) return undefined;
  const sinceMs = last.recovered_at?.getTime() ?? nowMs;
  return nowMs - sinceMs > RECOVERY_MS ? undefined : { lostBefore: last.started_at.toISOString(), sinceMs };
}
