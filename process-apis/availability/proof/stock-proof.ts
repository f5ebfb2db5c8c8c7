import type { Pool, PoolClient } from 'pg';
import {
  findDifferences,
  readStockSize,
  STOCK_CHECKS,
  type StockCheck,
  type StockDifference,
  type StockSize,
} from './stock-proof.sql.js';

/** What each check proves, as a sentence. */
export const CHECK_SAYS: Readonly<Record<StockCheck, string>> = {
  LEDGER: 'each bucket is the sum of its movements',
  NEVER_NEGATIVE: 'no bucket was ever below zero',
  LOTS: 'each lot is the sum of its movements',
  LOTS_FIT: 'all lots together are no more than their position',
  CLAIMS: 'reserved is what orders and held reservations claim',
  DEMAND: 'what each channel has reserved is what it claims',
  SUPPLY: 'incoming and in transit are what is still expected',
  CAUSE: 'the event of each movement is in the event log',
};

export interface CheckedStock {
  readonly check: StockCheck;
  /** Empty: proved. At most DIFFERENCES_MAX. */
  readonly differences: readonly StockDifference[];
  readonly seconds: number;
}

export interface StockProof {
  readonly size: StockSize;
  readonly checks: readonly CheckedStock[];
}

/** Proves the stock of the whole database as it was at one moment. Reads only. `progress` hears of each check as it ends. */
export async function proveStock(
  pool: Pool,
  progress: (checked: CheckedStock) => void = () => undefined,
): Promise<StockProof> {
  const db = await pool.connect();
  try {
    return await inOneSnapshot(db, async () => {
      const size = await readStockSize(db);
      const checks: CheckedStock[] = [];
      for (const check of STOCK_CHECKS) {
        const started = performance.now();
        const differences = await findDifferences(db, check);
        const checked = { check, differences, seconds: (performance.now() - started) / 1_000 };
        progress(checked);
        checks.push(checked);
      }
      return { size, checks };
    });
  } finally {
    db.release();
  }
}

async function inOneSnapshot<T>(db: PoolClient, work: () => Promise<T>): Promise<T> {
  await db.query('begin isolation level repeatable read, read only');
  try {
    return await work();
  } finally {
    await db.query('rollback');
  }
}
