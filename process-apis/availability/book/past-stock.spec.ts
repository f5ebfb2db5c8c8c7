import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../test/support/seeded-random.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import type { Position, StockFact } from '../../../src/model/stock.js';
import { StockIntake } from '../facts/stock-intake.js';
import { seedStock } from '../testing/seed.js';
import { StockReader } from './stock-reader.js';
import { readPositions } from './stock.sql.js';

const SEEDS = [1, 2, 3];
const STEPS = 25;
const NODES = ['N1', 'N2'];

let database: TestDatabase;
let pool: pg.Pool;
let intake: StockIntake;
let reader: StockReader;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  intake = new StockIntake(pool, () => undefined);
  reader = new StockReader(pool);
  await seedStock(pool, ['L', 'NEW', ...SEEDS.map((seed) => `S-${seed}`)], {});
  await pool.query(`update item set tracking = 'LOT' where sku = 'L'`);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

let facts = 0;

async function tell(fact: Pick<StockFact, 'kind' | 'sku' | 'node'> & Readonly<Record<string, unknown>>): Promise<void> {
  facts += 1;
  const given = { id: `wms/${facts}`, source: 'wms', occurredAt: new Date().toISOString(), ...fact };
  await intake.receive([given as unknown as StockFact]);
}

/** The instant that has just passed in the database: the next commit is recorded in another millisecond. */
async function instant(): Promise<string> {
  const { rows } = await pool.query<{ at: Date }>('select clock_timestamp() as at');
  await sleep(3);
  return rows[0]?.at.toISOString() ?? '';
}

/** Counts are not in the ledger. */
const uncounted = (positions: readonly Position[]): readonly Position[] =>
  positions.map((position) => ({ ...position, countedAt: null }));

describe('stock of the past', () => {
  it.each(SEEDS)('is what was stored then, whatever moved (seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    const sku = `S-${seed}`;
    const stored: { readonly at: string; readonly positions: readonly Position[] }[] = [];
    const before = await instant();
    for (let step = 0; step < STEPS; step += 1) {
      const node = random.pick(NODES);
      const quantity = random.int(1, 9);
      const kind = random.pick(['RECEIVED', 'COUNTED', 'ADJUSTED', 'HELD', 'HOLD_LIFTED', 'SAFETY_STOCK_SET'] as const);
      await tell({
        kind,
        sku,
        node,
        quantity: kind === 'ADJUSTED' && random.chance(0.5) ? -quantity : quantity,
        ...(kind === 'ADJUSTED' ? { reason: 'ADJUSTMENT' } : {}),
      });
      stored.push({ at: await instant(), positions: await readPositions(pool, [sku]) });
    }
    expect(stored.at(-1)?.positions).toHaveLength(2);
    for (const { at, positions } of stored) {
      const found = await Promise.all(NODES.map((node) => reader.positionAsOf({ sku, node }, at)));
      const plain = found.flatMap((past) => (past === undefined ? [] : [omitPast(past)]));
      // A position without a movement until then was not there.
      expect(plain).toEqual(uncounted(positions));
    }
    expect(await reader.positionAsOf({ sku, node: 'N1' }, before)).toBeUndefined();
  });

  it('knows its ledger and its lots until then', async () => {
    await tell({ kind: 'RECEIVED', sku: 'L', node: 'N1', quantity: 5, lot: 'A', expiresOn: '2030-01-31' });
    const at = await instant();
    await tell({ kind: 'RECEIVED', sku: 'L', node: 'N1', quantity: 7, lot: 'B', expiresOn: '2029-01-31' });
    const past = await reader.positionAsOf({ sku: 'L', node: 'N1' }, at);
    if (past === undefined) throw new Error('it was there');
    expect(past).toMatchObject({ onHand: 5, asOf: at });
    expect(await reader.pastLots(past, 10)).toEqual([
      { sku: 'L', node: 'N1', lot: 'A', expiresOn: '2030-01-31', onHand: 5, reserved: 0, qualityHold: 0 },
    ]);
    const before = String(BigInt(past.lastMovement) + 1n);
    expect(await reader.movements([{ sku: 'L', node: 'N1', before }], 10)).toHaveLength(1);
  });

  it('takes a movement as recorded when those before it were', async () => {
    await tell({ kind: 'RECEIVED', sku: 'NEW', node: 'N1', quantity: 5 });
    const between = await instant();
    await tell({ kind: 'RECEIVED', sku: 'NEW', node: 'N1', quantity: 2 });
    await tell({ kind: 'RECEIVED', sku: 'NEW', node: 'N1', quantity: 1 });
    // The last one began before the one that it had to wait for.
    await pool.query(
      `update movement set recorded_at = $1::timestamptz - interval '1 second'
       where id = (select max(id) from movement where sku = 'NEW')`,
      [between],
    );
    expect(await reader.positionAsOf({ sku: 'NEW', node: 'N1' }, between)).toMatchObject({ onHand: 5 });
  });
});

function omitPast(past: Position & { asOf: string; lastMovement: string }): Position {
  const { asOf: _asOf, lastMovement: _lastMovement, ...position } = past;
  return position;
}
