import { randomUUIDv7 } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/commit/index.js';
import { appendEvents, decodeCursor } from '../../src/platform/event-log/index.js';
import { DEFAULT_SOURCING_POLICY } from '../sourcing/index.js';
import { computeAll, Retailer } from './testing/retailer.js';

const HOUR_MS = 3_600_000;

let retailer: Retailer;

beforeEach(async () => {
  retailer = await Retailer.open(['web', 'market']);
});

afterEach(() => retailer.close());

interface Announced {
  readonly listing: string;
  readonly quantity: number;
  readonly before: number | null;
}

async function announced(): Promise<readonly Announced[]> {
  const { rows } = await retailer.pool.query<Announced>(
    `select scope || '/' || (data->>'listingSku') as listing, (data->>'quantity')::int as quantity,
            (data->>'before')::int as before
     from event_log where type = 'AvailabilityChanged' order by scope, id`,
  );
  return rows;
}

async function eventSaved(streamType: string, type: string, data: object): Promise<void> {
  const streamId = randomUUIDv7();
  await inTransaction(retailer.pool, (tx) =>
    appendEvents(tx, [
      {
        streamType,
        streamId,
        streamVersion: 1,
        type,
        schemaVersion: 1,
        scope: '',
        source: 'test',
        factId: streamId,
        occurredAt: new Date().toISOString(),
        data,
      },
    ]),
  );
}

it('many changes of an item are one change of what its listings show, announced once with its cause', async () => {
  await retailer.sell(['web', 'market'], ['A', 'B']);
  const publishing = retailer.publishing();
  await retailer.move(['A', 9], ['A', -4], ['B', 2]);
  await computeAll(retailer, publishing);
  await retailer.move(['A', 3], ['A', -3]);
  await computeAll(retailer, publishing);
  expect(await retailer.wanted('web')).toEqual({ A: 5, B: 2 });
  expect(await announced()).toEqual([
    { listing: 'market/A', quantity: 5, before: null },
    { listing: 'market/B', quantity: 2, before: null },
    { listing: 'web/A', quantity: 5, before: null },
    { listing: 'web/B', quantity: 2, before: null },
  ]);
  const { rows } = await retailer.pool.query<{ listing_sku: string; cause: string }>(
    `select listing_sku, cause from publication where channel = 'web' order by 1`,
  );
  const skus = rows.map(async ({ cause }) => {
    const { tx, id } = decodeCursor(cause);
    const found = await retailer.pool.query<{ sku: string }>(
      `select data->'stock'->0->>'sku' as sku from event_log where tx = $1::xid8 and id = $2`,
      [tx, id],
    );
    return found.rows[0]?.sku;
  });
  expect(await Promise.all(skus)).toEqual(['A', 'B']);
});

it('kits and packs show whole units of what their components allow, and follow their components', async () => {
  await retailer.sell(['web'], ['CUP', 'PLATE', 'SET', 'GIFT']);
  await retailer.catalog.saveKits([
    {
      kit: 'SET',
      components: [
        { sku: 'CUP', quantity: 2 },
        { sku: 'PLATE', quantity: 1 },
      ],
    },
    { kit: 'GIFT', components: [{ sku: 'SET', quantity: 2 }] },
  ]);
  await retailer.catalog.saveUnits([{ sku: 'CUP', unit: 'SIXPACK', factor: 6 }]);
  await retailer.list([{ channel: 'web', listingSku: 'CUP-6', sku: 'CUP', unit: 'SIXPACK' }]);
  const publishing = retailer.publishing();
  await retailer.move(['CUP', 17], ['PLATE', 5]);
  await computeAll(retailer, publishing);
  expect(await retailer.wanted('web')).toEqual({ CUP: 17, 'CUP-6': 2, GIFT: 2, PLATE: 5, SET: 5 });
  await retailer.move(['CUP', -10]);
  await computeAll(retailer, publishing);
  expect(await retailer.wanted('web')).toEqual({ CUP: 7, 'CUP-6': 1, GIFT: 1, PLATE: 5, SET: 3 });
});

it('a rule for everything changes all listings, page by page, and an item of its own only its listings', async () => {
  const skus = Array.from({ length: 1_200 }, (_, n) => `S${String(n).padStart(4, '0')}`);
  await retailer.sell(['web'], skus.slice(0, 600));
  await retailer.sell(['web'], skus.slice(600));
  await retailer.move(...skus.map((sku) => [sku, 10] as const));
  const publishing = retailer.publishing();
  await computeAll(retailer, publishing);
  await retailer.pool.query(
    `insert into allocation_rule (id, name, channel, kind, units, mode) values ($1, 'buffer', 'web', 'BUFFER', 4, 'HARD')`,
    [randomUUIDv7()],
  );
  await eventSaved('allocation-rule', 'AllocationRulesSaved', { channels: ['web'], everything: true });
  await computeAll(retailer, publishing);
  expect([...new Set(Object.values(await retailer.wanted('web')))]).toEqual([6]);
  await retailer.pool.query(
    `insert into allocation_rule (id, name, channel, sku, kind, units, mode)
     values ($1, 'buffer', 'web', 'S0007', 'BUFFER', 9, 'HARD')`,
    [randomUUIDv7()],
  );
  await eventSaved('allocation-rule', 'AllocationRulesSaved', {
    skus: ['S0007'],
    channels: ['web'],
    everything: false,
  });
  await computeAll(retailer, publishing);
  const wanted = await retailer.wanted('web');
  expect([wanted['S0006'], wanted['S0007']]).toEqual([6, 1]);
});

it('a node that closes changes all listings, and they are looked at again when every process knows', async () => {
  await retailer.sell(['web'], ['A']);
  await retailer.move(['A', 5]);
  const publishing = retailer.publishing();
  await computeAll(retailer, publishing);
  await retailer.catalog.saveNodes([{ id: 'N1', name: 'N1', active: false }]);
  await computeAll(retailer, publishing);
  expect(await retailer.wanted('web')).toEqual({ A: 0 });
  const { rows } = await retailer.pool.query<{ again: boolean }>(
    `select review_at between now() + interval '10 s' and now() + interval '20 s' as again from publication`,
  );
  expect(rows).toEqual([{ again: true }]);
});

it('a policy that takes a node from a channel changes the listings of that channel', async () => {
  await retailer.sell(['web', 'market'], ['A']);
  await retailer.move(['A', 5]);
  const publishing = retailer.publishing();
  await computeAll(retailer, publishing);
  await retailer.policies.save('market', { ...DEFAULT_SOURCING_POLICY, excludedNodes: ['N1'] });
  await computeAll(retailer, publishing);
  expect([await retailer.wanted('web'), await retailer.wanted('market')]).toEqual([{ A: 5 }, { A: 0 }]);
});

it('what a rule allows changes at its start and its end though nothing else happens', async () => {
  await retailer.sell(['web'], ['A']);
  await retailer.move(['A', 10]);
  const begunAt = Date.now();
  const startsAt = begunAt + HOUR_MS;
  const endsAt = startsAt + HOUR_MS;
  await retailer.pool.query(
    `insert into allocation_rule (id, name, channel, sku, kind, units, mode, starts_at, ends_at)
     values ($1, 'sale', 'web', 'A', 'BUFFER', 8, 'EXPIRING', $2, $3)`,
    [randomUUIDv7(), new Date(startsAt), new Date(endsAt)],
  );
  // Reviews are due by the publisher's clock; the database has its own, so the rule comes nearer instead.
  let now = begunAt;
  const publishing = retailer.publishing(() => new Date(now).toISOString());
  const goTo = async (instant: number): Promise<void> => {
    await retailer.pool.query(
      `update allocation_rule set starts_at = starts_at - $1 * interval '1 ms', ends_at = ends_at - $1 * interval '1 ms'`,
      [instant - now],
    );
    now = instant;
    await computeAll(retailer, publishing);
  };
  await goTo(begunAt);
  expect(await retailer.wanted('web')).toEqual({ A: 10 });
  await goTo(startsAt + 1_000);
  expect(await retailer.wanted('web')).toEqual({ A: 2 });
  await goTo(endsAt + 60_000);
  expect(await retailer.wanted('web')).toEqual({ A: 10 });
});

it('a channel whose sourcing policy cannot be read keeps its quantities; the others follow', async () => {
  await retailer.sell(['web', 'market'], ['A']);
  await retailer.move(['A', 5]);
  const publishing = retailer.publishing();
  await computeAll(retailer, publishing);
  await retailer.pool.query(`insert into sourcing_policy (channel, policy) values ('market', '{"criteria": "none"}')`);
  await retailer.move(['A', -3]);
  await computeAll(retailer, retailer.restarted().publishing());
  expect([await retailer.wanted('web'), await retailer.wanted('market')]).toEqual([{ A: 2 }, { A: 5 }]);
  expect(retailer.failures[0]).toMatch(/^1 listings of market keep their quantities: /);
});

it('two processes follow the log beside each other and announce each change once', async () => {
  await retailer.sell(['web', 'market'], ['A', 'B']);
  const processes = [retailer.publishing(), retailer.publishing()];
  for (let units = 1; units <= 10; units += 1) {
    await retailer.move(['A', 1], ['B', 2]);
    await Promise.all(processes.map((publishing) => computeAll(retailer, publishing)));
  }
  for (const publishing of processes) await computeAll(retailer, publishing);
  expect(await retailer.wanted('web')).toEqual({ A: 10, B: 20 });
  const changes = await announced();
  for (const listing of ['web/A', 'market/B']) {
    const ofListing = changes.filter((change) => change.listing === listing);
    expect(ofListing.map(({ before }) => before)).toEqual([
      null,
      ...ofListing.slice(0, -1).map(({ quantity }) => quantity),
    ]);
  }
});
