import type { Page } from 'playwright-core';
import { Users } from '../../../src/platform/auth/sign-in/users.js';
import { CONFIG, type Config } from '../../../src/platform/config/config.js';
import { generateKeyRing } from '../../../src/platform/crypto/key-ring.js';
import { buildConsole } from '../../console/support/built-console.js';
import { chromiumPath, launchBrowser } from '../../console/support/browser.js';
import { goInside, signIn, untilShown } from '../../console/support/page-walk.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub, type BenchHubOptions } from '../harness/bench-hub.js';
import { latency, type Figure } from '../harness/figure.js';
import { percentile } from '../harness/percentile.js';
import { fillOrders, keepOrdering, referenceOf, untilCounted } from './console-orders.js';

const ORDERS = { whole: 100_000, quick: 2_000 } as const;
const TIMES = 15;
/** No spinner is longer. */
const SHOWN_MS_MAX = 1_000;
const USER = { id: 'bench', password: 'correct horse battery staple' } as const;
/** One of each kind that the page shows: durations by day and by node, shares, numbers. */
const KPIS = [
  'kpi=ORDER_LIFECYCLE_LATENCY&by=STAGE',
  'kpi=WAREHOUSE_RELEASE_TIME&by=NODE',
  'kpi=ERP_POSTING_SUCCESS_RATE&by=CHANNEL',
  'kpi=ORDER_ACCEPTANCE_LAG',
  'kpi=CANCELLATION_RATE',
] as const;
const SPANS = [30, 90, 7] as const;

/** A page that asks nothing. */
const NOTHING = '/nowhere';

type PageOf = (n: number) => string;

interface Way {
  readonly open: PageOf;
  /** What is there in the end, where it is another page. */
  readonly shows?: PageOf;
}

/**
 * How long people wait for pages over 100,000 orders: from the key to everything shown, in a real Chromium. Raw: the same for
 * a page that asks nothing. First of a hub whose workers do all their work while orders come in, then of one that answers
 * alone. Throws when a page takes longer than a second in 95 of 100 times.
 */
export async function* console_(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  if (chromiumPath() === undefined) throw new Error('There is no Chromium: set ENTREPOT_CHROMIUM.');
  const built = buildConsole();
  const [orders, keys] = [quick ? ORDERS.quick : ORDERS.whole, generateKeyRing('bench')];
  const settings = { ENTREPOT_CONSOLE_DIR: built.directory, ENTREPOT_ENCRYPTION_KEYS: keys };
  const common = { databaseUrl: await postgres.createDatabase(), settings };
  const ids: string[] = [];
  const slow: string[] = [];
  try {
    const fill: BenchHubOptions['fill'] = async (pool, outside) => {
      ids.push(...(await fillOrders(pool, outside, { orders, keys })));
    };
    const working = await BenchHub.start({ ...common, role: 'all', fill });
    try {
      await untilCounted(working.pool, orders);
      const stop = keepOrdering(working.outside);
      yield* pagesOf(working, 'console.working', ids, slow);
      await stop();
    } finally {
      await working.close();
    }
    const answering = await BenchHub.start({ ...common, role: 'api', fill: async () => undefined });
    try {
      yield* pagesOf(answering, 'console', ids, slow);
    } finally {
      await answering.close();
    }
  } finally {
    built.remove();
  }
  if (slow.length > 0) throw new Error(`more than ${SHOWN_MS_MAX} ms in 95 of 100 times: ${slow.join(', ')}`);
}

/** Adds the names of those that take too long to `slow`. */
async function* pagesOf(
  { hub }: BenchHub,
  prefix: string,
  ids: readonly string[],
  slow: string[],
): AsyncGenerator<Figure> {
  const order: PageOf = (n) => `/orders/${ids[n % ids.length]}`;
  const pages: Readonly<Record<string, Way>> = {
    now: { open: () => '/now' },
    orders: { open: (n) => `/orders?sort=UPDATED_DESC&from=2026-02-${10 + n}` },
    order: { open: order },
    exceptions: { open: () => '/exceptions' },
    inventory: { open: () => '/inventory' },
    // The only exact hit is opened at once.
    search: { open: (n) => `/search?q=${referenceOf(n)}`, shows: order },
    systems: { open: () => '/systems' },
    performance: { open: (n) => `/performance?days=${SPANS[n % SPANS.length]}&${KPIS[n % KPIS.length]}` },
  };
  await new Users(hub.app.get<Config>(CONFIG).dataDir).save({ ...USER, name: 'Bench', roles: ['admin'] });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    await page.goto(`${hub.url}/console${NOTHING}`);
    await signIn(page, USER.id, USER.password);
    for (const [name, way] of Object.entries(pages)) {
      const { times, raw } = await measure(page, way);
      const p95 = latency(`${prefix}.${name}.p95`, percentile(times, 0.95), percentile(raw, 0.95));
      if (p95.value > SHOWN_MS_MAX) slow.push(p95.name);
      yield latency(`${prefix}.${name}.p50`, percentile(times, 0.5), percentile(raw, 0.5));
      yield p95;
    }
  } finally {
    await browser.close();
  }
}

interface Measured {
  /** Milliseconds, in ascending order. */
  readonly times: readonly number[];
  readonly raw: readonly number[];
}

/** Each time from a page that asks nothing, and back to it. */
async function measure(page: Page, { open, shows = open }: Way): Promise<Measured> {
  const times: number[] = [];
  const raw: number[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    times.push(await shownMs(page, open(n), shows(n)));
    raw.push(await shownMs(page, NOTHING, NOTHING));
  }
  return { times: times.toSorted((a, b) => a - b), raw: raw.toSorted((a, b) => a - b) };
}

/** From the change of the address until the page that it leads to shows all that it reads. */
async function shownMs(page: Page, path: string, shows: string): Promise<number> {
  const startedAt = performance.now();
  await goInside(page, path);
  await untilShown(page, shows);
  return performance.now() - startedAt;
}
