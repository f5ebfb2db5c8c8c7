import { expect } from 'vitest';
import type { StockBook } from '../../process-apis/availability/index.js';
import { freeUnits, sellableUnits, STOCK_BUCKETS } from '../../src/model/stock.js';
import { SKUS } from './ledger-context.js';

/** Each bucket is the sum of its movements, and none is negative. */
export function expectLedger(book: StockBook): void {
  const sums = new Map<string, number>();
  for (const { sku, node, bucket, delta } of book.booked) {
    const at = `${sku}@${node} ${bucket}`;
    sums.set(at, (sums.get(at) ?? 0) + delta);
  }
  for (const sku of SKUS)
    for (const position of book.positionsOf(sku))
      for (const bucket of STOCK_BUCKETS) {
        expect(position[bucket]).toBe(sums.get(`${sku}@${position.node} ${bucket}`) ?? 0);
        expect(position[bucket]).toBeGreaterThanOrEqual(0);
      }
}

/** Claimed units by `<item> <channel>`. */
export function claimsOf(book: StockBook): ReadonlyMap<string, number> {
  return new Map(
    SKUS.flatMap((sku) => book.demandsOf(sku).map((demand) => [`${sku} ${demand.channel}`, demand.reserved] as const)),
  );
}

/** Claims of the channel that grew are within the quotas as they are now. */
export function expectQuotas(book: StockBook, channel: string, before: ReadonlyMap<string, number>): void {
  for (const sku of SKUS) {
    const claimed = claimsOf(book).get(`${sku} ${channel}`) ?? 0;
    if (claimed > (before.get(`${sku} ${channel}`) ?? 0)) expectQuotasOf(book, sku, channel, claimed);
  }
}

function expectQuotasOf(book: StockBook, sku: string, channel: string, claimed: number): void {
  const positions = book.positionsOf(sku);
  const pool = positions.reduce((sum, position) => sum + sellableUnits(position), 0);
  const free = positions.reduce((sum, position) => sum + freeUnits(position), 0);
  for (const rule of book.rulesOf(sku)) {
    const used = book.usedOf(rule, sku);
    const { units = 0, percent = 0 } = rule;
    if (rule.channel !== channel) {
      // What another one has for itself is still there.
      if (rule.kind === 'EXCLUSIVE') expect(free).toBeGreaterThanOrEqual(units - used);
      continue;
    }
    if (rule.kind === 'SHARE') expect(claimed * 100).toBeLessThanOrEqual(pool * percent);
    if (rule.kind === 'CAP') expect(used).toBeLessThanOrEqual(units);
    if (rule.kind === 'BUFFER') expect(free).toBeGreaterThanOrEqual(units);
  }
}
