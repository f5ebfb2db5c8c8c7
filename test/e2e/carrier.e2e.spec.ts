import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderCommit } from '../../process-apis/orders/index.js';
import { PARTNER_ACCOUNT } from '../../src/demo/retail.js';
import type { EasyPostSandbox } from '../../system-apis/carrier/easypost/sandbox/easypost-sandbox.js';
import type { GraphOrder } from '../support/graph-order.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { NORTH_ONLY } from '../support/place-orders.js';
import { until } from '../support/until.js';

/** Parcels stand still until a test moves them. */
const STANDING_STILL = { stepMs: 3_600_000 };
const LINES = [{ sku: NORTH_ONLY, quantity: 1 }];
const BUYER = 'Wilhelmina Thistlewood';
/** Longer than a sweep of what is due. */
const WAIT = { timeoutMs: 25_000 };

const PACKAGES = /* GraphQL */ `
  query ($id: ID!) {
    order(id: $id) {
      status
      completedAt
      shipments {
        packages {
          trackingNumber
          deliveredAt
          tracking {
            status
            at
            detail
          }
        }
      }
    }
  }
`;

interface TrackedPackage {
  readonly trackingNumber: string;
  readonly deliveredAt: string | null;
  readonly tracking: { readonly status: string; readonly at: string; readonly detail: string | null } | null;
}

interface PackagesAnswer {
  readonly order: {
    readonly completedAt: string | null;
    readonly shipments: readonly { readonly packages: readonly TrackedPackage[] }[];
  };
}

let sut: HubUnderTest;
let carrier: EasyPostSandbox;

beforeAll(async () => {
  sut = await startHubUnderTest({ carrier: STANDING_STILL });
  if (sut.world.carrier === undefined) throw new Error('nobody watches parcels');
  carrier = sut.world.carrier;
});
afterAll(() => sut.close());

async function completed(): Promise<GraphOrder> {
  const reference = await sut.placePartner(LINES, BUYER);
  return sut.waitForOrder(PARTNER_ACCOUNT, reference, (order) => order.completedAt !== null);
}

function numberOf(order: GraphOrder): string {
  return order.shipments[0]?.packages[0]?.trackingNumber ?? '';
}

async function trackerOf(order: GraphOrder): Promise<string> {
  const [tracker] = await until(
    () => carrier.trackers(numberOf(order)),
    (trackers) => trackers.length > 0,
    { what: `the tracker of ${order.reference}`, ...WAIT },
  );
  return tracker?.id ?? '';
}

async function packageOf(order: GraphOrder): Promise<TrackedPackage> {
  const { data, errors } = await sut.graphql<PackagesAnswer>(PACKAGES, { id: order.id });
  const found = data?.order.shipments[0]?.packages[0];
  if (found === undefined) throw new Error(JSON.stringify(errors));
  return found;
}

function untilTracked(order: GraphOrder, status: string): Promise<TrackedPackage> {
  return until(
    () => packageOf(order),
    ({ tracking }) => tracking?.status === status,
    { what: `${order.reference} to be ${status}`, ...WAIT },
  );
}

async function exceptionsOf(order: GraphOrder): Promise<readonly { category: string; status: string }[]> {
  const { rows } = await sut.pool.query<{ category: string; status: string }>(
    'select category, status from exception where order_id = $1',
    [order.id],
  );
  return rows;
}

/** As if nothing had been told of it for long. */
async function makeDue(trackerId: string): Promise<void> {
  await until(
    () => sut.pool.query('update tracked_package set look_at = now() where tracker_id = $1', [trackerId]),
    ({ rowCount }) => rowCount === 1,
    { what: `${trackerId} to be kept`, ...WAIT },
  );
}

/** An order whose work is packed, and refused by the carrier. */
async function refused(): Promise<{ readonly order: GraphOrder; readonly work: string }> {
  const { wms } = sut.world;
  wms.pause();
  const reference = await sut.placePartner(LINES, BUYER);
  const order = await sut.waitForOrder(
    PARTNER_ACCOUNT,
    reference,
    ({ fulfillmentOrders }) => fulfillmentOrders[0]?.status === 'RELEASED',
  );
  const work = order.fulfillmentOrders[0]?.id ?? '';
  wms.workUntil(work, 'pack');
  wms.carrierRefuses(work, 'No delivery to this postal code.');
  await until(
    () => exceptionsOf(order),
    (exceptions) => exceptions.length > 0,
    { what: 'the exception', ...WAIT },
  );
  return { order, work };
}

describe('a parcel', () => {
  it('is watched from its shipment to its delivery, and the order does not wait for it', async () => {
    const order = await completed();
    const trackerId = await trackerOf(order);
    expect(carrier.trackers(numberOf(order))).toHaveLength(1);
    expect(await packageOf(order)).toMatchObject({ tracking: null, deliveredAt: null });
    carrier.scan(trackerId, 'in_transit');
    expect(await untilTracked(order, 'IN_TRANSIT')).toMatchObject({ deliveredAt: null });
    carrier.scan(trackerId, 'out_for_delivery');
    await untilTracked(order, 'OUT_FOR_DELIVERY');
    carrier.scan(trackerId, 'delivered');
    const { tracking, deliveredAt } = await untilTracked(order, 'DELIVERED');
    expect(tracking).toMatchObject({ detail: 'arrived_at_destination', at: deliveredAt });
    expect(await exceptionsOf(order)).toEqual([]);
  });

  it('that is told of twice and in reverse order is delivered once', async () => {
    const order = await completed();
    const trackerId = await trackerOf(order);
    carrier.duplicateEvents(true);
    carrier.reorderEvents(true);
    for (const status of ['in_transit', 'out_for_delivery', 'delivered']) carrier.scan(trackerId, status);
    await untilTracked(order, 'DELIVERED');
    await until(
      () => carrier.untoldEvents(),
      (untold) => untold === 0,
      { what: 'all events to be told', ...WAIT },
    );
    carrier.duplicateEvents(false);
    carrier.reorderEvents(false);
    const { timeline } = (await sut.order(PARTNER_ACCOUNT, order.reference)) ?? order;
    expect(timeline.filter(({ type }) => type === 'PackageDelivered')).toHaveLength(1);
    expect((await packageOf(order)).tracking?.status).toBe('DELIVERED');
  });

  it('that comes back is an exception for customer service', async () => {
    const order = await completed();
    const trackerId = await trackerOf(order);
    carrier.scan(trackerId, 'failure', 'address_correction');
    carrier.scan(trackerId, 'return_to_sender');
    await untilTracked(order, 'RETURNING');
    const found = await until(
      () => exceptionsOf(order),
      (exceptions) => exceptions.length > 0,
      { what: 'the exception', ...WAIT },
    );
    expect(found).toEqual([{ category: 'CARRIER_FAILURE', status: 'OPEN' }]);
  });

  it('of which all messages were lost is asked about', async () => {
    const order = await completed();
    const trackerId = await trackerOf(order);
    carrier.loseEvents(true);
    carrier.scan(trackerId, 'delivered');
    carrier.loseEvents(false);
    await makeDue(trackerId);
    expect(await untilTracked(order, 'DELIVERED')).toMatchObject({ deliveredAt: expect.any(String) as string });
  });

  it('that left while the carrier was away is watched when it is back, once', async () => {
    carrier.setDown(true);
    const order = await completed();
    carrier.setDown(false);
    carrier.failNext({ operation: 'create', times: 1, mode: 'after' });
    carrier.scan(await trackerOf(order), 'in_transit');
    await untilTracked(order, 'IN_TRANSIT');
    expect(carrier.trackers(numberOf(order))).toHaveLength(1);
  });
});

describe('a parcel that the carrier would not take', () => {
  const OPEN = { category: 'CARRIER_FAILURE', status: 'OPEN' };

  it('is an exception until it ships another way', async () => {
    const { wms } = sut.world;
    const { order, work } = await refused();
    expect(await exceptionsOf(order)).toEqual([OPEN]);
    wms.carrierTakes(work);
    wms.resume();
    await sut.waitForOrder(PARTNER_ACCOUNT, order.reference, ({ completedAt }) => completedAt !== null);
    expect(await exceptionsOf(order)).toEqual([{ ...OPEN, status: 'RESOLVED' }]);
  });

  it('is released anew when a person corrects how it ships, and leaves once', async () => {
    const { wms } = sut.world;
    const { order, work } = await refused();
    wms.resume();
    await sut.hub.app.get(OrderCommit).submit([
      {
        id: `correct/${order.id}`,
        source: 'operator:ada',
        occurredAt: new Date().toISOString(),
        address: { by: 'ID', orderId: order.id },
        body: { kind: 'ShipMethodCorrected', shipMethod: 'EXPRESS', by: 'operator:ada' },
      },
    ]);
    const done = await sut.waitForOrder(PARTNER_ACCOUNT, order.reference, ({ completedAt }) => completedAt !== null);
    expect(done.shipments).toHaveLength(1);
    expect(wms.release(work)?.status).toBe('CANCELLED');
    expect(await exceptionsOf(order)).toEqual([{ ...OPEN, status: 'RESOLVED' }]);
  });
});
