import { afterEach, beforeEach, expect, it } from 'vitest';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { readPublications, readTellings } from './publication-reader.sql.js';
import { accepted, NotingTeller, Retailer, tellDue } from './testing/retailer.js';

let retailer: Retailer;

beforeEach(async () => {
  retailer = await Retailer.open(['web']);
});

afterEach(() => retailer.close());

it('what a channel took for processing is not told again until the result is there; then what changed meanwhile is', async () => {
  await retailer.want({ A: [1, 7], B: [1, 8], C: [1, 9] });
  const publishing = retailer.publishing();
  const teller = new NotingTeller((due) =>
    due.map(({ listingSku }) => ({ listingSku, outcome: 'PENDING', submission: 'feed-1' })),
  );
  publishing.register(teller);
  await tellDue(publishing);
  await retailer.pool.query(`update publication set wanted = 0, cause = 'later' where listing_sku = 'A'`);
  await tellDue(publishing);
  expect(teller.calls).toHaveLength(1);
  const asked: unknown[] = [];
  teller.submissions = (submission, listingSkus) => {
    asked.push([submission, listingSkus]);
    return [
      { listingSku: 'A', outcome: 'ACCEPTED' },
      { listingSku: 'B', outcome: 'REFUSED', reason: 'no offer' },
      { listingSku: 'C', outcome: 'FAILED', reason: 'lost', retryAfterMs: 3_600_000 },
    ];
  };
  teller.answer = (due) => due.map(accepted);
  // Another process has asked nothing yet.
  const other = retailer.publishing();
  other.register(teller);
  await tellDue(other);
  expect(asked).toEqual([['feed-1', ['A', 'B', 'C']]]);
  expect(teller.calls.slice(1)).toEqual([['A 0']]);
  expect(await retailer.told('web')).toEqual({ A: 0, B: null, C: null });
  const { rows } = await retailer.pool.query(
    `select listing_sku || ' ' || quantity || ' ' || outcome || ' ' || coalesce(submission, '-') || ' ' || cause as line
     from told_quantity order by id`,
  );
  expect(rows.map(({ line }: { line: string }) => line)).toEqual([
    'A 7 PENDING feed-1 cause-of-A',
    'B 8 PENDING feed-1 cause-of-B',
    'C 9 PENDING feed-1 cause-of-C',
    'A 7 ACCEPTED feed-1 cause-of-A',
    'B 8 REFUSED feed-1 cause-of-B',
    'C 9 FAILED feed-1 cause-of-C',
    'A 0 ACCEPTED - later',
  ]);
  const { rows: open } = await retailer.pool.query('select 1 from publication where submission is not null');
  expect(open).toEqual([]);
});

it('a submission that cannot be asked about keeps nothing else waiting', async () => {
  await retailer.want({ A: 7, B: 2 });
  const publishing = retailer.publishing();
  const teller = new NotingTeller((due) =>
    due.map((row) =>
      row.listingSku === 'A' ? { listingSku: 'A', outcome: 'PENDING', submission: 'feed-1' } : accepted(row),
    ),
  );
  teller.submissions = () => {
    throw new OutsideError('transient', 'no answer', { system: 'web', operation: 'getFeed' });
  };
  publishing.register(teller);
  await tellDue(publishing);
  await retailer.pool.query(`update publication set wanted = 1 where listing_sku = 'B'`);
  await tellDue(publishing);
  expect(await retailer.told('web')).toEqual({ A: null, B: 1 });
  expect(retailer.failures).toEqual([expect.stringMatching(/^web is asked again in \d s about feed-1: no answer$/)]);
});

it('while the channel works on a submission only the most urgent are told beside it', async () => {
  await retailer.want(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`L${n}`, 100 + n])));
  const publishing = retailer.publishing();
  const teller = new NotingTeller((due) =>
    due.map((row) =>
      due.length > 25 ? { listingSku: row.listingSku, outcome: 'PENDING', submission: 'feed-1' } : accepted(row),
    ),
  );
  publishing.register(teller);
  await tellDue(publishing);
  const others = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`M${n}`, [100, 99] as const]));
  await retailer.want({ ...others, out: [5, 0] });
  await tellDue(publishing);
  expect(teller.calls.map((call) => call.length)).toEqual([60, 25, 16]);
  expect(teller.calls[1]?.[0]).toBe('out 0');
});

it('shows what each listing should show and was told, and its history', async () => {
  await retailer.want({ A: [1, 7], B: 2, C: 3 });
  const publishing = retailer.publishing();
  publishing.register(
    new NotingTeller((due) =>
      due.map((row) =>
        row.listingSku === 'A' ? { listingSku: 'A', outcome: 'PENDING', submission: 'feed-1' } : accepted(row),
      ),
    ),
  );
  await tellDue(publishing);
  const page = await readPublications(retailer.pool, { channel: 'web' }, { channel: 'web', listingSku: 'A' }, 1);
  expect(page).toMatchObject([{ listingSku: 'B', sku: 'B', wanted: 2, told: 2, toldCause: 'cause-of-B', failures: 0 }]);
  expect(page[0]?.toldAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(await readPublications(retailer.pool, { sku: 'A' }, undefined, 10)).toMatchObject([
    { listingSku: 'A', wanted: 7, told: null, submission: 'feed-1', submitted: 7 },
  ]);
  await publishing.tellAgain('web', ['C']);
  await tellDue(publishing);
  const listings = ['A', 'C'].map((listingSku) => ({ channel: 'web', listingSku }));
  const tellings = await readTellings(retailer.pool, listings, 5);
  expect(tellings.map(({ listingSku, quantity, outcome }) => [listingSku, quantity, outcome])).toEqual([
    ['A', 7, 'PENDING'],
    ['C', 3, 'ACCEPTED'],
    ['C', 3, 'ACCEPTED'],
  ]);
  expect(await readTellings(retailer.pool, listings, 1)).toHaveLength(2);
});
