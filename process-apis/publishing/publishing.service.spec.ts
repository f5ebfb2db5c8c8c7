import { afterEach, beforeEach, expect, it } from 'vitest';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { until } from '../../test/support/until.js';
import { accepted, NotingTeller, Retailer, tellDue } from './testing/retailer.js';

const CHANNELS = ['web', 'market'];

let retailer: Retailer;

beforeEach(async () => {
  retailer = await Retailer.open(CHANNELS);
});

afterEach(() => retailer.close());

function waitFor(what: string, isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  return until(isSo, (seen) => seen, { what, timeoutMs: 30_000 });
}

it('tells what sells out first, then what is for sale again, then what runs low or halves, then the longest waiting', async () => {
  await retailer.want({
    rest: [500, 499],
    halved: [100, 50],
    low: [20, 9],
    again: [0, 700],
    out: [500, 0],
    late: [400, 399],
    fresh: 30,
  });
  await retailer.pool.query(
    `update publication set wanted_since = now() - interval '1 minute' where listing_sku = 'late'`,
  );
  const publishing = retailer.publishing();
  const teller = new NotingTeller(undefined, 3);
  publishing.register(teller);
  await tellDue(publishing);
  expect(teller.calls.map((call) => call.toSorted())).toEqual([
    ['again 700', 'fresh 30', 'out 0'],
    ['halved 50', 'late 399', 'low 9'],
    ['rest 499'],
  ]);
  expect(teller.calls[0]?.[0]).toBe('out 0');
});

it('a listing that waited ten minutes goes before all but the sold out', async () => {
  await retailer.want({ rest: [500, 499], low: [20, 9], out: [5, 0] });
  await retailer.pool.query(
    `update publication set wanted_since = now() - interval '11 minutes' where listing_sku = 'rest'`,
  );
  const publishing = retailer.publishing();
  const teller = new NotingTeller();
  publishing.register(teller);
  await tellDue(publishing);
  expect(teller.calls).toEqual([['out 0', 'rest 499', 'low 9']]);
});

it('records who was told what, because of which event, and what the channel made of it', async () => {
  await retailer.want({ A: [4, 7], B: 2, C: [1, 5] });
  const publishing = retailer.publishing();
  const given: unknown[] = [];
  publishing.register(
    new NotingTeller((due) => {
      given.push(...due.map(({ listingSku, last }) => [listingSku, last]));
      return due.map((row) => {
        if (row.listingSku === 'A') return { listingSku: 'A', outcome: 'ACCEPTED', overwrote: 3 };
        return row.listingSku === 'B'
          ? { listingSku: 'B', outcome: 'REFUSED', reason: 'no such offer' }
          : accepted(row);
      });
    }),
  );
  await tellDue(publishing);
  const { rows } = await retailer.pool.query(
    `select listing_sku, quantity, cause, outcome, reason, overwrote from told_quantity order by listing_sku`,
  );
  expect(rows).toEqual([
    { listing_sku: 'A', quantity: 7, cause: 'cause-of-A', outcome: 'ACCEPTED', reason: null, overwrote: 3 },
    {
      listing_sku: 'B',
      quantity: 2,
      cause: 'cause-of-B',
      outcome: 'REFUSED',
      reason: 'no such offer',
      overwrote: null,
    },
    { listing_sku: 'C', quantity: 5, cause: 'cause-of-C', outcome: 'ACCEPTED', reason: null, overwrote: null },
  ]);
  expect(given).toEqual([
    ['B', undefined],
    ['A', 4],
    ['C', 1],
  ]);
  expect(await retailer.told('web')).toEqual({ A: 7, B: null, C: 5 });
  const { rows: causes } = await retailer.pool.query(
    `select told_cause, refused_reason from publication order by listing_sku`,
  );
  expect(causes).toEqual([
    { told_cause: 'cause-of-A', refused_reason: null },
    { told_cause: null, refused_reason: 'no such offer' },
    { told_cause: 'cause-of-C', refused_reason: null },
  ]);
});

it('a channel that was down hears the latest and not the history; the others are told meanwhile', async () => {
  await retailer.want({ A: [1, 5] });
  await retailer.list([{ channel: 'market', listingSku: 'A', sku: 'A' }]);
  await retailer.pool.query(
    `insert into publication (channel, listing_sku, wanted, cause) values ('market', 'A', 5, '')`,
  );
  const publishing = retailer.publishing();
  let down = true;
  const told: string[] = [];
  publishing.register(
    new NotingTeller((due, channel) => {
      if (down && channel === 'web')
        throw new OutsideError('transient', 'no answer', { system: 'web', operation: 'set' });
      told.push(...due.map(({ quantity }) => `${channel} ${quantity}`));
      return due.map(accepted);
    }),
  );
  await tellDue(publishing);
  expect(told).toEqual(['market 5']);
  expect(await retailer.told('web')).toEqual({ A: 1 });
  expect(retailer.failures).toEqual(['telling web its quantities goes on in 1 s: no answer']);
  for (const units of [4, 3, 2]) await retailer.pool.query(`update publication set wanted = $1`, [units]);
  await tellDue(publishing);
  down = false;
  await waitFor('the channel that was down', async () => {
    await tellDue(publishing);
    return (await retailer.told('web'))['A'] === 2;
  });
  expect(told).toEqual(['market 5', 'market 2', 'web 2']);
});

it('a channel at its limit is waited for, and then told the latest', async () => {
  await retailer.want({ A: [1, 5] });
  const publishing = retailer.publishing();
  const tries: number[] = [];
  publishing.register(
    new NotingTeller(async (due) => {
      tries.push(due[0]?.quantity ?? -1);
      if (tries.length > 1) return due.map(accepted);
      await retailer.pool.query('update publication set wanted = 6');
      throw new OutsideError('throttled', 'slow down', { system: 'web', operation: 'set', retryAfterMs: 100 });
    }),
  );
  await tellDue(publishing);
  expect(tries).toEqual([5, 6]);
  expect(retailer.failures).toEqual([]);
});

it('a slow channel keeps no other waiting', async () => {
  await retailer.want({ A: [1, 5] });
  await retailer.list([{ channel: 'market', listingSku: 'A', sku: 'A' }]);
  await retailer.pool.query(
    `insert into publication (channel, listing_sku, wanted, cause) values ('market', 'A', 5, '')`,
  );
  const publishing = retailer.publishing();
  const held = Promise.withResolvers<void>();
  publishing.register(
    new NotingTeller(async (due, channel) => {
      if (channel === 'web') await held.promise;
      return due.map(accepted);
    }),
  );
  await publishing.sweepDue();
  await waitFor('the quick channel', async () => (await retailer.told('market'))['A'] === 5);
  await retailer.pool.query(`update publication set wanted = 6 where channel = 'market'`);
  await waitFor('the quick channel again', async () => {
    await publishing.sweepDue();
    return (await retailer.told('market'))['A'] === 6;
  });
  held.resolve();
  await publishing.settled();
  expect(await retailer.told('web')).toEqual({ A: 5 });
});

it('a quantity that changes while it is told is told after', async () => {
  await retailer.want({ A: [1, 7] });
  const publishing = retailer.publishing();
  const told: number[] = [];
  publishing.register(
    new NotingTeller(async (due) => {
      told.push(...due.map(({ quantity }) => quantity));
      if (told.length === 1) await retailer.pool.query('update publication set wanted = 8');
      return due.map(accepted);
    }),
  );
  await tellDue(publishing);
  expect(told).toEqual([7, 8]);
  expect(await retailer.told('web')).toEqual({ A: 8 });
});

it('a refusal of a quantity that is no longer wanted does not keep the new one back', async () => {
  await retailer.want({ A: [1, 7] });
  const publishing = retailer.publishing();
  publishing.register(
    new NotingTeller(async (due) => {
      if (due[0]?.quantity !== 7) return due.map(accepted);
      await retailer.pool.query('update publication set wanted = 8');
      return due.map(({ listingSku }) => ({ listingSku, outcome: 'REFUSED', reason: 'too many' }));
    }),
  );
  await tellDue(publishing);
  expect(await retailer.history('web')).toEqual(['A 7 REFUSED', 'A 8 ACCEPTED']);
});

it('two publishers at once tell each quantity once', async () => {
  await retailer.want(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`L${n}`, n + 1])));
  const teller = new NotingTeller(async (due) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return due.map(accepted);
  }, 7);
  const processes = [retailer.publishing(), retailer.publishing()];
  for (const publishing of processes) publishing.register(teller);
  await waitFor('all listings', async () => {
    await Promise.all(processes.map((publishing) => tellDue(publishing)));
    return Object.values(await retailer.told('web')).every((told) => told !== null);
  });
  expect(teller.calls.flat()).toHaveLength(60);
  expect(await retailer.history('web')).toHaveLength(60);
});

it('a process that stood still and lost its channel leaves what it told to be told again', async () => {
  await retailer.want({ A: [1, 5] });
  const publishing = retailer.publishing();
  publishing.register(
    new NotingTeller(async (due) => {
      await retailer.pool.query(`update lease set holder = gen_random_uuid()`);
      return due.map(accepted);
    }),
  );
  await tellDue(publishing);
  expect(await retailer.told('web')).toEqual({ A: null });
  await retailer.pool.query(`update lease set until = now()`);
  publishing.register(new NotingTeller());
  const later = retailer.publishing();
  later.register(new NotingTeller());
  await tellDue(later);
  expect(await retailer.history('web')).toEqual(['A 5 ACCEPTED', 'A 5 ACCEPTED']);
});

it('what is told when a process dies is told again, even when the old quantity is wanted again', async () => {
  await retailer.want({ A: [5, 0] });
  const dying = retailer.publishing();
  const asked = Promise.withResolvers<void>();
  const never = Promise.withResolvers<never>();
  dying.register(
    new NotingTeller(() => {
      asked.resolve();
      return never.promise;
    }),
  );
  await dying.sweepDue();
  await asked.promise;
  await retailer.pool.query(`update publication set wanted = 5`);
  await retailer.pool.query(`update lease set until = now()`);
  const next = retailer.publishing();
  const teller = new NotingTeller();
  next.register(teller);
  await tellDue(next);
  expect(teller.calls).toEqual([['A 5']]);
  never.reject(new Error('the process is gone'));
  await dying.settled();
});

it('a listing that failed is tried again later, not before the channel allows, and holds up no other', async () => {
  await retailer.want({ A: 1, B: 2, C: 3 });
  const publishing = retailer.publishing();
  let failing = true;
  const teller = new NotingTeller((due) =>
    due.map((row) =>
      failing && row.listingSku === 'B'
        ? { listingSku: 'B', outcome: 'FAILED', reason: 'try later', retryAfterMs: 3_600_000 }
        : accepted(row),
    ),
  );
  publishing.register(teller);
  await tellDue(publishing);
  await tellDue(publishing);
  expect(teller.calls).toHaveLength(1);
  expect(await retailer.told('web')).toEqual({ A: 1, B: null, C: 3 });
  const { rows } = await retailer.pool.query(
    `select failures, retry_at > now() + interval '59 minutes' as late from publication where listing_sku = 'B'`,
  );
  expect(rows).toEqual([{ failures: 1, late: true }]);
  failing = false;
  await retailer.pool.query('update publication set retry_at = now()');
  await tellDue(publishing);
  expect(await retailer.history('web')).toEqual(['A 1 ACCEPTED', 'B 2 FAILED', 'C 3 ACCEPTED', 'B 2 ACCEPTED']);
  const after = await retailer.pool.query(`select failures, retry_at from publication where listing_sku = 'B'`);
  expect(after.rows).toEqual([{ failures: 0, retry_at: null }]);
});

it('a channel that reads by itself is told nothing and has nothing due', async () => {
  await retailer.want({ A: 7 });
  const publishing = retailer.publishing();
  const teller = new NotingTeller(undefined, 0);
  publishing.register(teller);
  await tellDue(publishing);
  expect([teller.calls, await retailer.told('web'), await retailer.history('web')]).toEqual([[], { A: 7 }, []]);
});

it('tells again what it is asked to, refused ones as well', async () => {
  await retailer.want({ A: [3, 3], B: [4, 4], C: 5 });
  await retailer.pool.query(`update publication set refused_reason = 'no' where listing_sku = 'C'`);
  const publishing = retailer.publishing();
  const teller = new NotingTeller();
  publishing.register(teller);
  await tellDue(publishing);
  expect(await publishing.tellAgain('web', ['B', 'unknown'])).toBe(1);
  await tellDue(publishing);
  expect(await publishing.tellAgain('web', 'ALL')).toBe(3);
  await tellDue(publishing);
  expect(teller.calls.map((call) => call.toSorted())).toEqual([['B 4'], ['A 3', 'B 4', 'C 5']]);
});

it('forgets what was told more than 90 days ago, a page at a time', async () => {
  await retailer.pool.query(
    `insert into told_quantity (channel, listing_sku, quantity, told_at, cause, outcome)
     select 'web', 'A', n, now() - case when n <= 6000 then interval '91 days' else interval '89 days' end, '', 'ACCEPTED'
     from generate_series(1, 6010) n`,
  );
  const publishing = retailer.publishing();
  expect(await publishing.sweepHistory()).toBe(true);
  expect(await publishing.sweepHistory()).toBe(false);
  const { rows } = await retailer.pool.query('select count(*)::int as kept from told_quantity');
  expect(rows).toEqual([{ kept: 10 }]);
});
