import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Order, Package, Tracking } from '../../src/model/order.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import type { TaskHandler, TaskResult } from '../../src/platform/jobs/index.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { StockIntake } from '../availability/index.js';
import { Exceptions, readCallEvidence } from '../exceptions/index.js';
import { listMessages, StoredMessages } from '../intake/index.js';
import { CarrierFollowUp } from './carrier-follow-up.js';
import { CarrierInbound } from './carrier-inbound.js';
import { CarrierTasks } from './carrier.tasks.js';
import { PackageNews } from './package-news.js';
import { failing, PlayedCarrier } from './testing/played-carrier.js';

const KEYS = KeyRing.parse(generateKeyRing('test'));
const CHANNEL = 'shop-eu';
const SOON = '2026-03-02T08:00:00.000Z';
const LATER = '2026-03-02T12:00:00.000Z';
const DELIVERED: Tracking = { status: 'DELIVERED', at: LATER };

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let exceptions: Exceptions;
let messages: StoredMessages;
let carrier: PlayedCarrier;
let inbound: CarrierInbound;
let followUp: CarrierFollowUp;
let handle: TaskHandler;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 6);
  orders = await SeededOrders.open(pool, KEYS, 'carrier');
  exceptions = new Exceptions(pool, () => undefined);
});

beforeEach(async () => {
  await pool.query('truncate tracked_package, message, exception');
  const cipher = new FieldCipher(KEYS);
  carrier = new PlayedCarrier();
  const news = new PackageNews({ carrier, orders: orders.commit, pool });
  const parts = { carrier, news, lookup: orders.reader, exceptions, pool, cipher };
  inbound = new CarrierInbound(parts);
  followUp = new CarrierFollowUp(parts);
  const stock = new StockIntake(pool, () => undefined);
  messages = new StoredMessages({ pool, orders: orders.commit, stock, cipher });
  messages.register(inbound);
  new CarrierTasks(parts).register({ register: (_kind, handler) => void (handle = handler) });
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

interface Shipped {
  readonly order: Order;
  readonly parcel: Package;
}

async function shipped(): Promise<Shipped> {
  count += 1;
  const reference = `T-${count}`;
  await orders.accept(CHANNEL, [reference]);
  const order = await orders.fulfill(CHANNEL, reference);
  const parcel = order.shipments[0]?.packages[0];
  if (parcel === undefined) throw new Error('nothing was shipped');
  return { order, parcel };
}

async function track(
  { order, parcel }: Shipped,
  given: { attempt?: number; lastTry?: boolean } = {},
): Promise<TaskResult> {
  const payload = { orderId: order.id, shipmentId: order.shipments[0]?.id ?? '', packageId: parcel.id };
  const run = { kind: 'carrier.track', key: `${parcel.id}:track`, payload, attempt: 0, lastTry: false, ...given };
  const [result] = await handle([run]);
  if (result === undefined) throw new Error('no result');
  return result;
}

async function now({ order }: Shipped): Promise<Package> {
  const found = (await orders.order(CHANNEL, order.reference)).shipments[0]?.packages[0];
  if (found === undefined) throw new Error('the package is gone');
  return found;
}

async function tell({ parcel }: Shipped, id: string, news: Tracking): Promise<void> {
  const state = {
    trackerId: `trk-${parcel.trackingNumber}`,
    carrier: 'DHL',
    trackingNumber: parcel.trackingNumber,
    news,
  };
  await inbound.receive(carrier.message(id, state));
}

async function makeDue(): Promise<void> {
  await pool.query(`update tracked_package set look_at = now() - interval '1 second' where look_at is not null`);
}

async function lookAt(parcel: Package): Promise<Date | null | undefined> {
  const { rows } = await pool.query<{ look_at: Date | null }>(
    'select look_at from tracked_package where package_id = $1',
    [parcel.id],
  );
  return rows[0]?.look_at;
}

const isInHours = (at: Date): boolean => at.getTime() > Date.now() + 3_600_000;

async function age(parcel: Package, days: number): Promise<void> {
  await pool.query(`update tracked_package set began_at = now() - $2 * interval '1 day' where package_id = $1`, [
    parcel.id,
    days,
  ]);
}

async function kept(): Promise<readonly object[]> {
  const found = await listMessages(pool, undefined, undefined, 10);
  return found.map(({ externalId, status, reason }) => ({ externalId, status, reason }));
}

async function standing(): Promise<readonly object[]> {
  const { rows } = await pool.query<{ category: string; status: string; sentence: string }>(
    `select category, status, sentence from exception`,
  );
  return rows;
}

/** What trying again would ask for, of the tasks of this kind. */
async function askedAgain({ order }: Shipped): Promise<readonly object[]> {
  const { tasks } = await orders.commit.preview([
    {
      id: `retry/${order.id}`,
      source: 'hub',
      occurredAt: SOON,
      address: { by: 'ID', orderId: order.id },
      body: { kind: 'RetryRequested' },
    },
  ]);
  return tasks.filter((task) => task.kind === 'carrier.track').map(({ payload }) => payload);
}

describe('a package that left', () => {
  it('is given to the carrier in the commit that takes its shipment', async () => {
    const { order, parcel } = await shipped();
    const { rows } = await pool.query<{ payload: object }>(
      `select data -> 'payload' as payload from pgboss.job where name = 'carrier.track' and data ->> 'key' = $1`,
      [`${parcel.id}:track`],
    );
    expect(rows).toEqual([
      { payload: { orderId: order.id, shipmentId: order.shipments[0]?.id, packageId: parcel.id } },
    ]);
  });

  it('is given to the carrier again when a person says try again, until something is told of it', async () => {
    const one = await shipped();
    expect(await askedAgain(one)).toMatchObject([{ packageId: one.parcel.id, again: true }]);
    await track(one);
    await tell(one, 'e-0', { status: 'IN_TRANSIT', at: SOON });
    expect(await askedAgain(one)).toEqual([]);
  });

  it('is watched under its number, and its order is complete without', async () => {
    const one = await shipped();
    expect(one.order.completedAt).toBeDefined();
    expect(await track(one)).toEqual({ outcome: 'DONE' });
    const { id: packageId, trackingNumber } = one.parcel;
    expect(carrier.asked).toEqual([{ packageId, carrier: 'DHL', trackingNumber, mayExist: false }]);
    expect(await now(one)).not.toHaveProperty('tracking');
  });

  it('is looked for first when an earlier try may have had its effect', async () => {
    const one = await shipped();
    await track(one, { attempt: 1 });
    expect(carrier.asked).toMatchObject([{ mayExist: true }]);
  });

  it('takes what the carrier knows already', async () => {
    const one = await shipped();
    carrier.see(one.parcel.trackingNumber, { status: 'IN_TRANSIT', at: SOON });
    await track(one);
    expect(await now(one)).toMatchObject({ tracking: { status: 'IN_TRANSIT', at: SOON } });
  });

  it.each([
    ['transient', 'RETRY'],
    ['throttled', 'RETRY'],
    ['authentication', 'RETRY'],
    ['rejected', 'DEAD'],
    ['contract', 'DEAD'],
  ] as const)('is %s: %s', async (kind, outcome) => {
    const one = await shipped();
    carrier.trackFails = failing(kind);
    expect(await track(one)).toMatchObject({ outcome });
    expect(await standing()).toHaveLength(outcome === 'DEAD' ? 1 : 0);
  });

  it.each([
    ['rejected', 'CARRIER_FAILURE'],
    ['transient', 'GAVE_UP'],
    ['authentication', 'CREDENTIALS'],
    ['contract', 'CONTRACT_CHANGED'],
  ] as const)('that nobody watches (%s) is an exception until somebody does', async (kind, category) => {
    const one = await shipped();
    carrier.trackFails = failing(kind);
    await track(one, { attempt: 4, lastTry: true });
    expect(await standing()).toMatchObject([{ category, status: 'OPEN' }]);
    expect(JSON.stringify(await standing())).toContain(one.order.reference);
    carrier.trackFails = undefined;
    await makeDue();
    await followUp.sweep();
    expect(carrier.asked.at(-1)).toMatchObject({ packageId: one.parcel.id, mayExist: true });
    expect(await standing()).toMatchObject([{ category, status: 'RESOLVED' }]);
  });

  it('that nobody watches shows what was said, sealed', async () => {
    const one = await shipped();
    const exchange = { method: 'POST', url: 'http://carrier/v2/trackers', status: 422, request: '{}', answer: 'No.' };
    const details = { system: 'carrier', operation: 'trackers.create', exchange };
    carrier.trackFails = new OutsideError('rejected', 'no such number', details);
    await track(one);
    const cipher = new FieldCipher(KEYS);
    expect(await readCallEvidence(pool, cipher, [one.order.id])).toMatchObject([
      { operation: 'trackers.create', exchange },
    ]);
    const { rows } = await pool.query<{ wait_key: string }>(`select subject ->> 'waitKey' as wait_key from exception`);
    expect(rows).toEqual([{ wait_key: `CARRIER:TRACKING:${one.parcel.id}` }]);
  });

  it('that is not there is a dead letter', async () => {
    const one = await shipped();
    const parcel = { ...one.parcel, id: '00000000-0000-7000-8000-000000000000' };
    expect(await track({ ...one, parcel })).toMatchObject({ outcome: 'DEAD' });
    expect(carrier.asked).toEqual([]);
  });
});

describe('what a carrier tells', () => {
  it('reaches the package once, however often and in whatever order it is told', async () => {
    const one = await shipped();
    await track(one);
    await tell(one, 'e-2', DELIVERED);
    for (let telling = 0; telling < 2; telling += 1) await tell(one, 'e-1', { status: 'IN_TRANSIT', at: SOON });
    await tell(one, 'e-2', DELIVERED);
    expect(await now(one)).toMatchObject({ tracking: DELIVERED, deliveredAt: LATER });
    const { rows } = await pool.query<{ type: string }>(
      `select type from event_log where stream_id = $1 and type like 'Package%'`,
      [one.order.id],
    );
    expect(rows).toEqual([{ type: 'PackageDelivered' }]);
    expect(await kept()).toEqual([]);
    expect(await lookAt(one.parcel)).toBeNull();
  });

  it('reaches each box that shares a number', async () => {
    const [one, other] = [await shipped(), await shipped()];
    await track(one);
    await track(other);
    await pool.query('update tracked_package set tracker_id = $1', [`trk-${one.parcel.trackingNumber}`]);
    await tell(one, 'e-3', DELIVERED);
    expect(await now(one)).toMatchObject({ deliveredAt: LATER });
    expect(await now(other)).toMatchObject({ deliveredAt: LATER });
  });

  it('while it is being asked to watch finds the package by its number', async () => {
    const one = await shipped();
    carrier.trackFails = failing('transient');
    await track(one);
    await tell(one, 'e-4', { status: 'IN_TRANSIT', at: SOON });
    expect(await now(one)).toMatchObject({ tracking: { status: 'IN_TRANSIT' } });
    expect(await kept()).toEqual([]);
  });

  it('of a parcel that no package has is parked, and taken when one has', async () => {
    const one = await shipped();
    await tell(one, 'e-5', DELIVERED);
    await tell(one, 'e-5', DELIVERED);
    expect(await kept()).toEqual([{ externalId: 'e-5', status: 'PARKED', reason: 'UNKNOWN_PACKAGE' }]);
    await messages.sweepParked();
    expect(await kept()).toMatchObject([{ status: 'PARKED' }]);
    await track(one);
    await messages.sweepParked();
    expect(await kept()).toMatchObject([{ status: 'COMMITTED' }]);
    expect(await now(one)).toMatchObject({ deliveredAt: LATER });
  });

  it('without news of the parcel is not kept', async () => {
    const reading = { outcome: 'NEWS', id: 'e-6', state: { trackerId: 'x', carrier: 'DHL', trackingNumber: 'x' } };
    await inbound.receive(Buffer.from(JSON.stringify(reading)));
    await inbound.receive(Buffer.from(JSON.stringify({ outcome: 'IGNORED' })));
    expect(await kept()).toEqual([]);
  });

  it('and cannot be read is kept whole, once, and can be read again', async () => {
    const body = Buffer.from(JSON.stringify({ outcome: 'REFUSED', reason: 'CONTRACT_MISMATCH', detail: '/id: no' }));
    for (let telling = 0; telling < 2; telling += 1) await inbound.receive(body);
    expect(await kept()).toMatchObject([{ status: 'REFUSED', reason: 'CONTRACT_MISMATCH' }]);
    const [message] = await listMessages(pool, 'REFUSED', undefined, 1);
    expect(await messages.reprocess(message?.id ?? '')).toMatchObject({ verdict: { status: 'REFUSED' } });
  });
});

describe('asking about packages of which nothing is told', () => {
  it('finds out without a single message', async () => {
    const one = await shipped();
    await track(one);
    carrier.see(one.parcel.trackingNumber, DELIVERED);
    expect(await followUp.sweep()).toBe(false);
    expect(carrier.reads).toEqual([]);
    await makeDue();
    await followUp.sweep();
    expect(await now(one)).toMatchObject({ deliveredAt: LATER });
    await makeDue();
    await followUp.sweep();
    expect(carrier.reads).toHaveLength(1);
  });

  it('and being told the same is one fact', async () => {
    const one = await shipped();
    await track(one);
    carrier.see(one.parcel.trackingNumber, { status: 'IN_TRANSIT', at: SOON });
    await makeDue();
    await followUp.sweep();
    const { version } = await orders.order(CHANNEL, one.order.reference);
    await tell(one, 'e-7', { status: 'IN_TRANSIT', at: SOON });
    expect(await orders.order(CHANNEL, one.order.reference)).toMatchObject({ version });
  });

  it('goes on for a parcel that was not delivered', async () => {
    const one = await shipped();
    await track(one);
    carrier.see(one.parcel.trackingNumber, { status: 'FAILED', at: SOON, detail: 'address_correction' });
    await makeDue();
    await followUp.sweep();
    expect(await now(one)).toMatchObject({ tracking: { status: 'FAILED', detail: 'address_correction' } });
    expect((await lookAt(one.parcel))?.getTime()).toBeGreaterThan(Date.now());
  });

  it('asks anew for a tracker that is gone', async () => {
    const one = await shipped();
    await track(one);
    carrier.trackers.clear();
    await makeDue();
    await followUp.sweep();
    expect(carrier.asked.at(-1)).toMatchObject({ packageId: one.parcel.id, mayExist: true });
  });

  it('tells that the carrier is away, and asks again a while later', async () => {
    const one = await shipped();
    await track(one);
    carrier.readFails = { error: failing('transient') };
    await makeDue();
    await expect(followUp.sweep()).rejects.toThrow('the carrier says transient');
    expect((await lookAt(one.parcel))?.getTime()).toBeGreaterThan(Date.now());
  });

  it('is not held up by one that the carrier cannot tell of', async () => {
    const [bad, good, refused] = [await shipped(), await shipped(), await shipped()];
    await track(bad);
    await track(good);
    carrier.trackFails = failing('rejected');
    await track(refused);
    carrier.readFails = { error: failing('contract'), trackerId: `trk-${bad.parcel.trackingNumber}` };
    carrier.see(good.parcel.trackingNumber, DELIVERED);
    await makeDue();
    await expect(followUp.sweep()).rejects.toThrow('the carrier says contract');
    expect(await now(good)).toMatchObject({ deliveredAt: LATER });
    expect(carrier.asked).toHaveLength(4);
    for (const { parcel } of [bad, refused]) expect(await lookAt(parcel)).toSatisfy(isInHours);
  });

  it('is shared by processes: none asks for what another took', async () => {
    const all = [await shipped(), await shipped(), await shipped()];
    for (const one of all) await track(one);
    await makeDue();
    await Promise.all([followUp.sweep(), followUp.sweep(), followUp.sweep()]);
    expect(carrier.reads.flat().toSorted()).toEqual(all.map(({ parcel }) => `trk-${parcel.trackingNumber}`).toSorted());
  });

  it('ends after two months, and forgets after four', async () => {
    const [old, ancient] = [await shipped(), await shipped()];
    await track(old);
    await track(ancient);
    await age(old.parcel, 61);
    await age(ancient.parcel, 121);
    expect(await followUp.sweepOld()).toBe(false);
    expect(await lookAt(old.parcel)).toBeNull();
    expect(await lookAt(ancient.parcel)).toBeUndefined();
  });
});
