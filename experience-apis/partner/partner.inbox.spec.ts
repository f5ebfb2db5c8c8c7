import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIntake } from '../../process-apis/intake/testing/open-intake.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { PartnerInbox } from './partner.inbox.js';
import { interpretPartner } from './partner.interpreter.js';
import { ACCOUNT } from './testing/memory-hub.js';
import { changed, SMALL_ORDER, toBody } from './testing/orders.js';

/* The memory hub of the other specs must answer as the real one does; here is the real one. */

const account = { ...ACCOUNT, id: 'shop-eu' };
let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
let inbox: PartnerInbox;
let faulty = false;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4, pipeline: true });
  orders = await SeededOrders.open(pool);
  const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test')));
  const { intake } = openIntake(pool, orders.commit, cipher, { account: async () => account });
  intake.register('partner', (...message) => {
    if (faulty) throw new TypeError('the interpreter has a fault');
    return interpretPartner(...message);
  });
  inbox = new PartnerInbox(intake, orders.reader);
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

const place = (body: unknown, idempotencyKey: string) =>
  inbox.placeOrder({ account, idempotencyKey, body: toBody(body) });
const cancel = (body: unknown, idempotencyKey: string, reference: string) =>
  inbox.cancel({ account, idempotencyKey, body: toBody(body) }, reference);

async function problemOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw new Error('no problem', { cause: error });
  return error.code;
}

describe('over the real intake', () => {
  it('an order is one, however often its request comes', async () => {
    const order = { ...SMALL_ORDER, reference: 'A-1' };
    const all = await Promise.all(Array.from({ length: 10 }, () => place(order, 'a-1')));
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(all.filter(({ replayed }) => replayed)).toHaveLength(9);
    expect(new Set(all.map(({ receipt }) => JSON.stringify(receipt))).size).toBe(1);
  });

  it('an order of the same content under another key is the one that is there', async () => {
    const order = { ...SMALL_ORDER, reference: 'A-2' };
    const { receipt } = await place(order, 'a-2');
    expect(await place(order, 'a-3')).toEqual({ receipt, created: false, replayed: false });
  });

  it('an order is amended by a later one alone', async () => {
    const order = { ...SMALL_ORDER, reference: 'B-1' };
    const { receipt } = await place(order, 'b-1');
    const other = changed(order, '/shipMethod', 'EXPRESS');
    expect(await problemOf(place(other, 'b-2'))).toBe('ORDER_EXISTS');
    expect(await problemOf(place(other, 'b-2'))).toBe('ORDER_EXISTS');
    expect(await problemOf(place(other, 'b-1'))).toBe('IDEMPOTENCY_KEY_REUSED');
    const later = changed(other, '/updatedAt', '2026-02-01T00:00:00Z');
    expect(await place(later, 'b-3')).toEqual({ receipt, created: false, replayed: false });
    expect((await orders.reader.byReference('shop-eu', 'B-1'))?.shipMethod).toBe('EXPRESS');
  });

  it('a cancellation is asked for once, and tells when nothing is left', async () => {
    await place({ ...SMALL_ORDER, reference: 'C-1' }, 'c-1');
    const reason = { reason: 'Not wanted any more' };
    const first = await cancel(reason, 'c-2', 'C-1');
    expect(first.receipt.outcome).toBe('REQUESTED');
    expect(await cancel(reason, 'c-2', 'C-1')).toEqual({ ...first, replayed: true });
    expect((await cancel(reason, 'c-3', 'C-1')).receipt.outcome).toBe('NOTHING_LEFT');
    const lines = (await orders.reader.byReference('shop-eu', 'C-1'))?.lines;
    expect(lines?.map(({ quantities }) => quantities.cancelled)).toEqual([2]);
    expect(await problemOf(cancel(reason, 'c-4', 'C-2'))).toBe('UNKNOWN_ORDER');
  });

  it('a request that the hub fails on is kept, and taken under the same key when the hub is mended', async () => {
    const order = { ...SMALL_ORDER, reference: 'E-1' };
    faulty = true;
    expect(await problemOf(place(order, 'e-1'))).toBe('FAILED_INSIDE');
    expect(await problemOf(place(order, 'e-1'))).toBe('FAILED_INSIDE');
    faulty = false;
    expect((await place(order, 'e-1')).created).toBe(true);
    expect(await place(order, 'e-1')).toMatchObject({ replayed: true });
  });

  it('a mended request may come under the key of the refused one', async () => {
    const order = { ...SMALL_ORDER, reference: 'D-1' };
    expect(await problemOf(place(changed(order, '/lines', []), 'd-1'))).toBe('CONTRACT_MISMATCH');
    expect((await place(order, 'd-1')).created).toBe(true);
  });
});
