import type { Pool, PoolClient } from 'pg';
import type { Metrics } from './metrics.js';

/** Seconds; a statement takes a millisecond, and a transaction that holds its connection longer than one holds up others. */
const WAIT_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
const HOLD_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

type Connected = (error: Error | undefined, client: PoolClient | undefined, release: (lost?: unknown) => void) => void;

/** Tells how long this process's work waits for a database connection, and how long it keeps one. */
export function watchPool(metrics: Metrics, pool: Pool): void {
  const connections = metrics.gauge(
    'database_connections',
    'Of this process: busy, idle, and work that waits for one.',
    ['state'],
  );
  const wait = metrics.histogram(
    'database_connection_wait_seconds',
    'How long work waited for a connection.',
    [],
    WAIT_BUCKETS,
  );
  const hold = metrics.histogram(
    'database_connection_hold_seconds',
    'How long work kept a connection.',
    [],
    HOLD_BUCKETS,
  );
  metrics.addLook({
    source: 'connections',
    gauges: [connections],
    read: async () => {
      const { totalCount, idleCount, waitingCount } = pool;
      connections.set({ state: 'busy' }, totalCount - idleCount);
      connections.set({ state: 'idle' }, idleCount);
      connections.set({ state: 'waiting' }, waitingCount);
    },
  });
  const since = new WeakMap<PoolClient, number>();
  pool.on('acquire', (client) => since.set(client, performance.now()));
  pool.on('release', (_error, client) => {
    const at = since.get(client);
    if (at !== undefined) hold.observe((performance.now() - at) / 1_000);
  });
  timeConnects(pool, (seconds) => wait.observe(seconds));
}

/** The pool tells when a connection was given, and not when it was asked for. */
function timeConnects(pool: Pool, observe: (seconds: number) => void): void {
  const connect: { (): Promise<PoolClient>; (connected: Connected): void } = pool.connect.bind(pool);
  const timed = (connected?: Connected): Promise<PoolClient> | void => {
    const asked = performance.now();
    const given = (): void => observe((performance.now() - asked) / 1_000);
    if (connected !== undefined)
      return connect((error, client, release) => {
        given();
        connected(error, client, release);
      });
    return connect().finally(given);
  };
  pool.connect = timed as Pool['connect'];
}
