import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';

const CONNECT_MS_MAX = 10_000;
const IDLE_CONNECTION_MS_MAX = 30_000;

/**
 * How long the server lets the hub work. Bounded, because the readers of the event log stay behind the oldest
 * open transaction: one that hangs would hold them all back. Zero means no bound.
 */
export interface DatabaseTimeouts {
  readonly statementMs: number;
  readonly idleInTransactionMs: number;
  readonly transactionMs: number;
}

export interface DatabaseSettings {
  readonly url: string;
  /** Shown in `pg_stat_activity`: the role of the process. */
  readonly applicationName: string;
  readonly connectionsMax: number;
  readonly timeouts: DatabaseTimeouts;
  /** An error on a connection that nobody uses at the moment; the pool replaces the connection. */
  readonly onIdleError: (error: Error) => void;
}

export class DatabaseVersionError extends Error {
  readonly code = 'DATABASE_TOO_OLD';
}

/** There is no server at the address, or it does not let us in. The message says which, without the password. */
export class DatabaseUnreachableError extends Error {
  readonly code = 'DATABASE_UNREACHABLE';
}

export const SERVER_VERSION_MIN = 17;

/**
 * Opens the pool. Checks the server's version first, for an older server would refuse the connection settings
 * with words that help nobody. The caller closes with `dataSource.destroy()`.
 * @throws DatabaseVersionError
 */
export async function openDatabase(settings: DatabaseSettings): Promise<DataSource> {
  await requireServerVersion(settings.url, SERVER_VERSION_MIN);
  return new DataSource(dataSourceOptions(settings)).initialize();
}

/** @throws DatabaseVersionError when the server is older than this major version, DatabaseUnreachableError without one. */
export async function requireServerVersion(url: string, majorMin: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS_MAX });
  await client.connect().catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseUnreachableError(
      `The database "${client.database}" on ${client.host}:${client.port} cannot be opened: ${why}`,
      { cause },
    );
  });
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    const version = rows[0]?.server_version ?? '0';
    if (Number.parseInt(version, 10) >= majorMin) return;
    throw new DatabaseVersionError(
      `Entrepot needs PostgreSQL ${majorMin} or newer; the server at ${client.host}:${client.port} is ${version}.`,
    );
  } finally {
    await client.end();
  }
}

function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  const { statementMs, idleInTransactionMs, transactionMs } = settings.timeouts;
  return {
    type: 'postgres',
    url: settings.url,
    applicationName: settings.applicationName,
    poolSize: settings.connectionsMax,
    connectTimeoutMS: CONNECT_MS_MAX,
    // The schema changes by migrations alone, and they bring what they need.
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolErrorHandler: settings.onIdleError,
    extra: {
      statement_timeout: statementMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      // pg has no setting of its own for this one.
      options: `-c transaction_timeout=${transactionMs}`,
      idleTimeoutMillis: IDLE_CONNECTION_MS_MAX,
      keepAlive: true,
      // Statements of one connection that do not wait for each other share a round trip; they still run in order.
      pipeline: true,
    },
  };
}
