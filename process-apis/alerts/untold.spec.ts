import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import type { ToldAlert } from '../../system-apis/alerting/alert-sink.port.js';
import type { Alert } from './alerts.types.js';
import { SHOWN_MAX, toTold, type AlertGroup } from './told-alerts.js';
import { takeUntold, writeUntold } from './untold.sql.js';

const NOON = Date.parse('2026-11-23T12:00:00.000Z');
const MINUTE_MS = 60_000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(() => pool.query('truncate alert_untold, alert_told'));

function at(minute: number): string {
  return new Date(NOON + minute * MINUTE_MS).toISOString();
}

/** `reference` is unique among the alerts of a test. */
function alert(reference: string, changes: Partial<Alert> = {}): Alert {
  return {
    id: randomUUID(),
    version: 1,
    state: 'WARNING',
    orderId: randomUUID(),
    reference,
    channel: 'shop-eu',
    stage: 'RELEASE',
    waitKey: 'WMS:RELEASE:1',
    since: at(-30),
    raisedAt: at(0),
    dueAt: at(5),
    ...changes,
  };
}

function take(minute: number, changesMax = 1_000): Promise<readonly AlertGroup[]> {
  const bounds = { now: at(minute), quietMs: MINUTE_MS, changesMax, shownMax: SHOWN_MAX };
  return takeUntold(pool, bounds);
}

async function taken(minute: number): Promise<readonly (readonly string[])[]> {
  return (await take(minute)).map(({ first }) => first.map(({ reference }) => reference));
}

function toldOf(group: AlertGroup | undefined): ToldAlert {
  if (group === undefined) throw new Error('nothing is to be told');
  return toTold(group, 'https://hub.example/console');
}

describe('changes of alerts', () => {
  it('are told one by one where there is one', async () => {
    const one = alert('R-1');
    await writeUntold(pool, [one], at(0));
    const told = toldOf((await take(1))[0]);
    expect(told).toEqual({
      id: `${one.id}/1`,
      happened: 'raised',
      subject: `order/${one.orderId}`,
      at: at(0),
      data: expect.objectContaining({ alertId: one.id, reference: 'R-1', state: 'WARNING' }) as object,
    });
    expect(told.data).not.toHaveProperty('count');
    expect(told.data['link']).toBe(`https://hub.example/console/orders/${one.orderId}`);
    expect(await take(1)).toEqual([]);
  });

  it('are told as one where they are of one kind, those first that are due first', async () => {
    const many = Array.from({ length: SHOWN_MAX + 5 }, (_, n) => alert(`R-${n}`, { dueAt: at(60 - n) }));
    await writeUntold(pool, many.slice(0, 3), at(0));
    await writeUntold(pool, many.slice(3), at(0.5));
    const groups = await take(1);
    expect(groups).toHaveLength(1);
    const last = many.at(-1);
    const told = toldOf(groups[0]);
    expect(told).toMatchObject({ happened: 'raised', subject: 'channel/shop-eu/RELEASE', at: at(0) });
    expect(told.id).toMatch(new RegExp(String.raw`^${last?.id}/1\+[0-9a-f]{32}$`));
    expect(told.data).toMatchObject({
      count: many.length,
      alertId: last?.id,
      reference: last?.reference,
      link: 'https://hub.example/console/alerts?channel=shop-eu&stage=RELEASE&state=WARNING',
      sentence: `25 steps of orders of shop-eu are due and not done: release to the warehouse, the first (R-24) at ${at(36)}.`,
    });
    const shown = told.data['alerts'] as readonly { readonly reference: string }[];
    expect(shown.map(({ reference }) => reference)).toEqual(
      many
        .toReversed()
        .slice(0, SHOWN_MAX)
        .map(({ reference }) => reference),
    );
  });

  it('are told apart by channel, step, happening and state', async () => {
    const kinds: readonly Partial<Alert>[] = [
      {},
      { channel: 'amazon-de' },
      { stage: 'SHIPMENT' },
      { state: 'BREACHED' },
      { state: 'BREACHED', version: 2 },
      { state: 'ENDED', version: 3 },
    ];
    const alerts = kinds.flatMap((kind, n) => [alert(`${n}-a`, kind), alert(`${n}-b`, { ...kind, dueAt: at(6) })]);
    await writeUntold(pool, alerts, at(0));
    const told = await taken(0);
    expect(new Set(told)).toEqual(new Set(kinds.map((_, n) => [`${n}-a`, `${n}-b`])));
  });

  it('wait while something of their kind was told a moment ago, and no others do', async () => {
    await writeUntold(pool, [alert('R-1')], at(0));
    expect(await taken(0)).toEqual([['R-1']]);
    await writeUntold(pool, [alert('R-2'), alert('R-3', { dueAt: at(6) })], at(0.1));
    await writeUntold(pool, [alert('R-4', { state: 'ENDED', version: 2 })], at(0.1));
    expect(await taken(0.1)).toEqual([['R-4']]);
    expect(await taken(0.9)).toEqual([]);
    expect(await taken(1)).toEqual([['R-2', 'R-3']]);
    expect(await taken(9)).toEqual([]);
  });

  it('are told though a clock once ran far ahead', async () => {
    await writeUntold(pool, [alert('R-1')], at(0));
    expect(await taken(600)).toEqual([['R-1']]);
    await writeUntold(pool, [alert('R-2')], at(0));
    expect(await taken(0)).toEqual([['R-2']]);
  });

  it('are all told, however many there are, each once and under another name', async () => {
    const many = Array.from({ length: 25 }, (_, n) => alert(`R-${n}`));
    await writeUntold(pool, many, at(0));
    const groups = [...(await take(0, 10)), ...(await take(1, 10)), ...(await take(2, 10)), ...(await take(3, 10))];
    expect(groups.map(({ count }) => count)).toEqual([10, 10, 5]);
    const seen = groups.flatMap(({ first }) => first.map(({ reference }) => reference));
    expect(seen.toSorted()).toEqual(many.map(({ reference }) => reference).toSorted());
    expect(new Set(groups.map((group) => toldOf(group).id)).size).toBe(3);
  });

  it('are named by what is told: the same changes by the same name, others by another', async () => {
    const [a, b, c] = [alert('A'), alert('B', { dueAt: at(6) }), alert('C', { dueAt: at(7) })];
    const ids: string[] = [];
    for (const members of [
      [a, b],
      [b, a],
      [a, c],
    ]) {
      await pool.query('truncate alert_untold, alert_told');
      await writeUntold(pool, members, at(0));
      ids.push(toldOf((await take(0))[0]).id);
    }
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });
});
