import { USAGE_PLANS } from '../../../experience-apis/amazon/amazon-usage-plan.wire.js';
import { readLogEnd, type EventCursor } from '../../../src/platform/event-log/index.js';
import type { StockFact } from '../../../src/model/stock.js';
import { until } from '../../support/until.js';
import { skuAt } from '../harness/bench-catalog.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { rate, type Figure } from '../harness/figure.js';
import { percentile } from '../harness/percentile.js';
import type { WireCounts } from './counting-proxy.js';
import { readLags, type Lags } from './lags.js';
import { NODE, Publisher } from './publisher.js';
import { computeByHand } from './raw-wanted.js';

const FACTS_AT_ONCE = 500;
/** Prime to the number of items, so that changes walk through all of them. */
const STRIDE = 7_919;
/** Of so many items one sells out with its last change. */
const SELLS_OUT_EVERY = 10;
const PLENTY = 1_000;
const CHANNELS = ['amazon-us', 'shop-eu'] as const;
const SETTLE_MS_MAX = 900_000;
/** Points that come back to a shop on the Plus plan, per second. */
const SHOPIFY_POINTS_PER_SECOND = 1_000;

interface Scale {
  readonly items: number;
  readonly changes: number;
  readonly feedMs: number;
}

/** 20 changes of each of 5,000 items, on two channels at their published rates. */
const WHOLE: Scale = { items: 5_000, changes: 100_000, feedMs: 15_000 };
const QUICK: Scale = { items: 500, changes: 10_000, feedMs: 2_000 };

/** Stock changes until both channels show them. Throws when a channel does not show in the end what may be sold. */
export async function* publishing(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  const scale = quick ? QUICK : WHOLE;
  const skus = Array.from({ length: scale.items }, (_, n) => skuAt(n));
  const publisher = await Publisher.open(await postgres.createDatabase(), skus, scale.feedMs);
  try {
    await receive(publisher, openingStock(scale));
    while (await publisher.compute());
    publisher.start();
    await settled(publisher);
    // The first telling of all listings is each channel's own pace: nothing changes meanwhile.
    const firstTold = await readFirstTold(publisher);
    await publisher.pool.query('vacuum analyze');
    const [start, before] = [await readLogEnd(publisher.pool), await publisher.read()];
    const units = new Map(skus.map((sku, n) => [sku, openingUnits(n, scale)]));
    const startedAt = performance.now();
    await receive(publisher, changes(scale));
    const received = (performance.now() - startedAt) / 1_000;
    await computed(publisher);
    const taken = (performance.now() - startedAt) / 1_000;
    await settled(publisher);
    const lasted = (performance.now() - startedAt) / 1_000;
    const after = await publisher.read();
    await requireShown(publisher);
    const byHand = await computeByHand(publisher.pool, start);
    yield rate('publishing.changes', 'changes/s', scale.changes / taken, scale.changes / (received + byHand));
    for (const channel of CHANNELS) {
      const kind = channel === 'amazon-us' ? 'amazon' : 'shopify';
      const used = difference(after[kind].counts, before[kind].counts);
      const told = await readTold(publisher, channel, start);
      yield rate(`publishing.${kind}.told`, 'quantities', told, scale.changes);
      yield* describeCalls(kind, used, lasted, told);
      const lags = await readLags(publisher.pool, channel, start, units);
      yield* describeLags(kind, lags, firstTold[channel] ?? 0);
    }
  } finally {
    await publisher.close();
  }
}

function openingUnits(item: number, { items, changes: total }: Scale): number {
  return item % SELLS_OUT_EVERY === 0 ? total / items : PLENTY;
}

function openingStock(scale: Scale): readonly StockFact[] {
  return Array.from({ length: scale.items }, (_, n) =>
    fact(`opening/${n}`, { kind: 'RECEIVED', sku: skuAt(n), quantity: openingUnits(n, scale) }),
  );
}

function changes({ items, changes: total }: Scale): readonly StockFact[] {
  return Array.from({ length: total }, (_, n) =>
    fact(`change/${n}`, { kind: 'ADJUSTED', sku: skuAt((n * STRIDE) % items), quantity: -1, reason: 'SALE' }),
  );
}

type Body =
  | { readonly kind: 'RECEIVED'; readonly sku: string; readonly quantity: number }
  | { readonly kind: 'ADJUSTED'; readonly sku: string; readonly quantity: number; readonly reason: 'SALE' };

function fact(id: string, body: Body): StockFact {
  return { id: `bench/${id}`, source: 'bench', node: NODE, occurredAt: new Date().toISOString(), ...body };
}

async function receive({ stock }: Publisher, facts: readonly StockFact[]): Promise<void> {
  for (let from = 0; from < facts.length; from += FACTS_AT_ONCE) {
    const page = facts.slice(from, from + FACTS_AT_ONCE);
    const occurredAt = new Date().toISOString();
    const outcomes = await stock.receive(page.map((each) => ({ ...each, occurredAt })));
    const refused = outcomes.find(({ result }) => result !== 'TAKEN');
    if (refused !== undefined) throw new Error(`a stock fact was not taken: ${JSON.stringify(refused)}`);
  }
}

/** Until every listing should show what its stock is. */
async function computed({ pool }: Publisher): Promise<void> {
  const off = `select count(*)::int as off from listing l join position p using (sku)
                 left join publication w using (channel, listing_sku)
               where w.wanted is distinct from p.on_hand`;
  await until(
    async () => (await pool.query<{ off: number }>(off)).rows[0]?.off ?? 0,
    (count) => count === 0,
    { what: 'the quantities that listings should show', timeoutMs: SETTLE_MS_MAX },
  );
}

/** Until every channel has accepted what its listings should show. */
async function settled(publisher: Publisher): Promise<void> {
  await computed(publisher);
  const open = `select count(*)::int as open, min(refused_reason) as refused from publication
                where told is distinct from wanted`;
  await until(
    async () => (await publisher.pool.query<{ open: number; refused: string | null }>(open)).rows[0],
    (row) => row?.open === 0,
    { what: `the channels; failures: ${publisher.failures.slice(-3).join('; ')}`, timeoutMs: SETTLE_MS_MAX },
  );
}

/** Milliseconds in which each channel was told all listings. */
async function readFirstTold({ pool }: Publisher): Promise<Readonly<Record<string, number>>> {
  const { rows } = await pool.query<{ channel: string; ms: number }>(
    `select p.channel, extract(epoch from max(p.told_at) - max(p.wanted_since))::float8 * 1000 as ms
     from publication p group by p.channel`,
  );
  return Object.fromEntries(rows.map(({ channel, ms }) => [channel, ms]));
}

async function requireShown(publisher: Publisher): Promise<void> {
  const shown = await publisher.read();
  const { rows } = await publisher.pool.query<{ sku: string; units: number }>(
    'select sku, on_hand as units from position',
  );
  for (const { sku, units } of rows)
    for (const kind of ['amazon', 'shopify'] as const)
      if (shown[kind].quantities[sku] !== units)
        throw new Error(`${kind} shows ${shown[kind].quantities[sku]} of ${sku}, and ${units} are there`);
}

function difference(after: WireCounts, before: WireCounts): WireCounts {
  const calls = Object.entries(after.calls).map(([call, count]) => [call, count - (before.calls[call] ?? 0)] as const);
  return {
    calls: Object.fromEntries(calls),
    refusedByLimit: after.refusedByLimit - before.refusedByLimit,
    points: after.points - before.points,
  };
}

/** What was used of the channel's own limits in the time that it took; all calls beside one for each quantity told. */
function* describeCalls(
  kind: 'amazon' | 'shopify',
  { calls, refusedByLimit, points }: WireCounts,
  seconds: number,
  told: number,
) {
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  if (kind === 'shopify') {
    yield rate('publishing.shopify.points', 'points/s', points / seconds, SHOPIFY_POINTS_PER_SECOND);
  } else {
    const { patchListingsItem: patch, createFeed: feed } = USAGE_PLANS;
    const patches = calls['PATCH /listings/2021-08-01/items'] ?? 0;
    const feeds = calls['POST /feeds/2021-06-30/feeds'] ?? 0;
    yield rate('publishing.amazon.patches', 'calls', patches, patch.burst + patch.perSecond * seconds);
    yield rate('publishing.amazon.feeds', 'calls', feeds, feed.burst + feed.perSecond * seconds);
  }
  yield rate(`publishing.${kind}.calls`, 'calls', total, told);
  const none = refusedByLimit === 0 ? 1 : 0;
  yield { name: `publishing.${kind}.refused`, value: refusedByLimit, unit: 'by limit', limit: 0, ratio: none };
}

/** Quantities that the channel accepted. */
async function readTold({ pool }: Publisher, channel: string, start: EventCursor): Promise<number> {
  const { rows } = await pool.query<{ told: number }>(
    `select count(*)::int as told from told_quantity t where channel = $1 and outcome = 'ACCEPTED'
       and told_at > (select min(recorded_at) from event_log where (tx, id) > ($2::xid8, $3::bigint))`,
    [channel, start.tx, start.id],
  );
  return rows[0]?.told ?? 0;
}

/** Beside the time in which the channel was told all listings for the first time, with nothing else to do. */
function* describeLags(kind: string, { all, soldOut }: Lags, firstTold: number) {
  const lag = (name: string, ms: number): Figure => {
    const [value, limit] = [Math.round(ms), Math.round(firstTold)];
    return {
      name: `publishing.${kind}.lag.${name}`,
      value,
      unit: 'ms',
      limit,
      ratio: Number((limit / value).toFixed(3)),
    };
  };
  yield lag('p50', percentile(all, 0.5));
  yield lag('p99', percentile(all, 0.99));
  yield lag('max', all.at(-1) ?? 0);
  yield lag('sold-out.p99', percentile(soldOut, 0.99));
}
