import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { inTransaction } from '../../../src/platform/commit/index.js';
import type { SqlCatalog } from '../../catalog/index.js';
import { SourcingPolicies } from '../../sourcing/index.js';
import { findUnexplainedPositions } from '../book/position.sql.js';
import { lockSoftReservations, markConverted } from './soft-reservation.sql.js';
import { SoftReservations } from './soft-reservations.js';
import type { SoftOutcome, SoftRequest } from './soft-reservations.types.js';
import { seedStock } from '../testing/seed.js';
import { seedChannels, seedRule } from '../testing/selling.js';

const CHANNEL = 'shop';

let database: TestDatabase;
let pool: pg.Pool;
let catalog: SqlCatalog;
let soft: SoftReservations;
let commits = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 8);
  await seedStock(pool, ['A', 'B', 'HOT', 'LOTTED', 'QUOTA', 'GONE', 'LAST'], {
    'A@N1': 5,
    'A@N2': 5,
    'B@N1': 3,
    'HOT@N1': 30,
    'LOTTED@N1': 10,
    'QUOTA@N1': 10,
    'GONE@N1': 4,
    'LAST@N1': 4,
  });
  catalog = await seedChannels(pool, { [CHANNEL]: {} });
  await pool.query(`insert into item_unit values ('A', 'pack', 2)`);
  await pool.query(`insert into listing (channel, listing_sku, sku, unit) values ($1, 'L-PACK', 'A', 'pack')`, [
    CHANNEL,
  ]);
  soft = open();
});

afterAll(async () => {
  await soft.drain();
  await pool.end();
  await database.drop();
});

function open(): SoftReservations {
  return new SoftReservations(pool, catalog, new SourcingPolicies(pool), () => {
    commits += 1;
  });
}

function request(reference: string, lines: SoftRequest['lines'], more: Partial<SoftRequest> = {}): SoftRequest {
  return { channel: CHANNEL, reference, kind: 'CART', ttlSeconds: 600, lines, ...more };
}

function reserve(
  reference: string,
  lines: SoftRequest['lines'],
  more: Partial<SoftRequest> = {},
): Promise<SoftOutcome> {
  return soft.reserve(request(reference, lines, more));
}

async function held(sku: string): Promise<number> {
  const { rows } = await pool.query<{ units: number }>(
    'select coalesce(sum(reserved), 0)::int as units from position where sku = $1',
    [sku],
  );
  return rows[0]?.units ?? 0;
}

async function expire(reference: string): Promise<void> {
  await pool.query(`update soft_reservation set expires_at = now() - interval '1 second' where reference = $1`, [
    reference,
  ]);
}

describe('a soft reservation', () => {
  it('holds all lines, in their own units, with movements that name its event', async () => {
    const outcome = await reserve('cart-1', [
      { listingSku: 'L-PACK', quantity: 2 },
      { sku: 'B', quantity: 1 },
    ]);
    expect(outcome).toMatchObject({
      outcome: 'RESERVED',
      repeated: false,
      reservation: { reference: 'cart-1', status: 'HELD', kind: 'CART' },
    });
    if (outcome.outcome !== 'RESERVED') throw new Error('not reserved');
    const { id, claims, expiresAt } = outcome.reservation;
    expect(claims).toEqual([
      { lineId: '0', node: 'N1', quantity: 2, units: [{ sku: 'A', quantity: 4 }] },
      { lineId: '1', node: 'N1', quantity: 1, units: [{ sku: 'B', quantity: 1 }] },
    ]);
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 600_000)).toBeLessThan(10_000);
    const { rows } = await pool.query(
      `select m.sku, m.delta, m.reason, e.type, e.data->>'expiresAt' as until
       from movement m join event_log e on e.stream_id = m.cause_stream and e.stream_version = m.cause_version
       where m.cause_stream = $1 order by m.sku`,
      [id],
    );
    expect(rows).toEqual([
      { sku: 'A', delta: 4, reason: 'SOFT_RESERVE', type: 'StockSoftReserved', until: expiresAt },
      { sku: 'B', delta: 1, reason: 'SOFT_RESERVE', type: 'StockSoftReserved', until: expiresAt },
    ]);
    expect(commits).toBeGreaterThan(0);
    expect(await soft.find({ channel: CHANNEL, reference: 'cart-1' })).toEqual(outcome.reservation);
  });

  it('is one for its reference: the same again gives it back, another content is refused', async () => {
    const lines = [{ sku: 'B', quantity: 1 }];
    const both = await Promise.all([reserve('twice', lines), open().reserve(request('twice', lines))]);
    expect(both.map((each) => each.outcome === 'RESERVED' && each.repeated)).toEqual(
      expect.arrayContaining([false, true]),
    );
    expect(await reserve('twice', [{ sku: 'B', quantity: 2 }])).toEqual({ outcome: 'CONFLICT' });
    expect(await held('B')).toBe(2);
  });

  it('holds nothing when a line is short, and says what is missing', async () => {
    const before = await held('A');
    const outcome = await reserve('too-much', [
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity: 9 },
    ]);
    expect(outcome).toEqual({
      outcome: 'OUT_OF_STOCK',
      missing: [{ line: 1, wanted: 9, missing: 8 }],
      shortages: [{ sku: 'B', missing: 8 }],
    });
    expect([await held('A'), await soft.find({ channel: CHANNEL, reference: 'too-much' })]).toEqual([
      before,
      undefined,
    ]);
  });

  it('says which line names what there is not', async () => {
    expect(
      await reserve('unknown', [
        { sku: 'B', quantity: 1 },
        { listingSku: 'NONE', quantity: 1 },
      ]),
    ).toMatchObject({
      outcome: 'UNKNOWN',
      errors: [{ pointer: '/lines/1/listingSku' }],
    });
  });

  it('takes the first lot to expire, and none that has expired', async () => {
    await pool.query(`update item set tracking = 'LOT' where sku = 'LOTTED'`);
    await pool.query(
      `insert into lot (sku, node, lot, expires_on, on_hand, reserved) values
         ('LOTTED', 'N1', 'OLD', '2020-01-01', 2, 0), ('LOTTED', 'N1', 'SOON', '2999-01-01', 3, 0),
         ('LOTTED', 'N1', 'LATER', '2999-06-01', 5, 0)`,
    );
    const outcome = await reserve('lots', [{ sku: 'LOTTED', quantity: 4 }]);
    expect(outcome).toMatchObject({
      reservation: {
        claims: [
          {
            units: [
              { sku: 'LOTTED', quantity: 3, lot: 'SOON' },
              { sku: 'LOTTED', quantity: 1, lot: 'LATER' },
            ],
          },
        ],
      },
    });
    await soft.release({ channel: CHANNEL, reference: 'lots' });
    const { rows } = await pool.query(`select sum(reserved)::int as reserved from lot where sku = 'LOTTED'`);
    expect(rows).toEqual([{ reserved: 0 }]);
  });

  it('counts against the quota of its channel until it ends', async () => {
    const rule = await seedRule(pool, { channel: CHANNEL, kind: 'CAP', sku: 'QUOTA', units: 4 });
    expect((await reserve('quota-1', [{ sku: 'QUOTA', quantity: 3 }])).outcome).toBe('RESERVED');
    expect((await reserve('quota-2', [{ sku: 'QUOTA', quantity: 2 }])).outcome).toBe('OUT_OF_STOCK');
    await soft.release({ channel: CHANNEL, reference: 'quota-1' });
    const { rows } = await pool.query('select used from rule_use where rule_id = $1', [rule]);
    expect(rows).toEqual([{ used: 0 }]);
  });

  it('never holds more than there is, whoever comes at once', async () => {
    const doors = [soft, open(), open()];
    const outcomes = await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        (doors[n % doors.length] ?? soft).reserve(
          request(`hot-${n}`, [
            { sku: 'HOT', quantity: 1 },
            { sku: 'A', quantity: 1 },
          ]),
        ),
      ),
    );
    const taken = outcomes.filter((outcome) => outcome?.outcome === 'RESERVED').length;
    const { rows } = await pool.query(`select reserved, on_hand from position where sku = 'A' order by node`);
    expect(rows.every(({ reserved, on_hand }: { reserved: number; on_hand: number }) => reserved <= on_hand)).toBe(
      true,
    );
    // Six units of A are left by the cart above.
    expect([taken, await held('HOT')]).toEqual([6, 6]);
  });
});

describe('the end of a soft reservation', () => {
  it('gives the units back once, by release or by time', async () => {
    const key = { channel: CHANNEL, reference: 'gone' };
    await reserve('gone', [{ sku: 'GONE', quantity: 4 }]);
    expect(await soft.release(key)).toMatchObject({ changed: true, reservation: { status: 'RELEASED', claims: [] } });
    expect(await soft.release(key)).toMatchObject({ changed: false, reservation: { status: 'RELEASED' } });
    expect(await soft.release({ ...key, reference: 'never' })).toBeUndefined();
    expect(await held('GONE')).toBe(0);
    expect(await reserve('gone', [{ sku: 'GONE', quantity: 4 }])).toEqual({ outcome: 'ENDED', status: 'RELEASED' });

    await reserve('overdue', [{ sku: 'GONE', quantity: 3 }]);
    await expire('overdue');
    await Promise.all([soft.sweepExpired(), open().sweepExpired()]);
    expect(await soft.find({ channel: CHANNEL, reference: 'overdue' })).toMatchObject({
      status: 'EXPIRED',
      claims: [],
    });
    expect(await held('GONE')).toBe(0);
    const { rows } = await pool.query(
      `select e.data->>'because' as because from event_log e where e.type = 'SoftReservationEnded' order by e.id desc limit 1`,
    );
    expect(rows).toEqual([{ because: 'EXPIRED' }]);
  });

  it('comes later when it is extended, never sooner, and not after it came', async () => {
    const key = { channel: CHANNEL, reference: 'longer' };
    await reserve('longer', [{ sku: 'GONE', quantity: 1 }]);
    const extended = await soft.extend(key, 7_200);
    expect(Date.parse(extended?.reservation.expiresAt ?? '')).toBeGreaterThan(Date.now() + 7_000_000);
    expect(await soft.extend(key, 1)).toMatchObject({
      changed: true,
      reservation: { expiresAt: extended?.reservation.expiresAt },
    });
    await expire('longer');
    expect(await soft.extend(key, 60)).toMatchObject({ changed: false });
    await soft.sweepExpired();
  });

  it('is the beginning of an order’s own claim: locked, handed over, and not ended again', async () => {
    await reserve('bought', [{ sku: 'LAST', quantity: 4 }]);
    const keys = [
      { channel: CHANNEL, reference: 'bought' },
      { channel: CHANNEL, reference: 'never' },
    ];
    const orderId = randomUUIDv7();
    await inTransaction(pool, async (tx) => {
      const rows = await lockSoftReservations(tx, keys);
      expect(rows.map(({ reference, claims }) => [reference, claims])).toEqual([
        ['bought', [{ node: 'N1', sku: 'LAST', quantity: 4 }]],
      ]);
      await markConverted(
        tx,
        rows.map(({ id }) => ({ id, orderId })),
      );
    });
    await expire('bought');
    await soft.sweepExpired();
    expect(await soft.find(keys[0] ?? { channel: '', reference: '' })).toMatchObject({
      status: 'CONVERTED',
      claims: [],
    });
    expect(await held('LAST')).toBe(4);
    expect(await inTransaction(pool, (tx) => lockSoftReservations(tx, keys))).toEqual([]);
  });

  it('leaves every position explained by its movements', async () => {
    expect(await findUnexplainedPositions(pool)).toEqual([]);
  });
});
