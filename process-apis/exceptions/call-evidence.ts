import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { plainArray } from '../../src/platform/db/set-parameters.js';
import { utc } from '../../src/platform/db/utc.js';
import type { OutsideExchange } from '../../src/platform/outside/outside-error.js';

type Db = Pick<ClientBase, 'query'>;

/** The last failed exchange of a step of an order with an outside system. */
export interface CallEvidence {
  readonly orderId: string;
  /** Of the step: the order's wait. */
  readonly waitKey: string;
  readonly system: string;
  readonly operation: string;
  readonly at: Instant;
  /** As it was sent and answered: may hold personal data. */
  readonly exchange: OutsideExchange;
}

export interface SealedEvidence extends Omit<CallEvidence, 'exchange'> {
  readonly status: number | null;
  readonly sealed: Buffer;
}

export function sealEvidence(cipher: FieldCipher, { exchange, ...evidence }: CallEvidence): SealedEvidence {
  const sealed = cipher.seal(JSON.stringify(exchange), aad(evidence));
  return { ...evidence, status: exchange.status ?? null, sealed };
}

/** Keeps the last exchange of each step. Set-wise, in the transaction of the facts that tell of the failures. */
export async function writeCallEvidence(tx: Db, rows: readonly SealedEvidence[]): Promise<void> {
  const last = new Map(rows.map((row) => [`${row.orderId}/${row.waitKey}`, row]));
  const kept = [...last.values()];
  if (kept.length === 0) return;
  await tx.query({
    name: 'call-evidence.write',
    text: `insert into call_evidence (order_id, wait_key, system, operation, at, status, sealed)
           select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[], $7::bytea[])
             as n (order_id, wait_key)
           order by order_id, wait_key
           on conflict (order_id, wait_key) do update set system = excluded.system, operation = excluded.operation,
             at = excluded.at, status = excluded.status, sealed = excluded.sealed`,
    values: [
      plainArray(kept.map(({ orderId }) => orderId)),
      kept.map(({ waitKey }) => waitKey),
      kept.map(({ system }) => system),
      kept.map(({ operation }) => operation),
      plainArray(kept.map(({ at }) => at)),
      plainArray(kept.map(({ status }) => status)),
      kept.map(({ sealed }) => sealed),
    ],
  });
}

interface StepKey {
  readonly orderId: string;
  readonly waitKey: string;
}

/** Of all steps of these orders, in the clear: the caller masks it. */
export async function readCallEvidence(
  db: Db,
  cipher: FieldCipher,
  orderIds: readonly string[],
): Promise<readonly CallEvidence[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await db.query<Omit<SealedEvidence, 'status'>>({
    name: 'call-evidence.read',
    text: `select order_id as "orderId", wait_key as "waitKey", system, operation, ${utc('at')} as at, sealed
           from call_evidence where order_id = any($1::uuid[]) order by order_id, wait_key`,
    values: [orderIds],
  });
  return rows.map(({ sealed, ...row }) => {
    const clear = cipher.open(sealed, aad(row)).toString('utf8');
    // Sealed by the hub itself from this type, and authenticated by the cipher.
    return { ...row, exchange: JSON.parse(clear) as OutsideExchange };
  });
}

/** Deletes what is older; gives how many. */
export async function pruneCallEvidence(db: Db, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'call-evidence.prune',
    text: `delete from call_evidence where (order_id, wait_key) in (
             select order_id, wait_key from call_evidence where at < now() - $1 * interval '1 day' limit $2
           )`,
    values: [keepDays, limit],
  });
  return rowCount ?? 0;
}

function aad({ orderId, waitKey }: StepKey): string {
  return `evidence:${orderId}/${waitKey}`;
}
