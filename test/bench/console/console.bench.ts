import type { Page } from 'playwright-core';
import { Users } from '../../../src/platform/auth/sign-in/users.js';
import { CONFIG, type Config } from '../../../src/platform/config/config.js';
import { buildConsole } from '../../console/support/built-console.js';
import { chromiumPath, launchBrowser } from '../../console/support/browser.js';
import { goInside, signIn, untilShown } from '../../console/support/page-walk.js';
import { SeededOrders } from '../../support/seed-orders.js';
import type { BenchPostgres } from '../harness/bench-database.js';
import { BenchHub } from '../harness/bench-hub.js';
import { latency, type Figure } from '../harness/figure.js';
import { percentile } from '../harness/percentile.js';

const ORDERS = { whole: 100_000, quick: 2_000 } as const;
const CHANNEL = 'shop-eu';
const SHIPPED = 50;
const BATCH = 1_000;
const TIMES = 15;
/** No spinner is longer. */
const SHOWN_MS_MAX = 1_000;
const USER = { id: 'bench', password: 'correct horse battery staple' } as const;

/**
 * How long people wait for pages over 100,000 orders: from the key to everything shown, in a real Chromium. Raw: the same for
 * a page that asks nothing. Throws when a page takes longer than a second in 95 of 100 times.
 */
export async function* console_(postgres: BenchPostgres, quick: boolean): AsyncGenerator<Figure> {
  if (chromiumPath() === undefined) throw new Error('There is no Chromium: set ENTREPOT_CHROMIUM.');
  const built = buildConsole();
  const ids: string[] = [];
  const hub = await BenchHub.start({
    databaseUrl: await postgres.createDatabase(),
    role: 'api',
    settings: { ENTREPOT_CONSOLE_DIR: built.directory },
    fill: async (pool) => {
      const seeded = await SeededOrders.open(pool);
      ids.push(...(await fill(seeded, quick ? ORDERS.quick : ORDERS.whole)));
      await seeded.close();
      await pool.query('vacuum analyze');
    },
  });
  const browser = await launchBrowser();
  try {
    await new Users(hub.hub.app.get<Config>(CONFIG).dataDir).save({ ...USER, name: 'Bench', roles: ['admin'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    await page.goto(`${hub.hub.url}/console/nowhere`);
    await signIn(page, USER.id, USER.password);
    const raw = await measure(page, () => '/nowhere');
    const pages: readonly (readonly [string, (n: number) => string])[] = [
      ['now', () => '/now'],
      ['orders', (n) => `/orders?sort=UPDATED_DESC&from=2026-02-${10 + n}`],
      ['order', (n) => `/orders/${ids[n % ids.length]}`],
      ['exceptions', () => '/exceptions'],
      ['inventory', () => '/inventory'],
      ['search', (n) => `/search?q=${referenceOf(n)}0`],
    ];
    for (const [name, pathOf] of pages) {
      const times = await measure(page, pathOf);
      const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)];
      if (p95 > SHOWN_MS_MAX) throw new Error(`${name} takes ${Math.round(p95)} ms, more than ${SHOWN_MS_MAX}`);
      yield latency(`console.${name}.p50`, p50, percentile(raw, 0.5));
      yield latency(`console.${name}.p95`, p95, percentile(raw, 0.95));
    }
  } finally {
    await browser.close();
    await hub.close();
    built.remove();
  }
}

/** Orders that were accepted, and some that have gone all the way: the ids of these. */
async function fill(seeded: SeededOrders, orders: number): Promise<readonly string[]> {
  for (let from = 0; from < orders; from += BATCH)
    await seeded.accept(
      CHANNEL,
      Array.from({ length: BATCH }, (_, n) => referenceOf(from + n)),
    );
  const ids: string[] = [];
  for (let n = 0; n < SHIPPED; n += 1) ids.push((await seeded.fulfill(CHANNEL, referenceOf(n))).id);
  return ids;
}

function referenceOf(n: number): string {
  return `C-${n}`;
}

/** Milliseconds until all is shown, in ascending order; each time from a page that asks nothing. */
async function measure(page: Page, pathOf: (n: number) => string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    await goInside(page, '/nowhere?again');
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    const startedAt = performance.now();
    await goInside(page, pathOf(n));
    await untilShown(page, pathOf(n));
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b);
}
