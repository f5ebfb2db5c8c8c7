import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const HOLD_MS = 200;

/**
 * Transactions of somebody else on the same server, one of them always open: the event log, which is read behind the oldest
 * transaction of the whole server, shows what is committed a moment later. On a server of many it does, now and then; here
 * always, so that a spec which looks too soon fails on its author's machine. Gives back how to end them.
 */
export async function startBusyNeighbour(url: string): Promise<() => Promise<void>> {
  const ended = new AbortController();
  const clients = await Promise.all([open(url), open(url)]);
  const writing = clients.map(async (client, index) => {
    await pause((index * HOLD_MS) / 2);
    while (!ended.signal.aborted) {
      await client.query('begin');
      await client.query('select pg_current_xact_id()');
      await pause(HOLD_MS);
      await client.query('commit');
    }
    await client.end();
  });
  return async () => {
    ended.abort();
    await Promise.all(writing);
  };
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
