import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact } from '../../src/model/channel-order.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { type InboundMessage, type SqlIntake, type StoredMessages } from './index.js';
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
  const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
  const account = async (id: string) => (active.has(id) ? accountOf(id) : undefined);
  ({ intake, messages } = openIntake(pool, orders.commit, cipher, { account }));
  // A message is its facts, as JSON.
  intake.register('test', (_account, _topic, body) => ({
    outcome: 'FACTS',
    facts: JSON.parse(body.toString('utf8')) as readonly ChannelFact[],
  }));
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

describe('texts that the database cannot hold', () => {
  it('are mended, and every query still reads the order', async () => {
    const line = {
      lineReference: '1',
      listingSku: 'NO-SUCH\u0000',
      title: 'Mug, cut in the middle: \ud83c',
      quantity: 1,
      fulfilledQuantity: 0,
      cancelledQuantity: 0,
      requiresShipping: true,
      unitPrice: { minor: 100, currency: 'EUR' },
      charges: [],
    };
    const result = await intake.receive(
      message(SHOP, 'odd', {
        kind: 'ORDER',
        order: {
          channel: SHOP,
          reference: 'S-2',
          version: PLACED_AT,
          placedAt: PLACED_AT,
          currency: 'EUR',
          cancelled: false,
          lines: [line],
          charges: [],
          parties: {},
          attributes: {},
        },
      }),
    );
    expect(result.outcome).toBe('COMMITTED');
    const { orders: waiting } = await orders.reader.page({ filter: { waitingOn: 'CATALOG' }, first: 10 });
    expect(waiting.map(({ order }) => order.lines[0])).toMatchObject([
      { listingSku: 'NO-SUCH\ufffd', title: 'Mug, cut in the middle: \ufffd' },
    ]);
  });
});
