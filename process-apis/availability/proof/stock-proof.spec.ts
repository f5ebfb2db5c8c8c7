import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import type { StockFact } from '../../../src/model/stock.js';
import { StockIntake } from '../facts/stock-intake.js';
import { CHECK_SAYS, proveStock } from './stock-proof.js';

let database: TestDatabase;
let pool: pg.Pool;

const occurredAt = '2026-03-01T10:00:00.000Z';

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 2);
  await pool.query(`insert into node (id, name, priority) values ('N1', 'North', 1)`);
  await pool.query(
    `insert into item (sku, title, tracking) values ('A', 'A', 'NONE'), ('L', 'L', 'LOT'), ('K', 'K', 'NONE')`,
  );
  const head = { source: 'wms', node: 'N1', occurredAt };
  const facts: readonly StockFact[] = [
    { ...head, id: 'wms/1', kind: 'RECEIVED', sku: 'A', quantity: 10 },
    { ...head, id: 'wms/2', kind: 'RECEIVED', sku: 'L', lot: 'L1', quantity: 4 },
    {
      ...head,
      id: 'wms/3',
      kind: 'ANNOUNCED',
      sku: 'A',
      supply: 'ASN',
      document: 'D',
      quantity: 5,
      expectedAt: '2026-03-09T00:00:00.000Z',
    },
  ];
  await new StockIntake(pool, () => undefined).receive(facts);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What the checks find, as `CHECK sku node bucket is/should be`. */
async function found(): Promise<readonly string[]> {
  const { checks } = await proveStock(pool);
  return checks.flatMap(({ check, differences }) =>
    differences.map(
      ({ sku, node, bucket, is, shouldBe }) => `${check} ${sku} ${node ?? '*'} ${bucket} ${is}/${shouldBe}`,
    ),
  );
}

/** Runs the checks after a change that no code of the hub would make, and takes it back. */
async function after(change: string, back: string): Promise<readonly string[]> {
  await pool.query(change);
  try {
    return await found();
  } finally {
    await pool.query(back);
  }
}

/** An order that claims, as it is stored. */
function order(lines: readonly object[], work: readonly object[]): string {
  return JSON.stringify({ lines, fulfillmentOrders: [{ node: 'N1', lines: work }] });
}

describe('the proof of stock', () => {
  it('finds nothing where all is explained, and reads only', async () => {
    const { size, checks } = await proveStock(pool);
    expect(size).toEqual({ positions: 2, movements: 3, lots: 1, orders: 0 });
    expect(checks.map(({ check, differences }) => [check, differences])).toEqual(
      Object.keys(CHECK_SAYS).map((check) => [check, []]),
    );
  });

  it('finds a bucket that its movements do not explain', async () => {
    const change = `update position set on_hand = 11 where sku = 'A'`;
    expect(await after(change, `update position set on_hand = 10 where sku = 'A'`)).toEqual([
      'LEDGER A N1 onHand 11/10',
    ]);
  });

  it('finds a bucket that was below zero for a while', async () => {
    const { rows } = await pool.query<{ cause_stream: string }>(
      `select cause_stream from movement where sku = 'A' limit 1`,
    );
    const insert = (delta: number): string =>
      `insert into movement (sku, node, bucket, delta, reason, cause_stream, cause_version, occurred_at)
       values ('A', 'N1', 'threshold', ${delta}, 'X', '${rows[0]?.cause_stream}', 1, now());`;
    expect(await after(insert(-3) + insert(3), `delete from movement where reason = 'X'`)).toEqual([
      'NEVER_NEGATIVE A N1 threshold -3/0',
    ]);
  });

  it('finds a lot that is not explained, and lots that are more than the position', async () => {
    expect(await after(`update lot set on_hand = 5`, `update lot set on_hand = 4`)).toEqual([
      'LOTS L N1 onHand of lot L1 5/4',
      'LOTS_FIT L N1 onHand of all lots 5/4',
    ]);
  });

  it('finds claims that nobody has, and claims that are not reserved: of kits, of packs, of carts', async () => {
    const state = order(
      [
        {
          id: 'l1',
          sku: 'K',
          components: [
            { sku: 'A', quantity: 2 },
            { sku: 'L', quantity: 1 },
          ],
        },
        { id: 'l2', sku: 'A' },
      ],
      [
        { lineId: 'l1', sku: 'K', quantity: 3, shipped: 1, dropped: 0 },
        { lineId: 'l2', sku: 'A', quantity: 2, shipped: 0, dropped: 1 },
      ],
    );
    const insertOrder = `insert into orders (id, version, channel, reference, status, placed_at, state)
      values ('${randomUUIDv7()}', 1, 'shop', '1', 'RESERVED', now(), '${state}');`;
    const insertCart = `insert into soft_reservation (id, channel, reference, kind, status, expires_at, digest, lines, claims)
      values ('${randomUUIDv7()}', 'web', 'c', 'CART', 'HELD', now(), '', '[]',
              '[{"lineId":"0","node":"N1","quantity":1,"units":[{"sku":"A","quantity":3}]}]');`;
    const clear = 'delete from orders; delete from soft_reservation; delete from channel_demand;';
    expect(await after(insertOrder + insertCart, clear)).toEqual([
      'CLAIMS A N1 reserved 0/8',
      'CLAIMS L N1 reserved 0/2',
      'DEMAND A * reserved by shop 0/5',
      'DEMAND A * reserved by web 0/3',
      'DEMAND L * reserved by shop 0/2',
    ]);
    const demand = `insert into channel_demand (sku, channel, reserved) values ('A', 'shop', 7)`;
    expect(await after(demand, clear)).toEqual(['DEMAND A * reserved by shop 7/0']);
  });

  it('finds supply that is not expected, and movements without an event', async () => {
    const change = `update expected_supply set received = 2`;
    expect(await after(change, 'update expected_supply set received = 0')).toEqual(['SUPPLY A N1 incoming 5/3']);
    const moved = await after(
      `update movement set cause_version = 2 where sku = 'L'`,
      `update movement set cause_version = 1 where sku = 'L'`,
    );
    expect(moved).toEqual([expect.stringMatching(/^CAUSE L N1 onHand moved by event [0-9a-f-]+\/2 4\/0$/)]);
  });
});
