import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { serveParent } from './helper-process.js';
import { UNIQUE, type HttpLoad, type HttpLoadResult } from './http-load.js';
import { percentile } from './percentile.js';

const run = randomUUID();
let sent = 0;

async function load({ url, headers, bodies, connections, warmUpMs, measureMs }: HttpLoad): Promise<HttpLoadResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const from = performance.now() + warmUpMs;
  const until = from + measureMs;
  const latenciesMs: number[] = [];
  const post = async (): Promise<void> => {
    sent += 1;
    const unique = (text: string): string => text.replaceAll(UNIQUE, `${run}-${sent}`);
    const body = unique(bodies[sent % bodies.length] ?? '');
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, unique(value)]));
    const startedAt = performance.now();
    const answer = await pool.request({ path: pathname, method: 'POST', headers: own, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${url} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
    const endedAt = performance.now();
    if (endedAt >= from && endedAt < until) latenciesMs.push(endedAt - startedAt);
  };
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) await post();
    }),
  );
  await pool.close();
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    perSecond: sorted.length / (measureMs / 1_000),
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
  };
}

serveParent({ load });
