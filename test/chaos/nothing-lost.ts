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
/** The queue's own copy of each task that it gave up. */
const DEAD_LETTERS = 'dead-letter';

/** Waits until nothing is left to do for any of the orders, and no task is left. */
export async function waitForAllDone(pool: Pool, acknowledged: number, timeoutMs: number): Promise<void> {
  await until(
    async () => ({ ...(await countOrders(pool)), tasks: await openTasks(pool) }),
    ({ orders, completed, tasks }) => orders === acknowledged && completed === acknowledged && tasks.length === 0,
    { what: `${acknowledged} complete orders`, timeoutMs },
  );
}

/** As `waitForAllDone`; an order that waits for a person, and whom an exception shows to one, is done as well. */
export async function waitForAllDoneOrShown(pool: Pool, acknowledged: number, timeoutMs: number): Promise<void> {
  await until(
    async () => ({ ...(await countOrders(pool)), tasks: await openTasks(pool) }),
    ({ orders, completed, shown, tasks }) =>
      orders === acknowledged &&
      completed + shown === acknowledged &&
      tasks.every(({ name, state }) => state === 'failed' || name === DEAD_LETTERS),
    { what: `${acknowledged} orders that are complete or shown to a person`, timeoutMs },
  );
}

interface OrderCounts {
  readonly orders: number;
  readonly completed: number;
  /** Not complete, with a standing exception. */
  readonly shown: number;
  /** Of the first that are not complete. */
  readonly waits: unknown;
}

async function countOrders(pool: Pool): Promise<OrderCounts> {
  const { rows } = await pool.query<OrderCounts>(
    `select count(*)::int as orders, count(*) filter (where completed)::int as completed,
            count(*) filter (where not completed and exists (${STANDING}))::int as shown,
            (select json_agg(json_build_object('id', id, 'waits', state -> 'waits'))
             from (select id, state from orders where not completed limit 3) as o) as waits
     from orders`,
  );
  return rows[0] ?? { orders: 0, completed: 0, shown: 0, waits: undefined };
}

const STANDING = `select 1 from exception x where x.order_id = orders.id and x.status <> 'RESOLVED'`;

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
  expect(await findViolations(hubs, acknowledged, openingUnits)).toEqual([]);
  expect(await unfinished(hubs.pool)).toEqual([]);
}

/** What is lost, doubled or oversold, a sentence each, naming the order where it is one. Empty when all is right. */
export async function findViolations(
  hubs: HubProcesses,
  acknowledged: readonly Acknowledged[],
  openingUnits: number,
): Promise<readonly string[]> {
  const orders = await readOrders(hubs.pool);
  return [
    ...lostOrUnasked(orders, acknowledged),
    ...(await effectsNotOnce(hubs, acknowledged)),
    ...documentsOfNobody(hubs, orders),
    ...(await violation('stock', () => expectStockAddsUp(hubs.pool))),
    ...(await violation('units on the shelves', async () => {
      const onHand = await onHandUnits(hubs.pool);
      expect(onHand).toEqual(expectedOnHand(onHand, orders, openingUnits));
    })),
    ...(await violation('streams', () => expectWholeStreams(hubs.pool))),
  ];
}

/** Orders that are not complete and that no exception shows to a person; each with what it waits for. */
export async function stuckOrders(pool: Pool): Promise<readonly string[]> {
  return (await unfinished(pool, `and not exists (${STANDING})`)).map(
    (order) => `stuck without an exception: ${order}`,
  );
}

/** Tasks that nobody tries again, of orders that no exception shows to a person. */
export async function failedTasks(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string; key: string; output: unknown }>(
    `select name, data ->> 'key' as key, output from pgboss.job
     where state = 'failed' and name not like '\\_\\_%'
       and not exists (select 1 from exception x
                       where x.order_id::text = data -> 'payload' ->> 'orderId' and x.status <> 'RESOLVED')`,
  );
  return rows.map(({ name, key, output }) => `task ${name} ${key} was given up: ${JSON.stringify(output)}`);
}

async function unfinished(pool: Pool, narrowed = ''): Promise<readonly string[]> {
  const { rows } = await pool.query<{ channel: string; reference: string; waits: unknown }>(
    `select channel, reference, state -> 'waits' as waits from orders where not completed ${narrowed} order by id`,
  );
  return rows.map(({ channel, reference, waits }) => `${channel} ${reference} waits for ${JSON.stringify(waits)}`);
}

async function violation(of: string, check: () => void | Promise<void>): Promise<readonly string[]> {
  try {
    await check();
    return [];
  } catch (error) {
    return [`${of}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function nameOf({ channel, reference }: Acknowledged): string {
  return `${channel} ${reference}`;
}

async function readOrders(pool: Pool): Promise<readonly Order[]> {
  const { rows } = await pool.query<{ state: Order }>('select state from orders');
  return rows.map(({ state }) => state);
}

function lostOrUnasked(orders: readonly Order[], acknowledged: readonly Acknowledged[]): readonly string[] {
  const held = orders.map(nameOf);
  const asked = acknowledged.map(nameOf);
  const heldOnce = new Set(held);
  const askedOnce = new Set(asked);
  return [
    ...asked.filter((name) => !heldOnce.has(name)).map((name) => `lost: ${name}`),
    ...held.filter((name) => !askedOnce.has(name)).map((name) => `nobody asked for: ${name}`),
    ...(held.length === heldOnce.size ? [] : [`doubled: ${held.length - heldOnce.size} orders`]),
  ];
}

async function effectsNotOnce(hubs: HubProcesses, acknowledged: readonly Acknowledged[]): Promise<readonly string[]> {
  const edges = edgesOf(hubs.processes.at(-1)?.url ?? '', hubs.bearer);
  const left = [...acknowledged];
  const found: string[] = [];
  const check = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { channel, reference } = next;
      const order = await edges.order(channel, reference);
      // A lost one is said already; one that waits may be told to its channel later.
      if (order === undefined || order.completedAt === null) continue;
      found.push(...(await violation(nameOf(next), () => expectOnceOutside(hubs.world, order))));
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, check));
  return found;
}

/** Documents outside that no order knows of, and those of an order that are not there. */
function documentsOfNobody({ world }: HubProcesses, orders: readonly Order[]): readonly string[] {
  const shipments = orders.flatMap((order) => order.shipments);
  return [
    ...differences(
      'sales order',
      world.sap.salesOrders().map(({ salesOrder }) => salesOrder),
      orders.map(({ erp }) => erp.salesOrder),
    ),
    ...differences(
      'delivery',
      world.sap.deliveries().map(({ deliveryDocument }) => deliveryDocument),
      shipments.map(({ deliveryDocument }) => deliveryDocument),
    ),
    ...differences(
      'release',
      world.wms.releases().map(({ wmsReference }) => wmsReference),
      orders.flatMap(({ fulfillmentOrders }) => fulfillmentOrders.map(({ wmsReference }) => wmsReference)),
    ),
    ...differences(
      'shipment',
      world.wms.shipments().map(({ shipmentReference }) => shipmentReference),
      shipments.map(({ reference }) => reference),
    ),
  ];
}

function differences(
  what: string,
  outside: readonly string[],
  known: readonly (string | undefined)[],
): readonly string[] {
  const knownTo = new Set(known);
  const held = new Set(outside);
  return [
    ...outside.filter((id) => !knownTo.has(id)).map((id) => `no order knows of ${what} ${id}`),
    ...[...knownTo].filter((id) => id !== undefined && !held.has(id)).map((id) => `${what} ${id} is not there`),
    ...(held.size === outside.length ? [] : [`${what}: ${outside.length - held.size} are there twice`]),
  ];
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
