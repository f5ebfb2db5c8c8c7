import type { Pool } from 'pg';
import { expect } from 'vitest';
import { NODES } from '../../src/demo/retail.js';
import type { Order } from '../../src/model/order.js';
import { edgesOf } from '../support/hub-edges.js';
import type { HubProcesses } from '../support/hub-outside.js';
import { expectOnceOutside } from '../support/outside-check.js';
import { expectStockAddsUp, onHandUnits } from '../support/stock-check.js';
import { until } from '../support/until.js';
import type { Acknowledged } from './order-load.js';

const READS_AT_ONCE = 8;

/** Waits until nothing is left to do for any of the orders, and no task is left. */
export async function waitForAllDone(pool: Pool, acknowledged: number, timeoutMs: number): Promise<void> {
  await until(
    async () => ({ ...(await countOrders(pool)), tasks: await openTasks(pool) }),
    ({ orders, completed, tasks }) => orders === acknowledged && completed === acknowledged && tasks.length === 0,
    { what: `${acknowledged} complete orders`, timeoutMs },
  );
}

async function countOrders(pool: Pool): Promise<{ orders: number; completed: number; waits: unknown }> {
  const { rows } = await pool.query<{ orders: number; completed: number; waits: unknown }>(
    `select count(*)::int as orders, count(*) filter (where completed)::int as completed,
            (select json_agg(state -> 'waits') from (select state from orders where not completed limit 3) as o) as waits
     from orders`,
  );
  return rows[0] ?? { orders: 0, completed: 0, waits: undefined };
}

/** By kind. A task that ended as failed or as a dead letter counts too: nobody did it. */
async function openTasks(pool: Pool): Promise<readonly { name: string; state: string; tasks: number }[]> {
  const { rows } = await pool.query<{ name: string; state: string; tasks: number }>(
    `select name, state::text, count(*)::int as tasks from pgboss.job
     where state in ('created', 'retry', 'active', 'failed') and name not like '\\_\\_%' group by 1, 2`,
  );
  return rows;
}

/** Everything that was acknowledged is there once, has had each of its effects once, and stock adds up. */
export async function expectNothingLostOrDoubled(
  hubs: HubProcesses,
  acknowledged: readonly Acknowledged[],
  openingUnits: number,
): Promise<void> {
  const orders = await readOrders(hubs.pool);
  expect(orders.map(nameOf).toSorted()).toEqual(acknowledged.map(nameOf).toSorted());
  await expectEffectsOnce(hubs, acknowledged);
  expectNothingElseOutside(hubs, orders);
  await expectStockAddsUp(hubs.pool);
  expect(await onHandUnits(hubs.pool)).toEqual(expectedOnHand(await onHandUnits(hubs.pool), orders, openingUnits));
  await expectWholeStreams(hubs.pool);
}

function nameOf({ channel, reference }: Acknowledged): string {
  return `${channel} ${reference}`;
}

async function readOrders(pool: Pool): Promise<readonly Order[]> {
  const { rows } = await pool.query<{ state: Order }>('select state from orders');
  return rows.map(({ state }) => state);
}

async function expectEffectsOnce(hubs: HubProcesses, acknowledged: readonly Acknowledged[]): Promise<void> {
  const url = hubs.processes.at(-1)?.url ?? '';
  const edges = edgesOf(url, hubs.bearer);
  const left = [...acknowledged];
  const check = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const found = await edges.order(next.channel, next.reference);
      expect(found?.completedAt).toBeTypeOf('string');
      if (found !== undefined) expectOnceOutside(hubs.world, found);
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, check));
}

/** No document outside that no order knows of. */
function expectNothingElseOutside({ world }: HubProcesses, orders: readonly Order[]): void {
  const shipments = orders.flatMap((order) => order.shipments);
  expectSame(
    world.sap.salesOrders().map(({ salesOrder }) => salesOrder),
    orders.map(({ erp }) => erp.salesOrder),
  );
  expectSame(
    world.sap.deliveries().map(({ deliveryDocument }) => deliveryDocument),
    shipments.map(({ deliveryDocument }) => deliveryDocument),
  );
  expectSame(
    world.wms.releases().map(({ wmsReference }) => wmsReference),
    orders.flatMap(({ fulfillmentOrders }) => fulfillmentOrders.map(({ wmsReference }) => wmsReference)),
  );
  expectSame(
    world.wms.shipments().map(({ shipmentReference }) => shipmentReference),
    shipments.map(({ reference }) => reference),
  );
}

function expectSame(outside: readonly string[], known: readonly (string | undefined)[]): void {
  expect(outside.toSorted()).toEqual(known.filter((id) => id !== undefined).toSorted());
}

function expectedOnHand(
  positions: Readonly<Record<string, number>>,
  orders: readonly Order[],
  openingUnits: number,
): Readonly<Record<string, number>> {
  const expected = new Map(Object.keys(positions).map((place) => [place, openingUnits]));
  for (const { node, packages } of orders.flatMap((order) => order.shipments))
    for (const { sku, quantity } of packages.flatMap((parcel) => parcel.items)) {
      expect(NODES.map(({ id }) => id)).toContain(node);
      const place = `${node}/${sku}`;
      expected.set(place, (expected.get(place) ?? 0) - quantity);
    }
  return Object.fromEntries(expected);
}

/** The events of each order are without a gap, and its row is as new as the last of them. */
async function expectWholeStreams(pool: Pool): Promise<void> {
  const { rows } = await pool.query(
    `select o.id, o.version from orders o
       left join lateral (
         select count(*) as events, max(stream_version) as last from event_log e where e.stream_id = o.id
       ) as e on true
     where e.events <> o.version or e.last <> o.version`,
  );
  expect(rows).toEqual([]);
}
