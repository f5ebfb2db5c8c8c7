import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/platform/http/invalid-input.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { SqlCatalog } from '../../catalog/index.js';
import { allocationRuleSchema, type NewAllocationRule } from './allocation-rule.schema.js';
import { AllocationRules } from './allocation-rules.service.js';

const FAR = '2099-01-01T00:00:00.000Z';

let database: TestDatabase;
let pool: pg.Pool;
let rules: AllocationRules;
let wakes = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 4);
  const catalog = new SqlCatalog(pool, () => undefined);
  await catalog.saveItems([
    { sku: 'A', title: 'A', category: 'shoes', brand: 'Acme' },
    { sku: 'B', title: 'B', category: 'shoes' },
    { sku: 'C', title: 'C' },
  ]);
  await catalog.saveAccounts(
    ['b2b', 'pos', 'shop'].map((id) => ({ id, kind: 'partner', name: id, active: true, settings: {} })),
  );
  rules = new AllocationRules(pool, () => {
    wakes += 1;
  });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  await pool.query('truncate event_log, allocation_rule cascade');
  wakes = 0;
});

const id = (number: number): string => `01970000-0000-7000-8000-${String(number).padStart(12, '0')}`;

function rule(number: number, given: Partial<NewAllocationRule> = {}): NewAllocationRule {
  return { id: id(number), name: `Rule ${number}`, channel: 'shop', kind: 'CAP', units: 10, mode: 'HARD', ...given };
}

function share(number: number, channel: string, percent: number, given: Partial<NewAllocationRule> = {}) {
  const { units: _units, ...rest } = rule(number, { channel, kind: 'SHARE', ...given });
  return { ...rest, percent };
}

async function refusals(saving: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await saving.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof InvalidInputError)) throw new Error('it was not refused', { cause: error });
  return error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

async function events(): Promise<readonly unknown[]> {
  const { rows } = await pool.query<{ data: unknown }>(
    `select data from event_log where stream_type = 'allocation-rule' and type = 'AllocationRulesSaved' order by id`,
  );
  return rows.map(({ data }) => data);
}

const stored = async () => (await rules.list({}, { limit: 100 })).map(({ updatedAt: _updatedAt, ...saved }) => saved);

describe('allocation rules', () => {
  it('come back as they were saved, and saving the same again changes nothing', async () => {
    const all = [
      rule(1, { sku: 'A', startsAt: '2026-01-01T00:00:00.000Z', endsAt: FAR, mode: 'EXPIRING' }),
      share(2, 'b2b', 40, { category: 'shoes', mode: 'BORROWABLE', idleMinutes: 60 }),
      rule(3, { kind: 'BUFFER', brand: 'Acme', units: 0 }),
      rule(4, { kind: 'EXCLUSIVE', channel: 'pos', units: 5 }),
    ];
    await rules.save(all);
    const before = await rules.list({}, { limit: 100 });
    await rules.save(all);
    expect(await rules.list({}, { limit: 100 })).toEqual(before);
    expect(await stored()).toEqual(all);
    expect([(await events()).length, wakes]).toEqual([1, 1]);
  });

  it('tell whose quantities may change, by what was and by what is', async () => {
    await rules.save([rule(1, { sku: 'A' }), rule(2, { category: 'shoes', channel: 'b2b' })]);
    await rules.save([rule(1, { sku: 'C' }), rule(2, { category: 'shoes', channel: 'b2b' })]);
    await rules.save([rule(3, { sku: 'B', kind: 'EXCLUSIVE' })]);
    await rules.save([rule(4, { channel: 'pos' })]);
    expect(await rules.delete([id(1), id(4), id(9)])).toEqual([id(1), id(4)]);
    expect(await rules.delete([id(1)])).toEqual([]);
    expect(await events()).toEqual([
      { skus: ['A', 'B'], channels: ['b2b', 'shop'], everything: false },
      { skus: ['A', 'C'], channels: ['shop'], everything: false },
      { skus: ['B'], channels: ['b2b', 'pos', 'shop'], everything: false },
      { channels: ['pos'], everything: true },
      { channels: ['pos', 'shop'], everything: true },
    ]);
  });

  it('are listed by channel, kind and the item that they are about, page by page', async () => {
    const all = [
      rule(1, { sku: 'A' }),
      rule(2, { category: 'shoes' }),
      rule(3, { kind: 'BUFFER' }),
      rule(4, { sku: 'C', channel: 'b2b' }),
    ];
    await rules.save(all);
    const ids = async (...given: Parameters<AllocationRules['list']>) =>
      (await rules.list(...given)).map((one) => all.findIndex((other) => other.id === one.id) + 1);
    expect(await ids({ sku: 'A' }, { limit: 9 })).toEqual([1, 2, 3]);
    expect(await ids({ sku: 'C', channel: 'shop' }, { limit: 9 })).toEqual([3]);
    expect(await ids({ kind: 'CAP' }, { limit: 2 })).toEqual([1, 2]);
    expect(await ids({ kind: 'CAP' }, { limit: 2, after: id(2) })).toEqual([4]);
    expect(await ids({ sku: 'unknown' }, { limit: 9 })).toEqual([]);
  });
});

describe('allocation rules that are refused', () => {
  it('name what does not exist, and none of the call is saved', async () => {
    const bad = [
      rule(1, { sku: 'A' }),
      rule(2, { sku: 'X' }),
      rule(3, { category: 'hats' }),
      rule(4, { brand: 'Nobody', channel: 'nowhere' }),
    ];
    expect(await refusals(rules.save(bad))).toEqual([
      '/1/sku There is no item "X".',
      '/2/category No item has the category "hats".',
      '/3/channel There is no channel account "nowhere".',
      '/3/brand No item has the brand "Nobody".',
    ]);
    expect([await stored(), await events()]).toEqual([[], []]);
  });

  it('are shares of more than the whole, at any one time', async () => {
    await rules.save([share(1, 'shop', 60, { sku: 'A' })]);
    expect(await refusals(rules.save([share(2, 'b2b', 41, { sku: 'A' })]))).toEqual([
      '/0/percent The shares of item "A" would be 101 % together, from now on ("shop" 60 %, "b2b" 41 %): lower them to at most 100 %.',
    ]);
    await rules.save([share(2, 'b2b', 40, { sku: 'A' }), share(3, 'b2b', 90, { sku: 'B' })]);
    expect(await refusals(rules.save([share(4, 'pos', 1, { sku: 'A', startsAt: FAR })]))).toEqual([
      `/0/percent The shares of item "A" would be 101 % together, from ${FAR} ("shop" 60 %, "b2b" 40 %, "pos" 1 %): lower them to at most 100 %.`,
    ]);
    // One makes room for the other in the same call, or in time.
    await rules.save([
      share(1, 'shop', 60, { sku: 'A', endsAt: FAR }),
      share(4, 'pos', 60, { sku: 'A', startsAt: FAR }),
    ]);
    await rules.save([share(1, 'shop', 10, { sku: 'A' }), share(4, 'pos', 50, { sku: 'A' })]);
  });

  it('cannot be too much together when two are saved at once', async () => {
    const outcomes = await Promise.allSettled(
      [share(1, 'shop', 60), share(2, 'b2b', 60)].map((one) => rules.save([one])),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('are two of a kind for the same channel, scope and time', async () => {
    const until = '2098-01-01T00:00:00.000Z';
    await rules.save([rule(1, { endsAt: until })]);
    expect(await refusals(rules.save([rule(2, { startsAt: until }), rule(3, { endsAt: FAR })]))).toEqual([
      `/1 "shop" has the CAP "Rule 1" (${id(1)}) for all items at the same time: change that one, or the times.`,
    ]);
    await rules.save([rule(2, { startsAt: until }), rule(3, { channel: 'b2b' }), rule(4, { sku: 'A' })]);
    expect(await refusals(rules.save([rule(5, { brand: 'Acme' }), rule(6, { brand: 'Acme' })]))).toEqual([
      `/1 "shop" has the CAP "Rule 5" (${id(5)}) for brand "Acme" at the same time: change that one, or the times.`,
    ]);
  });

  it('are over already, given twice, or another rule under the same id', async () => {
    await rules.save([rule(1)]);
    const ended = rule(2, { sku: 'A', mode: 'EXPIRING', endsAt: '2026-01-01T00:00:00.000Z' });
    expect(
      await refusals(rules.save([rule(1, { channel: 'b2b' }), ended, rule(3, { sku: 'B' }), rule(3, { sku: 'C' })])),
    ).toEqual([
      '/3/id The id stands in entry 2 already: say it once.',
      '/0/id This id is a CAP of "shop", and stays so: delete the rule, or choose another id.',
      expect.stringMatching(/^\/1\/endsAt Must be in the future: now is 20/) as string,
    ]);
  });
});

describe('a rule by itself', () => {
  it.each<readonly [string, object, readonly string[]]>([
    ['a part of a percent', share(1, 'shop', 12.5), ['percent']],
    ['more than everything', share(1, 'shop', 101), ['percent']],
    ['less than nothing', share(1, 'shop', -1), ['percent']],
    ['a share in units', { ...share(1, 'shop', 10), units: 1 }, ['units']],
    ['a share of nothing said', rule(1, { kind: 'SHARE' }), ['percent', 'units']],
    ['half a unit', rule(1, { units: 0.5 }), ['units']],
    ['a negative unit', rule(1, { units: -1 }), ['units']],
    ['a cap in percent', rule(1, { percent: 1 }), ['percent']],
    ['a cap that is lent', rule(1, { mode: 'BORROWABLE', idleMinutes: 5 }), ['mode']],
    ['lending without a time', rule(1, { kind: 'EXCLUSIVE', mode: 'BORROWABLE' }), ['idleMinutes']],
    ['a time without lending', rule(1, { idleMinutes: 5 }), ['idleMinutes']],
    ['expiring without an end', rule(1, { mode: 'EXPIRING' }), ['endsAt']],
    ['an end before the start', rule(1, { startsAt: FAR, endsAt: FAR }), ['endsAt']],
    ['two scopes', rule(1, { sku: 'A', brand: 'Acme' }), ['brand']],
    ['a time without its offset', rule(1, { endsAt: '2099-01-01T00:00:00' }), ['endsAt']],
    ['an id of another kind', rule(1, { id: 'one' }), ['id']],
    ['a field that nobody knows', { ...rule(1), quota: 1 }, ['']],
  ])('is not %s', (_, given, places) => {
    const { error } = allocationRuleSchema.safeParse(given);
    expect(error?.issues.map(({ path }) => path.join('/'))).toEqual(places);
  });

  it('is taken with what its kind needs', () => {
    for (const good of [rule(1), share(1, 'shop', 0), share(1, 'shop', 100, { mode: 'BORROWABLE', idleMinutes: 1 })])
      expect(allocationRuleSchema.safeParse(good).error).toBeUndefined();
  });
});
