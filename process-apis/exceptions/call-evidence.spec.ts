import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import {
  pruneCallEvidence,
  readCallEvidence,
  sealEvidence,
  writeCallEvidence,
  type CallEvidence,
} from './call-evidence.js';

const cipher = new FieldCipher(KeyRing.parse(generateKeyRing('test-1')));

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 2);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function failed(orderId: string, waitKey: string, answer: string, at = new Date().toISOString()): CallEvidence {
  const exchange = {
    method: 'POST',
    url: 'https://erp.example/orders',
    status: 400,
    request: '{"name":"Ada"}',
    answer,
  };
  return { orderId, waitKey, system: 'sap', operation: 'A_SalesOrder', at, exchange };
}

describe('the last failed exchange of a step', () => {
  it('takes the place of the one before, and is not readable in the database', async () => {
    const [one, other] = [randomUUIDv7(), randomUUIDv7()];
    const rows = [
      failed(one, 'ERP:POSTING', 'first'),
      failed(other, 'WMS:RELEASE:1', 'x'),
      failed(one, 'ERP:POSTING', 'second'),
    ];
    await writeCallEvidence(
      pool,
      rows.map((row) => sealEvidence(cipher, row)),
    );
    await writeCallEvidence(pool, [sealEvidence(cipher, failed(one, 'ERP:POSTING', 'third'))]);
    expect(await readCallEvidence(pool, cipher, [one, randomUUIDv7()])).toMatchObject([
      { orderId: one, system: 'sap', exchange: { status: 400, answer: 'third' } },
    ]);
    const { rows: stored } = await pool.query<{ sealed: Buffer; status: number }>(
      'select sealed, status from call_evidence',
    );
    expect(stored.map(({ status }) => status)).toEqual([400, 400]);
    expect(stored.some(({ sealed }) => sealed.includes('Ada'))).toBe(false);
  });

  it('goes after a while', async () => {
    const order = randomUUIDv7();
    await writeCallEvidence(pool, [sealEvidence(cipher, failed(order, 'A', 'x', '2026-01-01T00:00:00.000Z'))]);
    expect(await pruneCallEvidence(pool, 90, 100)).toBe(1);
    expect(await readCallEvidence(pool, cipher, [order])).toEqual([]);
  });
});
