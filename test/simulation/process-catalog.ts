import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { SqlCatalog } from '../../process-apis/catalog/index.js';

const CACHED_MAX = 100;
const REFRESH_MS = 10_000;

/** Catalogs of processes that ended. Large ones are dear to make. */
const spare: ProcessCatalog[] = [];

/** The catalog of one process at a time, with small memories that go by the simulated clock. */
export class ProcessCatalog extends SqlCatalog {
  /** The catalog of a process that starts: it remembers nothing. */
  static take(pool: Pool, committed: () => void): ProcessCatalog {
    const catalog = spare.pop() ?? new ProcessCatalog(pool, committed);
    const memories = { listings: memory(), items: memory(), units: memory(), substitutes: memory(), kits: memory() };
    Object.assign(catalog, { pool, committed, ...memories });
    catalog.forget();
    return catalog;
  }

  /** The process ended, and nothing of it runs any more. */
  giveBack(): void {
    spare.push(this);
  }
}

function memory(): LRUCache<string, object> {
  return new LRUCache({ max: CACHED_MAX, ttl: REFRESH_MS, ttlResolution: 0, perf: { now: () => Date.now() } });
}
