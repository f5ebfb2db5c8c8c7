import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHANNELS, SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import { inTransaction } from '../../src/platform/commit/index.js';
import { beginEpoch, closeLoss, findOpenLoss } from '../../src/platform/event-log/index.js';
import type { WmsFact, WmsPort } from '../../system-apis/wms/wms.port.js';
import { WmsFollowUp } from './wms-follow-up.js';

const [, SHOP] = CHANNELS;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;
/** Of the order that a warehouse has, and of one that it is not asked for yet. */
let released: readonly string[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  orders = await SeededOrders.open(pool);
  await orders.accept(SHOP, ['R-1', 'P-1']);
  const { id, lines, fulfillmentOrders } = await orders.order(SHOP, 'R-1');
  const at = { by: 'ID', orderId: id } as const;
  const items = Object.fromEntries(lines.map((line) => [line.id, String(line.number)]));
  await orders.tell('sap-s4hana', at, { kind: 'SalesOrderPosted', salesOrder: 'SO-1', items });
  await orders.tell('sap-s4hana', at, { kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' });
  for (const fo of fulfillmentOrders)
    await orders.tell('wms', at, {
      kind: 'FulfillmentReleased',
      fulfillmentOrderId: fo.id,
      wmsReference: `W-${fo.number}`,
    });
  released = fulfillmentOrders.map((fo) => fo.id);
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

function followUp(readFacts: NonNullable<WmsPort['readFacts']>, now = Date.now) {
  const receive = vi.fn<(source: string, facts: readonly WmsFact[]) => Promise<void>>().mockResolvedValue(undefined);
  const wms = { system: 'wms', readFacts } as Partial<WmsPort> as WmsPort;
  return { receive, sweep: new WmsFollowUp({ wms, inbound: { receive }, pool, now }) };
}

const picked = (fulfillmentOrderId: string): WmsFact => ({
  kind: 'PICKED',
  id: `picked-${fulfillmentOrderId}`,
  occurredAt: '2026-03-01T10:00:00.000Z',
  fulfillmentOrderId,
  lines: [],
});

describe('the warehouse is asked what it told to a hub that was lost', () => {
  it('never, when nothing was lost', async () => {
    const readFacts = vi.fn<NonNullable<WmsPort['readFacts']>>();
    await followUp(readFacts).sweep.sweep();
    expect(readFacts).not.toHaveBeenCalled();
  });

  it('about each release that it works on, for a day, less and less often', async () => {
    await inTransaction(pool, (tx) => beginEpoch(tx, 'RESTORED'));
    const loss = await findOpenLoss(pool);
    if (loss !== undefined) await closeLoss(pool, loss);
    let nowMs = Date.now();
    const readFacts = vi.fn<NonNullable<WmsPort['readFacts']>>().mockImplementation(async (id) => [picked(id)]);
    const { sweep, receive } = followUp(readFacts, () => nowMs);
    await sweep.sweep();
    expect(readFacts.mock.calls.map(([id]) => id).toSorted()).toEqual(released.toSorted());
    expect(receive).toHaveBeenCalledWith('wms', [picked(released[0] ?? '')]);
    await sweep.sweep();
    expect(readFacts).toHaveBeenCalledTimes(released.length);
    nowMs += 5_100;
    await sweep.sweep();
    expect(readFacts).toHaveBeenCalledTimes(2 * released.length);
    nowMs += 25 * HOUR_MS;
    await sweep.sweep();
    expect(readFacts).toHaveBeenCalledTimes(2 * released.length);
  });

  it('about the others too, when it cannot tell of one; the failure is not kept silent', async () => {
    const readFacts = vi.fn<NonNullable<WmsPort['readFacts']>>().mockRejectedValue(new Error('no answer'));
    await expect(followUp(readFacts).sweep.sweep()).rejects.toThrow('no answer');
    expect(readFacts).toHaveBeenCalledTimes(released.length);
  });
});
