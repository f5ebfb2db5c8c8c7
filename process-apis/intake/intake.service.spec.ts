import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact, ChannelOrder, ChannelOrderLine } from '../../src/model/channel-order.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { indexOrders } from '../../test/support/index-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { SqlCatalog } from '../catalog/index.js';
import { OrderCommit, SqlOrderStore } from '../orders/index.js';
import { SourcingPolicies } from '../sourcing/index.js';
import { TaskQueue } from '../../src/platform/jobs/index.js';
import { dismissMessages, failedInside, type InboundMessage, type SqlIntake, type StoredMessages } from './index.js';
import { updateMessageStatus } from './message.sql.js';
import { openIntake } from './testing/open-intake.js';

const SHOP = 'shop-eu';
const OTHER = 'amazon-de';
const PLACED_AT = '2026-03-01T10:00:00.000Z';

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let active: Set<string>;
let intake: SqlIntake;
let messages: StoredMessages;
const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
/** The interpreter has a fault. */
let faulty: boolean;

function accountOf(id: string): ChannelAccount {
  return { id, kind: 'test', name: id, active: true, settings: {} };
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4, pipeline: true });
  orders = await SeededOrders.open(pool);
});

beforeEach(() => {
  active = new Set([SHOP, OTHER]);
  const account = async (id: string) => (active.has(id) ? accountOf(id) : undefined);
  ({ intake, messages } = openIntake(pool, orders.commit, cipher, { account }));
  faulty = false;
  // A message is its facts, as JSON.
  intake.register('test', (_account, _topic, body) => {
    if (faulty) throw new TypeError('this.mapper is not a function');
    return { outcome: 'FACTS', facts: JSON.parse(body.toString('utf8')) as readonly ChannelFact[] };
  });
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

function message(account: string, messageId: string, fact: ChannelFact): InboundMessage {
  return { account: accountOf(account), topic: 'told', messageId, body: Buffer.from(JSON.stringify([fact])) };
}

function cancellation(reference: string): ChannelFact {
  return { kind: 'CANCELLATION_REQUESTED', reference, requestId: reference, reason: 'changed my mind' };
}

function order(reference: string, line: Partial<ChannelOrderLine> = {}): ChannelOrder {
  return {
    channel: SHOP,
    reference,
    version: PLACED_AT,
    placedAt: PLACED_AT,
    currency: 'EUR',
    cancelled: false,
    lines: [
      {
        lineReference: '1',
        listingSku: 'L-SKU-1',
        title: 'First',
        quantity: 1,
        fulfilledQuantity: 0,
        cancelledQuantity: 0,
        requiresShipping: true,
        unitPrice: { minor: 100, currency: 'EUR' },
        charges: [],
        ...line,
      },
    ],
    charges: [],
    parties: {},
    attributes: {},
  };
}

async function keptAs(messageId: string): Promise<object | undefined> {
  const { rows } = await pool.query<object>('select status, reason from message where external_id = $1', [messageId]);
  return rows[0];
}

async function statusOf(messageId: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ status: string }>('select status from message where external_id = $1', [
    messageId,
  ]);
  return rows[0]?.status;
}

describe('a message that came before its order', () => {
  it('is taken when the order is there, whatever waits in an account that was switched off', async () => {
    await intake.receive(message(OTHER, 'of-other', cancellation('O-1')));
    await intake.receive(message(SHOP, 'of-shop', cancellation('S-1')));
    await orders.accept(SHOP, ['S-1']);
    active.delete(OTHER);
    await messages.sweepParked();
    expect(await statusOf('of-shop')).toBe('COMMITTED');
    expect(await statusOf('of-other')).toBe('PARKED');
    expect((await orders.order(SHOP, 'S-1')).lines.every(({ quantities }) => quantities.open === 0)).toBe(true);
  });
});

const REFUND = {
  kind: 'REFUND_ISSUED',
  reference: 'LATE',
  refundId: 'r-1',
  issuedAt: PLACED_AT,
  amount: { minor: 100, currency: 'EUR' },
  lines: [],
} as const satisfies ChannelFact;

describe('a message that came before its order, of any kind', () => {
  const OBSERVED: ChannelFact = {
    kind: 'FULFILLMENT_OBSERVED',
    reference: 'LATE',
    fulfillmentId: 'f-1',
    observedAt: PLACED_AT,
    status: 'success',
    trackingNumbers: ['JJD-1'],
    lines: [{ lineReference: '1', quantity: 1 }],
  };

  it('is taken with the order: a return of an order that is not known yet', async () => {
    const lines = [{ lineReference: '1', quantity: 1 }];
    const told: ChannelFact = { kind: 'RETURN_ANNOUNCED', reference: 'RET-1', returnId: 'rma-1', lines };
    await intake.receive(message(SHOP, 'return-requested', told));
    await intake.receive(message(SHOP, 'return-approved', told));
    expect(await statusOf('return-requested')).toBe('PARKED');
    await intake.receive(message(SHOP, 'create-ret', { kind: 'ORDER', order: order('RET-1') }));
    expect(await statusOf('return-approved')).toBe('COMMITTED');
    expect((await orders.order(SHOP, 'RET-1')).returns).toMatchObject([{ reference: 'rma-1' }]);
  });

  it('is taken with the order, in the same call, each once', async () => {
    for (const [id, fact] of [
      ['early-refund', REFUND],
      ['early-cancel', cancellation('LATE')],
    ] as const)
      await intake.receive(message(SHOP, id, fact));
    await intake.receive(message(SHOP, 'early-fulfillment', OBSERVED));
    expect(await statusOf('early-refund')).toBe('PARKED');
    await intake.receive(message(SHOP, 'create', { kind: 'ORDER', order: order('LATE') }));
    for (const id of ['early-refund', 'early-cancel', 'early-fulfillment'])
      expect(await statusOf(id)).toBe('COMMITTED');
    await messages.sweepParked();
    const late = await orders.order(SHOP, 'LATE');
    expect(late.refunds).toHaveLength(1);
    expect(late.lines[0]?.quantities).toMatchObject({ open: 0, reserved: 0 });
  });

  it('is a whole order where the channel tells it so: the older telling changes nothing after it', async () => {
    const updated = order('UPDATED', { quantity: 3 });
    await intake.receive(
      message(SHOP, 'update', { kind: 'ORDER', order: { ...updated, version: '2026-03-01T11:00:00.000Z' } }),
    );
    const create = await intake.receive(message(SHOP, 'create-2', { kind: 'ORDER', order: order('UPDATED') }));
    expect(create.orders).toMatchObject([{ result: 'UNCHANGED' }]);
    expect((await orders.order(SHOP, 'UPDATED')).lines[0]?.quantities.reserved).toBe(3);
  });
});

describe('a message that the hub fails on', () => {
  it('is kept when its interpreter throws, and taken when it comes again to a mended hub', async () => {
    const told = message(SHOP, 'poison-1', { kind: 'ORDER', order: order('P-1') });
    faulty = true;
    expect(await intake.receive(told)).toMatchObject({ outcome: 'REFUSED', reason: 'FAILED_INSIDE' });
    expect(await keptAs('poison-1')).toEqual({ status: 'REFUSED', reason: 'FAILED_INSIDE' });
    expect(await intake.receive(told)).toMatchObject({ outcome: 'REFUSED', reason: 'FAILED_INSIDE' });
    faulty = false;
    expect(await intake.receive(told)).toMatchObject({ outcome: 'COMMITTED', orders: [{ created: true }] });
    expect(await statusOf('poison-1')).toBe('COMMITTED');
    expect(await intake.receive(told)).toMatchObject({ orders: [{ result: 'APPLIED' }] });
  });

  it('is kept when its commit throws, and holds up nothing beside it', async () => {
    const broken = { ...order('P-2'), version: 'no instant' };
    const [poison, other] = await Promise.all([
      intake.receive(message(SHOP, 'poison-2', { kind: 'ORDER', order: broken })),
      intake.receive(message(SHOP, 'beside', { kind: 'ORDER', order: order('P-3') })),
    ]);
    expect(poison).toMatchObject({ outcome: 'REFUSED', reason: 'FAILED_INSIDE', orders: [] });
    expect(other).toMatchObject({ outcome: 'COMMITTED' });
    expect(await keptAs('poison-2')).toEqual({ status: 'REFUSED', reason: 'FAILED_INSIDE' });
  });

  it('is not what a database that is away makes of it: the sender is to send again', async () => {
    const away = new pg.Pool({ host: '127.0.0.1', port: 1, max: 1 });
    const store = new SqlOrderStore({
      pool: away,
      catalog: new SqlCatalog(away, () => undefined),
      sourcing: new SourcingPolicies(away),
      tasks: new TaskQueue(away),
    });
    const door = new OrderCommit({
      store,
      cipher,
      names: { erp: 'erp', wms: 'wms' },
      limits: { batchMax: 1, inFlightMax: 1, queueMax: 1 },
      committed: () => undefined,
    });
    const { intake: lonely } = openIntake(away, door, cipher, { account: async (id) => accountOf(id) });
    lonely.register('test', () => ({ outcome: 'FACTS', facts: [cancellation('X')] }));
    await expect(lonely.receive(message(SHOP, 'away', cancellation('X')))).rejects.toThrow('ECONNREFUSED');
    await away.end();
  });

  it('does not stop the sweep of parked messages, opened or not, read or not', async () => {
    await intake.receive(message(SHOP, 'changed', cancellation('W-1')));
    await intake.receive(message(SHOP, 'unread', cancellation('W-2')));
    await intake.receive(message(SHOP, 'behind', cancellation('W-3')));
    await pool.query(`update message set body = '\\x01' where external_id = 'changed'`);
    await orders.accept(SHOP, ['W-3']);
    const interpreted: string[] = [];
    const { intake: other, messages: again } = openIntake(pool, orders.commit, cipher, {
      account: async (id) => accountOf(id),
    });
    other.register('test', (_account, _topic, body) => {
      const facts = JSON.parse(body.toString('utf8')) as readonly ChannelFact[];
      interpreted.push(...facts.flatMap((fact) => ('reference' in fact ? fact.reference : [])));
      if (interpreted.at(-1) === 'W-2') throw new TypeError('no');
      return { outcome: 'FACTS', facts };
    });
    await again.sweepParked();
    expect(await keptAs('changed')).toEqual({ status: 'REFUSED', reason: 'CANNOT_BE_OPENED' });
    expect(await keptAs('unread')).toEqual({ status: 'REFUSED', reason: 'FAILED_INSIDE' });
    expect(await statusOf('behind')).toBe('COMMITTED');
    await messages.sweepParked();
  });
});

describe('another order under a number that is taken', () => {
  it.each([
    ['currency', { currency: 'USD' }],
    ['time', { placedAt: '2026-03-02T10:00:00.000Z', version: '2026-03-02T10:00:00.000Z' }],
  ])('is refused for its %s, and changes nothing', async (what, differs) => {
    const reference = `TWICE-${what}`;
    await intake.receive(message(SHOP, `first-${what}`, { kind: 'ORDER', order: order(reference) }));
    const before = await orders.order(SHOP, reference);
    const other = { ...order(reference, { quantity: 5 }), ...differs };
    await intake.receive(message(SHOP, `other-${what}`, { kind: 'ORDER', order: other }));
    expect(await keptAs(`other-${what}`)).toEqual({ status: 'REFUSED', reason: 'DUPLICATE_REFERENCE' });
    expect(await orders.order(SHOP, reference)).toEqual(before);
  });
});

function detailOf(said: string): string {
  return failedInside(new Error(said)).detail;
}

describe('what was refused', () => {
  it('is decided on anew when it is taken again, and what was taken is not taken twice', async () => {
    await orders.accept(SHOP, ['R-1']);
    const { messageId } = await intake.receive(
      message(SHOP, 'refund', { ...REFUND, reference: 'R-1', refundId: 'twice' }),
    );
    await intake.reprocess(messageId);
    await intake.reprocess(messageId);
    expect((await orders.order(SHOP, 'R-1')).refunds).toHaveLength(1);
  });

  it('stays dismissed though it comes again, unless it can be taken', async () => {
    const told = message(SHOP, 'dismissed', { kind: 'ORDER', order: order('D-1') });
    faulty = true;
    const { messageId } = await intake.receive(told);
    await dismissMessages(pool, [messageId]);
    await intake.receive(told);
    expect(await statusOf('dismissed')).toBe('DISMISSED');
    faulty = false;
    await intake.receive(told);
    expect(await statusOf('dismissed')).toBe('COMMITTED');
  });

  it('stays dismissed though it was being read when a person dismissed it', async () => {
    const { messageId } = await intake.receive(message(SHOP, 'meanwhile', cancellation('D-2')));
    await dismissMessages(pool, [messageId]);
    await updateMessageStatus(pool, { id: messageId, status: 'PARKED', subjects: [] }, 'PARKED');
    expect(await statusOf('meanwhile')).toBe('DISMISSED');
  });

  it('says what it failed on without the values of it', () => {
    expect(detailOf('invalid input syntax for type integer: "Ada Lovelace"')).toBe(
      'invalid input syntax for type integer: "…"',
    );
    expect(detailOf(`Unexpected token 'A', "Ada Love"... is not valid JSON`)).toBe(
      `Unexpected token '…', "…"... is not valid JSON`,
    );
    expect(detailOf('value violates "exception_standing"')).toBe('value violates "exception_standing"');
  });

  it('is previewed without a trace', async () => {
    const { messageId } = await intake.receive(message(SHOP, 'early', cancellation('NEVER')));
    const before = await traces();
    const preview = await messages.preview(messageId);
    expect(preview).toMatchObject({ message: { status: 'PARKED' }, verdict: { status: 'PARKED' } });
    expect(await traces()).toEqual(before);
  });
});

async function traces(): Promise<object | undefined> {
  const { rows } = await pool.query<object>(
    `select (select count(*) from fact) as facts, (select count(*) from event_log) as events,
            (select count(*) from message where status = 'PARKED') as parked, (select count(*) from orders) as orders`,
  );
  return rows[0];
}

describe('texts that the database cannot hold', () => {
  it('are mended, and every query still reads the order', async () => {
    const result = await intake.receive(
      message(SHOP, 'odd', {
        kind: 'ORDER',
        order: order('S-2', { listingSku: 'NO-SUCH\u0000', title: 'Mug, cut in the middle: \ud83c' }),
      }),
    );
    expect(result.outcome).toBe('COMMITTED');
    // Lists follow the log.
    await indexOrders(pool, orders.commit.cipher);
    const { orders: waiting } = await orders.reader.page({ filter: { waitingOn: 'CATALOG' }, first: 10 });
    expect(waiting.map((entry) => entry.order.lines[0])).toMatchObject([
      { listingSku: 'NO-SUCH\ufffd', title: 'Mug, cut in the middle: \ufffd' },
    ]);
  });
});
