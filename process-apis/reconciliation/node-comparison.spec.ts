import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectStockAddsUp } from '../../test/support/stock-check.js';
import { until } from '../../test/support/until.js';
import { DriftHouse, NODE } from './testing/drift-house.js';

let house: DriftHouse;

beforeEach(async () => {
  house = await DriftHouse.open(['A', 'B', 'C', 'D']);
});
afterEach(async () => {
  await expectStockAddsUp(house.pool);
  await house.close();
});

describe('comparing a node with its warehouse', () => {
  it('finds nothing where both know the same, over all pages', async () => {
    for (const sku of ['A', 'B', 'C', 'D']) await house.stock(sku, 5);
    const { run, found } = await house.compare();
    expect(found).toEqual([]);
    expect(run).toMatchObject({ compared: 4, equal: 4, unitsCompared: 20, unitsOff: 0, error: null });
  });

  it('looks twice before it takes a small difference as counted', async () => {
    await house.stock('A', 5);
    house.appear('A', 3);
    expect((await house.compare()).found).toEqual(['A 5/8 UNKNOWN SNAPSHOT_ASKED']);
    expect(await house.onHand('A')).toBe(5);
    const { run, found } = await house.compare();
    expect(found).toEqual(['A 5/8 CHANGED_OUTSIDE COUNT_TAKEN']);
    expect(run).toMatchObject({ compared: 1, equal: 0, unitsCompared: 8, unitsOff: 3 });
    expect(await house.onHand('A')).toBe(8);
    expect((await house.compare()).found).toEqual([]);
    expect(await house.exceptions()).toEqual([]);
  });

  it('leaves a large difference to people, and tells them once', async () => {
    await house.stock('A', 5);
    house.appear('A', 11);
    await house.compare();
    for (let run = 0; run < 2; run += 1)
      expect((await house.compare()).found).toEqual(['A 5/16 CHANGED_OUTSIDE EXCEPTION']);
    expect(await house.exceptions()).toEqual(['WMS A 5/16']);
    expect(await house.onHand('A')).toBe(5);
    house.appear('A', 1);
    await house.compare();
    expect(await house.exceptions()).toEqual(['WMS A 5/16', 'WMS A 5/17']);
  });

  it('knows items that one side alone has, and leaves those alone that the hub does not know', async () => {
    house.appear('A', 2);
    house.appear('PACKING-TAPE', 900);
    await house.tell('B', { kind: 'RECEIVED', quantity: 4 });
    await house.compare();
    expect((await house.compare()).found).toEqual([
      'A 0/2 CHANGED_OUTSIDE COUNT_TAKEN',
      'B 4/0 CHANGED_OUTSIDE COUNT_TAKEN',
    ]);
    expect([await house.onHand('A'), await house.onHand('B')]).toEqual([2, 0]);
  });

  it('is as of the snapshot: what happened since is no drift, and is not undone', async () => {
    await house.stock('A', 20);
    house.appear('A', 2);
    await house.compare();
    const sell = { kind: 'ADJUSTED', reason: 'SALE', quantity: -6 } as const;
    house.afterPage = async () => {
      const occurredAt = new Date(Date.now() + 5).toISOString();
      await house.tell('A', { ...sell, occurredAt });
    };
    expect((await house.compare()).found).toEqual(['A 20/22 CHANGED_OUTSIDE COUNT_TAKEN']);
    expect(await house.onHand('A')).toBe(16);
  });

  it('gives news time to come', async () => {
    await house.stock('A', 5);
    house.appear('A', 3);
    const happened = new Date().toISOString();
    house.afterPage = () => {
      setTimeout(() => void house.tell('A', { kind: 'RECEIVED', quantity: 3, occurredAt: happened }), 300);
      return Promise.resolve();
    };
    const { run, found } = await house.compare(undefined, house.reconciliation({ settleMs: 1_500 }));
    expect(found).toEqual(['A 5/8 IN_FLIGHT NONE']);
    expect(run).toMatchObject({ compared: 1, equal: 1, unitsOff: 0 });
    expect(await house.onHand('A')).toBe(8);
  });

  it('counts in the units and lots of the warehouse', async () => {
    await house.catalog.saveItems([{ sku: 'MILK', title: 'Milk', tracking: 'LOT' }]);
    await house.catalog.saveUnits([{ sku: 'A', unit: 'case', factor: 6 }]);
    const at = new Date().toISOString();
    for (const [lot, quantity] of [
      ['L1', 3],
      ['L2', 4],
    ] as const)
      await house.tell('MILK', { kind: 'RECEIVED', quantity, lot, occurredAt: at });
    house.sandbox.tellStock({ type: 'stock.received', sku: 'MILK', node: NODE, quantity: 4, lot: 'L2' });
    house.sandbox.tellStock({ type: 'stock.received', sku: 'MILK', node: NODE, quantity: 1, lot: 'L3' });
    house.appear('A', 1);
    house.asTold = (position) => (position.sku === 'A' ? { ...position, unit: 'case' } : position);
    await house.compare();
    expect((await house.compare()).found).toEqual([
      'A 0/6 CHANGED_OUTSIDE COUNT_TAKEN',
      'MILK 7/5 CHANGED_OUTSIDE COUNT_TAKEN',
    ]);
    const { rows } = await house.pool.query(
      `select lot, on_hand from lot where sku = 'MILK' and on_hand > 0 order by lot`,
    );
    expect(rows).toEqual([
      { lot: 'L2', on_hand: 4 },
      { lot: 'L3', on_hand: 1 },
    ]);
    expect((await house.compare()).found).toEqual([]);
  });

  it('says what it cannot read, and what it may not write', async () => {
    await house.stock('A', 5);
    await house.stock('B', 5);
    house.appear('B', 1);
    house.asTold = (position) => (position.sku === 'A' ? { ...position, unit: 'barrel' } : position);
    await house.pool.query(`insert into bucket_owner (node, bucket, source) values ($1, 'onHand', 'erp')`, [NODE]);
    await house.compare();
    const { found, drifts } = await house.compare();
    expect(found).toEqual(['A 5/null UNKNOWN EXCEPTION', 'B 5/6 CHANGED_OUTSIDE EXCEPTION']);
    expect(drifts.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('counts in "barrel"') as string,
      expect.stringContaining('wms may not write onHand of N1: erp may.') as string,
    ]);
    expect([await house.onHand('A'), await house.onHand('B')]).toEqual([5, 5]);
  });
});

describe('a gap in what the warehouse told', () => {
  it('is closed by a snapshot that is taken whole; what comes late is in it', async () => {
    await house.stock('A', 5);
    await house.stock('B', 5);
    const happened = new Date().toISOString();
    house.appear('A', 400);
    await house.tell('B', { kind: 'HELD', quantity: 1, sequence: 3 });
    house.sandbox.tellStock({ type: 'stock.held', sku: 'B', node: NODE, quantity: 1, reason: 'DAMAGE' });
    expect(await house.feeds.wantedSnapshots(5)).toMatchObject([{ gap: { from: 1, to: 2 } }]);

    const hub = house.reconciliation();
    await until(
      async () => {
        await hub.sweepGaps();
        return house.feeds.wantedSnapshots(5);
      },
      (wanted) => wanted.length === 0,
      { what: 'the snapshot', timeoutMs: 30_000 },
    );
    const [run] = await house.history.runs({ system: 'WMS', subject: NODE }, undefined, 1);
    expect(run).toMatchObject({ trigger: 'GAP', compared: 2, equal: 1, unitsOff: 400, error: null });
    expect(await house.history.drifts(run?.id ?? '', '', 5)).toMatchObject([
      { key: 'A', explanation: 'MISSED_EVENT', healing: 'COUNT_TAKEN' },
    ]);
    expect(await house.onHand('A')).toBe(405);
    const late = await house.tell('A', { kind: 'RECEIVED', quantity: 400, sequence: 1, occurredAt: happened });
    expect(late).toEqual({ result: 'OLDER_THAN_COUNT' });
    expect(await house.onHand('A')).toBe(405);
  });

  it('that no snapshot can be had for stays open, and is asked for again later', async () => {
    await house.tell('A', { kind: 'RECEIVED', quantity: 1, sequence: 4 });
    house.sandbox.setDown(true);
    const hub = house.reconciliation();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await hub.sweepGaps();
    await hub.sweepGaps();
    expect(house.failures).toHaveLength(1);
    expect(await house.feeds.wantedSnapshots(5)).toMatchObject([
      { gap: { from: 1, to: 3 }, snapshotAskedAt: expect.any(String) as string },
    ]);
  }, 30_000);
});
