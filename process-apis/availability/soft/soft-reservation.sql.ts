import type { ClientBase } from 'pg';
import type { Instant } from '../../../src/model/time.js';
import { storableJson } from '../../../src/platform/db/storable-json.js';
import { utc } from '../../../src/platform/db/utc.js';

type Db = Pick<ClientBase, 'query'>;

export const SOFT_KINDS = ['CART', 'CHECKOUT', 'QUOTE'] as const;

export type SoftKind = (typeof SOFT_KINDS)[number];

export type SoftStatus = 'HELD' | 'CONVERTED' | 'RELEASED' | 'EXPIRED';

/** What a channel asked to hold: an item or a listing, in its own units. */
export interface SoftLine {
  readonly sku?: string;
  readonly listingSku?: string;
  readonly quantity: number;
}

/** Base units claimed of an item at a node. */
export interface SoftClaim {
  readonly node: string;
  readonly sku: string;
  readonly quantity: number;
  readonly lot?: string;
}

/** A claim with a time limit, while it is held. */
export interface SoftReservation {
  readonly id: string;
  readonly channel: string;
  /** The caller's own key. */
  readonly reference: string;
  readonly expiresAt: Instant;
  readonly claims: readonly SoftClaim[];
}

/** Line units at a node, with the base units that they take there. */
export interface StoredClaim {
  /** Index of the line, as text. */
  readonly lineId: string;
  readonly node: string;
  readonly quantity: number;
  readonly units: readonly Omit<SoftClaim, 'node'>[];
}

export interface StoredSoftReservation extends Omit<SoftReservation, 'claims'> {
  readonly kind: SoftKind;
  readonly status: SoftStatus;
  readonly digest: string;
  readonly lines: readonly SoftLine[];
  readonly claims: readonly StoredClaim[];
}

export interface SoftKey {
  readonly channel: string;
  readonly reference: string;
}

const FIELDS = `s.id, s.channel, s.reference, s.kind, s.status, ${utc('s.expires_at')} as "expiresAt", s.digest, s.lines,
  s.claims`;

/** Held ones of these keys, locked in the order of their ids. Before any position is locked. */
export async function lockSoftReservations(
  tx: ClientBase,
  keys: readonly SoftKey[],
): Promise<readonly SoftReservation[]> {
  const rows = await lockHeldSoft(tx, keys);
  return rows.map(({ id, channel, reference, expiresAt, claims }) => ({
    id,
    channel,
    reference,
    expiresAt,
    claims: claimsOf({ claims }),
  }));
}

export async function lockHeldSoft(
  tx: ClientBase,
  keys: readonly SoftKey[],
): Promise<readonly StoredSoftReservation[]> {
  if (keys.length === 0) return [];
  const { rows } = await tx.query<StoredSoftReservation>({
    name: 'soft-reservation.lock',
    text: `select ${FIELDS} from soft_reservation s
           where s.status = 'HELD'
             and (s.channel, s.reference) in (select * from unnest($1::text[], $2::text[]))
           order by s.id for update`,
    values: keyValues(keys),
  });
  return rows;
}

/** Held ones whose time is over, locked; those that someone else has locked are left to them. */
export async function lockOverdueSoft(tx: ClientBase, limit: number): Promise<readonly StoredSoftReservation[]> {
  const { rows } = await tx.query<StoredSoftReservation>({
    name: 'soft-reservation.overdue',
    text: `select ${FIELDS} from soft_reservation s where s.status = 'HELD' and s.expires_at <= now()
           order by s.expires_at limit $1 for update skip locked`,
    values: [limit],
  });
  return rows;
}

/** The claims of orders took their place. Under their locks. */
export async function markConverted(
  tx: ClientBase,
  converted: readonly { readonly id: string; readonly orderId: string }[],
): Promise<void> {
  if (converted.length === 0) return;
  await tx.query({
    name: 'soft-reservation.convert',
    text: `update soft_reservation s set status = 'CONVERTED', order_id = c.order_id, claims = '[]', updated_at = now()
           from unnest($1::uuid[], $2::uuid[]) as c (id, order_id) where s.id = c.id`,
    values: [converted.map(({ id }) => id), converted.map(({ orderId }) => orderId)],
  });
}

export async function markEnded(tx: ClientBase, ids: readonly string[], status: 'RELEASED' | 'EXPIRED'): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'soft-reservation.end',
    text: `update soft_reservation set status = $2, claims = '[]', updated_at = now() where id = any($1::uuid[])`,
    values: [ids, status],
  });
}

export async function moveExpiry(tx: ClientBase, id: string, expiresAt: Instant): Promise<void> {
  await tx.query({
    name: 'soft-reservation.extend',
    text: 'update soft_reservation set expires_at = $2, updated_at = now() where id = $1',
    values: [id, expiresAt],
  });
}

export async function readSoft(db: Db, keys: readonly SoftKey[]): Promise<readonly StoredSoftReservation[]> {
  const { rows } = await db.query<StoredSoftReservation>({
    name: 'soft-reservation.read',
    text: `select ${FIELDS} from soft_reservation s
           where (s.channel, s.reference) in (select * from unnest($1::text[], $2::text[]))`,
    values: keyValues(keys),
  });
  return rows;
}

/** Fails with a unique violation when another transaction took one of the references meanwhile: run the transaction again. */
export async function insertSoft(tx: ClientBase, rows: readonly StoredSoftReservation[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'soft-reservation.insert',
    text: `insert into soft_reservation (id, channel, reference, kind, status, expires_at, digest, lines, claims)
           select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[],
                                $8::json[], $9::json[]) as s (id, channel, reference)
           order by channel, reference`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.channel),
      rows.map((row) => row.reference),
      rows.map((row) => row.kind),
      rows.map((row) => row.status),
      rows.map((row) => row.expiresAt),
      rows.map((row) => row.digest),
      rows.map((row) => storableJson(row.lines)),
      rows.map((row) => storableJson(row.claims)),
    ],
  });
}

/** Base units by item, node and lot. */
export function claimsOf({ claims }: Pick<StoredSoftReservation, 'claims'>): readonly SoftClaim[] {
  return claims.flatMap(({ node, units }) => units.map((unit) => ({ node, ...unit })));
}

function keyValues(keys: readonly SoftKey[]): unknown[] {
  return [keys.map(({ channel }) => channel), keys.map(({ reference }) => reference)];
}
