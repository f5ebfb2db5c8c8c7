import { randomUUIDv7 } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DRIFT_POLICY } from './drift-policy.js';
import { CONFIRM_MS, dueSubjects, FAILED_REST_MS } from './drift-schedule.js';
import type { DriftSubject } from './drift.types.js';
import { RUNS_KEPT_DAYS, TooManyRunsError, UnknownSubjectError } from './reconciliation.service.js';
import { DriftHouse, NODE } from './testing/drift-house.js';

const WMS: DriftSubject = { system: 'WMS', subject: NODE };
const ERP: DriftSubject = { system: 'ERP', subject: NODE };

let house: DriftHouse;

beforeEach(async () => {
  house = await DriftHouse.open(['A', 'B']);
});
afterEach(() => house.close());

describe('a run', () => {
  it('is one at a time for each subject, in all processes', async () => {
    await house.stock('A', 5);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    house.afterPage = () => held;
    const [one, other] = [house.reconciliation(), house.reconciliation()];
    const first = await one.demand(WMS);
    const second = await other.demand(WMS);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ trigger: 'DEMAND', finishedAt: null });
    release();
    await Promise.all([one.settled(), other.settled()]);
    expect(await house.history.runs({}, undefined, 10)).toHaveLength(1);
    expect((await other.demand(WMS)).id).not.toBe(first.id);
    await other.settled();
  });

  it('of a process that died is ended by the next one', async () => {
    const id = randomUUIDv7();
    await house.pool.query(`insert into drift_run (id, system, subject, trigger) values ($1, 'WMS', $2, 'SCHEDULE')`, [
      id,
      NODE,
    ]);
    const { run } = await house.compare();
    expect(run).toMatchObject({ error: null });
    expect(await house.history.run(id)).toMatchObject({ error: 'The process ended before the run did.' });
  });

  it('ends with the process, and says so', async () => {
    await house.stock('A', 5);
    const hub = house.reconciliation({ settleMs: 60_000 });
    house.appear('A', 1);
    const { id } = await hub.demand(WMS);
    await hub.stop();
    expect(await house.history.run(id)).toMatchObject({ error: 'The process was stopped.', compared: 0 });
    expect(await house.history.drifts(id, '', 5)).toEqual([]);
  });

  it('of a node or channel that is not there is refused', async () => {
    const hub = house.reconciliation();
    await expect(hub.demand({ system: 'WMS', subject: 'N9' })).rejects.toThrow(UnknownSubjectError);
    await expect(hub.demand({ system: 'CHANNEL', subject: 'shop' })).rejects.toThrow('is no active channel account');
  });

  it('is refused when a process has too many', async () => {
    const nodes = ['N2', 'N3', 'N4', 'N5'];
    await house.catalog.saveNodes(nodes.map((id) => ({ id, name: id })));
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const hub = house.reconciliation({
      wms: { system: 'wms', readStock: () => held.then(() => Promise.reject(new Error())) },
    });
    for (const subject of nodes) await hub.demand({ system: 'WMS', subject });
    await expect(hub.demand(WMS)).rejects.toThrow(TooManyRunsError);
    release();
    await hub.settled();
  });
});

describe('the schedule', () => {
  it('compares what is due, one after the other, and then rests', async () => {
    await house.stock('A', 5);
    house.books.set('A', 5);
    const hub = house.reconciliation();
    expect([await hub.sweepDue(), await hub.sweepDue(), await hub.sweepDue()]).toEqual([true, false, false]);
    const runs = await house.history.runs({}, undefined, 10);
    expect(runs.map(({ system, trigger, error }) => [system, trigger, error])).toEqual([
      ['ERP', 'SCHEDULE', null],
      ['WMS', 'SCHEDULE', null],
    ]);
  });

  it('lets a process that just started do more urgent things first', async () => {
    const hub = house.reconciliation({ firstLookMs: 60_000 });
    expect(await hub.sweepDue()).toBe(false);
    expect(await house.history.runs({}, undefined, 10)).toEqual([]);
  });

  it('looks again soon after a failure, sooner at what must be confirmed, and first at the longest due', () => {
    const at = Date.parse('2026-11-21T12:00:00.000Z');
    const look = (subject: string, ageMs: number, given = {}) => ({
      system: 'WMS' as const,
      subject,
      startedAt: new Date(at - ageMs).toISOString(),
      failed: false,
      toConfirm: false,
      ...given,
    });
    const subjects = ['new', 'fine', 'failed', 'to confirm', 'over'].map((subject) => ({
      system: 'WMS' as const,
      subject,
    }));
    const looks = [
      look('fine', 5 * 3_600_000),
      look('failed', FAILED_REST_MS, { failed: true }),
      look('to confirm', CONFIRM_MS.WMS + 1, { toConfirm: true }),
      look('over', 7 * 3_600_000),
    ];
    expect(dueSubjects(subjects, looks, DEFAULT_DRIFT_POLICY, at).map(({ subject }) => subject)).toEqual([
      'new',
      'over',
      'to confirm',
      'failed',
    ]);
    expect(dueSubjects(subjects, looks, DEFAULT_DRIFT_POLICY, at - 10)).toHaveLength(2);
  });
});

describe('comparing with the ERP', () => {
  it("lets people mend its books: the hub's stock stays", async () => {
    await house.stock('A', 5);
    await house.stock('B', 5);
    house.books.set('A', 8);
    house.books.set('B', 5);
    const { run, found } = await house.compare(ERP);
    expect(found).toEqual(['A 5/8 UNKNOWN EXCEPTION']);
    expect(run).toMatchObject({ compared: 2, equal: 1, unitsCompared: 13, unitsOff: 3 });
    expect((await house.compare(ERP)).found).toEqual(['A 5/8 CHANGED_OUTSIDE EXCEPTION']);
    expect(await house.exceptions()).toEqual(['ERP A 5/8']);
    expect(await house.onHand('A')).toBe(5);
  });

  it('takes its books where it is named as the owner of what is on hand', async () => {
    await house.stock('A', 5);
    await house.pool.query(`insert into bucket_owner (node, bucket, source) values ('*', 'onHand', 'erp')`);
    house.books.set('A', 8);
    expect((await house.compare(ERP)).found).toEqual(['A 5/8 UNKNOWN COUNT_TAKEN']);
    expect(await house.onHand('A')).toBe(8);
    expect((await house.compare(ERP)).found).toEqual([]);
  });

  it('knows that its books lag behind what came', async () => {
    await house.stock('A', 5);
    house.books.set('A', 2);
    expect((await house.compare(ERP)).found).toEqual(['A 5/2 IN_FLIGHT NONE']);
    expect((await house.compare(ERP)).run).toMatchObject({ compared: 1, equal: 1, unitsOff: 0 });
  });

  it('tells of an item that it does not know', async () => {
    await house.stock('A', 5);
    expect((await house.compare(ERP)).found).toEqual(['A 5/null UNKNOWN EXCEPTION']);
  });
});

describe('the history', () => {
  it('tells how right the inventory was, by day; a run that failed does not count', async () => {
    await house.stock('A', 6);
    await house.stock('B', 4);
    house.appear('A', 2);
    await house.compare();
    house.sandbox.setDown(true);
    const { run } = await house.compare(undefined, house.reconciliation({ wms: broken }));
    expect(run).toMatchObject({ error: 'It is broken.', finishedAt: expect.any(String) as string });
    expect(house.failures).toEqual([`comparing WMS ${NODE}: It is broken.`]);
    const since = new Date(Date.now() - 86_400_000).toISOString();
    const figures = {
      runs: 1,
      compared: 2,
      equal: 1,
      unitsCompared: 12,
      unitsOff: 2,
      accuracy: 0.5,
      unitAccuracy: 0.8333,
    };
    expect(await house.history.accuracy({ system: 'WMS' }, since)).toEqual([
      { ...WMS, day: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as string, ...figures },
    ]);
    expect(await house.history.accuracy({ system: 'ERP' }, since)).toEqual([]);
    expect(await house.history.accuracy({ subject: NODE }, new Date(Date.now() + 1_000).toISOString())).toEqual([]);
  });

  it('forgets what is older than it keeps, with its differences', async () => {
    await house.stock('A', 5);
    house.appear('A', 2);
    const old = await house.compare();
    const kept = await house.compare();
    await house.pool.query(`update drift_run set started_at = now() - $2 * interval '1 day' where id = $1`, [
      old.run.id,
      RUNS_KEPT_DAYS + 1,
    ]);
    expect(await house.reconciliation().sweepHistory()).toBe(false);
    expect((await house.history.runs({}, undefined, 10)).map(({ id }) => id)).toEqual([kept.run.id]);
    expect(await house.history.drifts(old.run.id, '', 10)).toEqual([]);
  });

  it('pages through runs, newest first', async () => {
    for (let run = 0; run < 3; run += 1) await house.compare();
    const all = await house.history.runs({ system: 'WMS' }, undefined, 10);
    const [first, ...rest] = all;
    expect(await house.history.runs({ system: 'WMS' }, first?.id, 10)).toEqual(rest);
    expect(await house.history.runs({ system: 'CHANNEL' }, undefined, 10)).toEqual([]);
  });
});

const broken = { system: 'wms', readStock: () => Promise.reject(new Error('It is broken.')) };
