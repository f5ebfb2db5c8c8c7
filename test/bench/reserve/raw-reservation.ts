import pg from 'pg';
import { PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import { fillCatalog, type StockedItems } from '../harness/bench-catalog.js';
import { OrderDoor } from './order-door.js';
import type { RawBatch } from './written-rows.js';

interface RawRun {
  readonly stock: StockedItems;
  readonly connections: number;
  /** Written, and not counted. */
  readonly warmUpBatches: number;
}

/**
 * Writes the rows of a hub's run into another database with set-wise SQL alone: every value is ready before, nothing is
 * decided, and as many transactions are under way as the hub has. What the database could do for the hub at most.
 */
export async function rewriteRows(
  url: string,
  batches: readonly RawBatch[],
  { stock, connections, warmUpBatches }: RawRun,
): Promise<{ readonly ordersPerSecond: number }> {
  await prepare(url, stock);
  const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: url, pipeline: true }));
  await Promise.all(clients.map((client) => client.connect()));
  await writeAll(clients, batches.slice(0, warmUpBatches));
  const measured = batches.slice(warmUpBatches);
  const startedAt = performance.now();
  await writeAll(clients, measured);
  const seconds = (performance.now() - startedAt) / 1_000;
  await Promise.all(clients.map((client) => client.end()));
  return { ordersPerSecond: measured.reduce((sum, batch) => sum + batch.orders, 0) / seconds };
}

/** The same stock, and the tables of the task queue. */
async function prepare(url: string, stock: StockedItems): Promise<void> {
  const door = await OrderDoor.open(url);
  await fillCatalog(door.pool, stock);
  await door.close();
}

async function writeAll(clients: readonly pg.Client[], batches: readonly RawBatch[]): Promise<void> {
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) await write(client, batch);
    }),
  );
}

async function write(client: pg.Client, { claims, inserts }: RawBatch): Promise<void> {
  const [skus, nodes] = [claims.map(({ sku }) => sku), claims.map(({ node }) => node)];
  await client.query('begin');
  await client.query({
    name: 'raw.lock',
    text: 'select sku, node, on_hand, reserved from position where sku = any($1::text[]) order by sku, node for update',
    values: [skus],
  });
  const claim = {
    name: 'raw.claim',
    text: `update position p set reserved = reserved + c.units
           from unnest($1::text[], $2::text[], $3::int[]) as c (sku, node, units)
           where p.sku = c.sku and p.node = c.node`,
    values: [skus, nodes, claims.map(({ units }) => units)],
  };
  const demand = {
    name: 'raw.demand',
    text: `insert into channel_demand as d (sku, channel, reserved, claimed_at)
           select sku, $3, sum(units), now() from unnest($1::text[], $2::int[]) as c (sku, units) group by sku order by sku
           on conflict (sku, channel) do update set reserved = d.reserved + excluded.reserved, claimed_at = excluded.claimed_at`,
    values: [skus, claims.map(({ units }) => units), PARTNER_ACCOUNT],
  };
  // In one round trip, as the hub sends them.
  await Promise.all(
    [claim, demand, ...inserts].map(({ name, text, values }) => client.query({ name, text, values: [...values] })),
  );
  await client.query('commit');
}
