import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DriftHistory, Reconciliation, type Drift, type DriftRun } from '../../process-apis/reconciliation/index.js';
import { StockFeeds } from '../../process-apis/availability/index.js';
import { AMAZON_ACCOUNT, ITEMS, SHOPIFY_ACCOUNT, SHOPIFY_LOCATION } from '../../src/demo/retail.js';
import { toSapStock } from '../../src/demo/world-stock.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { BOTH_NODES, NORTH_ONLY } from '../support/place-orders.js';
import { expectStockAddsUp } from '../support/stock-check.js';
import { until } from '../support/until.js';

const OPENING_UNITS = 100;
const NORTH = 'dc-north';
const WAIT_MS = 25_000;

let sut: HubUnderTest;

beforeAll(async () => {
  sut = await startHubUnderTest({ openingUnits: OPENING_UNITS });
});
afterAll(() => sut.close());

async function compare(system: DriftRun['system'], subject: string): Promise<DriftRun> {
  const asked = await sut
    .http()
    .post('/operations/v1/drift-runs')
    .set('authorization', `Bearer ${sut.bearer}`)
    .send({ system, subject });
  expect(asked.status).toBe(202);
  const { id } = asked.body as DriftRun;
  await sut.hub.app.get(Reconciliation).settled();
  const run = await sut.hub.app.get(DriftHistory).run(id);
  if (run === undefined) throw new Error(`there is no run ${id}`);
  expect(run.error).toBeNull();
  return run;
}

async function driftsOf({ id }: DriftRun): Promise<readonly Drift[]> {
  return sut.hub.app.get(DriftHistory).drifts(id, '', 500);
}

async function onHand(sku: string, node: string): Promise<number> {
  const { rows } = await sut.pool.query<{ units: number }>(
    'select on_hand as units from position where sku = $1 and node = $2',
    [sku, node],
  );
  return rows[0]?.units ?? 0;
}

describe('drift', () => {
  it('is none where everyone was told everything', async () => {
    const reference = String(sut.placeShopify([{ sku: NORTH_ONLY, quantity: 3 }]));
    await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, (order) => order.completedAt !== null);
    for (const system of ['WMS', 'ERP'] as const) {
      const run = await compare(system, NORTH);
      expect([system, await driftsOf(run)]).toEqual([system, []]);
      expect(run).toMatchObject({ trigger: 'DEMAND', unitsOff: 0 });
      expect(run.equal).toBe(run.compared);
      expect(run.compared).toBeGreaterThan(0);
    }
  });

  it.each([AMAZON_ACCOUNT, SHOPIFY_ACCOUNT])('is none at %s when it has heard all', async (channel) => {
    await until(
      async () => (await sut.pool.query('select 1 from publication where told is distinct from wanted')).rowCount,
      (untold) => untold === 0,
      { what: 'the channels to hear all', timeoutMs: WAIT_MS },
    );
    const run = await compare('CHANNEL', channel);
    expect([run.compared, await driftsOf(run)]).toEqual([ITEMS.length, []]);
  });

  it('of a warehouse event that was lost is a gap: its snapshot is taken, and nothing sold comes back', async () => {
    const { wms } = sut.world;
    const feeds = sut.hub.app.get(StockFeeds);
    wms.tellStock({ type: 'stock.received', sku: NORTH_ONLY, node: NORTH, quantity: 1, document: 'D-1' });
    wms.dropStockEvents(1);
    wms.tellStock({ type: 'stock.received', sku: BOTH_NODES, node: NORTH, quantity: 40, document: 'D-2' });
    wms.tellStock({ type: 'stock.received', sku: NORTH_ONLY, node: NORTH, quantity: 2, document: 'D-3' });
    const [noticed] = await until(
      () => feeds.wantedSnapshots(10),
      (wanted) => wanted.length > 0,
      { what: 'the gap', timeoutMs: WAIT_MS },
    );
    expect(noticed).toMatchObject({ source: 'wms', node: NORTH, gap: { from: 2, to: 2 } });
    expect(await onHand(BOTH_NODES, NORTH)).toBe(OPENING_UNITS);

    await until(
      () => feeds.wantedSnapshots(10),
      (wanted) => wanted.length === 0,
      { what: 'the snapshot', timeoutMs: WAIT_MS },
    );
    expect(await onHand(BOTH_NODES, NORTH)).toBe(OPENING_UNITS + 40);
    expect(await onHand(NORTH_ONLY, NORTH)).toBe(OPENING_UNITS);
    const [run] = await sut.hub.app.get(DriftHistory).runs({ system: 'WMS', subject: NORTH }, undefined, 1);
    expect(run).toMatchObject({ trigger: 'GAP', error: null, unitsOff: 40 });
    expect(run === undefined ? [] : await driftsOf(run)).toEqual([
      {
        key: BOTH_NODES,
        ours: OPENING_UNITS,
        theirs: OPENING_UNITS + 40,
        explanation: 'MISSED_EVENT',
        detail: 'Numbers are missing in what the source told.',
        healing: 'COUNT_TAKEN',
      },
    ]);
  });

  it('of the ERP whose goods issue is still to come is on its way, and gives no sold unit back', async () => {
    sut.world.sap.setStock(toSapStock({ sku: BOTH_NODES, node: NORTH, quantity: OPENING_UNITS + 40 }));
    sut.world.sap.setStock(toSapStock({ sku: NORTH_ONLY, node: NORTH, quantity: OPENING_UNITS }));
    const reference = String(sut.placeShopify([{ sku: NORTH_ONLY, quantity: 5 }]));
    await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, (order) => order.erp.status === 'CONFIRMED');
    sut.world.sap.failNext({ operation: 'PostGoodsIssue', times: 1_000, mode: 'before' });
    await sut.waitForOrder(SHOPIFY_ACCOUNT, reference, (order) => order.shipments.length > 0);
    const run = await compare('ERP', NORTH);
    expect(await driftsOf(run)).toMatchObject([{ key: NORTH_ONLY, explanation: 'IN_FLIGHT', healing: 'NONE' }]);
    expect(run.unitsOff).toBe(0);
    expect(await onHand(NORTH_ONLY, NORTH)).toBe(OPENING_UNITS - 5);
  });

  it('of the ERP that owns the stock is taken from its books, without what left and is not in them yet', async () => {
    await sut.pool.query(
      `insert into bucket_owner (node, bucket, source) values ($1, 'onHand', 'wms'), ($1, 'onHand', 'sap-s4hana')`,
      [NORTH],
    );
    sut.world.sap.setStock(toSapStock({ sku: NORTH_ONLY, node: NORTH, quantity: OPENING_UNITS + 2 }));
    expect(await driftsOf(await compare('ERP', NORTH))).toMatchObject([
      { key: NORTH_ONLY, ours: OPENING_UNITS - 5, theirs: OPENING_UNITS + 2, healing: 'COUNT_TAKEN' },
    ]);
    expect(await onHand(NORTH_ONLY, NORTH)).toBe(OPENING_UNITS - 5 + 2);
    expect(await driftsOf(await compare('ERP', NORTH))).toMatchObject([{ explanation: 'IN_FLIGHT' }]);
  });

  it('of a quantity that someone changed in the shop is told over', async () => {
    const item = ITEMS.find(({ sku }) => sku === BOTH_NODES)?.inventoryItemId ?? 0;
    const shown = () => sut.world.shopify.quantities().find((one) => one.item === item)?.available;
    const told = OPENING_UNITS * 2 + 40;
    await until(shown, (available) => available === told, { what: 'the quantity', timeoutMs: WAIT_MS });
    sut.world.shopify.changeQuantity(item, SHOPIFY_LOCATION, told + 60);
    const drifts = await driftsOf(await compare('CHANNEL', SHOPIFY_ACCOUNT));
    expect(drifts).toMatchObject([
      { key: BOTH_NODES, ours: told, theirs: told + 60, explanation: 'CHANGED_OUTSIDE', healing: 'TOLD_AGAIN' },
    ]);
    await until(shown, (available) => available === told, { what: 'the old quantity', timeoutMs: WAIT_MS });
    await expectStockAddsUp(sut.pool);
  });
});
