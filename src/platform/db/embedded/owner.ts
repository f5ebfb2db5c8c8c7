import pg from 'pg';
import { SUPERUSER } from './create-cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** Any number that no other advisory lock of this server uses: "entr" in ASCII. */
const OWNER_LOCK = 0x656e7472;
const CONNECT_MS_MAX = 15_000;
const INVALID_PASSWORD = '28P01';

/** The process that started the server holds a lock in it as long as it lives, however it dies. */
export interface Ownership {
  readonly client: pg.Client;
  release(): Promise<void>;
}

/**
 * Takes the lock that says "a living process uses this server", or gives undefined when one does.
 * A lock in the database, not a file with a process id: it falls in the very moment the holder dies, and process
 * ids are used again (in a container the hub often has the same one after each start).
 */
export async function takeOwnership(server: {
  readonly port: number;
  readonly password: string;
}): Promise<Ownership | undefined> {
  const client = await connect(server.port, server.password);
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [OWNER_LOCK]);
  if (rows[0]?.taken === true) return { client, release: () => client.end() };
  await client.end();
  return undefined;
}

async function connect(port: number, password: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: 'entrepot-owner',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
  });
  try {
    await client.connect();
    return client;
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError) || cause.code !== INVALID_PASSWORD) throw cause;
    throw new EmbeddedPostgresError(
      'The password file of the embedded database is lost or was changed. Put it back, or delete the data to start afresh.',
      cause,
    );
  }
}
