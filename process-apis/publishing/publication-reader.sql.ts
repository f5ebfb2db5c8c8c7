import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { utc } from '../../src/platform/db/utc.js';
import type { ListingKey, TellResult } from './publishing.types.js';

type Db = Pick<ClientBase, 'query'>;

/** What a channel should show of a listing, and what it was told. Quantities in listing units; causes are places in the event log. */
export interface Publication extends ListingKey {
  readonly sku: string;
  readonly wanted: number;
  /** Since when the channel is to be told. */
  readonly wantedSince: Instant;
  readonly cause: string;
  /** What the channel last accepted; null when that is not known for sure. */
  readonly told: number | null;
  readonly toldAt: Instant | null;
  readonly toldCause: string | null;
  readonly refusedReason: string | null;
  /** Taken by the channel for processing, with the quantity. */
  readonly submission: string | null;
  readonly submitted: number | null;
  readonly submittedAt: Instant | null;
  /** Tellings that failed in a row, and when the next one may be. */
  readonly failures: number;
  readonly retryAt: Instant | null;
  readonly reviewAt: Instant | null;
}

export interface PublicationFilter {
  readonly channel?: string;
  /** The item that the listing is of. */
  readonly sku?: string;
  /** True for those of which the channel was told something else, nothing, or nothing for sure. */
  readonly differs?: boolean;
}

const PUBLICATION_FIELDS = `p.channel, p.listing_sku as "listingSku", l.sku, p.wanted,
  ${utc('p.wanted_since')} as "wantedSince", p.cause, p.told, ${utc('p.told_at')} as "toldAt", p.told_cause as "toldCause",
  p.refused_reason as "refusedReason", p.submission, p.submitted, ${utc('p.submitted_at')} as "submittedAt", p.failures,
  ${utc('p.retry_at')} as "retryAt", ${utc('p.review_at')} as "reviewAt"`;

/** By channel and listing SKU, behind `after`. Built of the conditions that are asked for: they decide which index serves. */
export async function readPublications(
  db: Db,
  { channel, sku, differs }: PublicationFilter,
  after: ListingKey | undefined,
  limit: number,
): Promise<readonly Publication[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = [
    'true',
    channel === undefined ? [] : `p.channel = ${value(channel)}`,
    sku === undefined ? [] : `l.sku = ${value(sku)}`,
    differs === undefined ? [] : `p.told is ${differs ? '' : 'not '}distinct from p.wanted`,
    after === undefined ? [] : `(p.channel, p.listing_sku) > (${value(after.channel)}, ${value(after.listingSku)})`,
  ].flat();
  const { rows } = await db.query<Publication>(
    `select ${PUBLICATION_FIELDS}
     from publication p join listing l using (channel, listing_sku)
     where ${conditions.join(' and ')} order by p.channel, p.listing_sku limit ${value(limit)}`,
    values,
  );
  return rows;
}

/** Of each item by channel and listing SKU; `perItem` at most. */
export async function readPublicationsOfItems(
  db: Db,
  skus: readonly string[],
  perItem: number,
): Promise<readonly Publication[]> {
  const { rows } = await db.query<Publication>({
    name: 'publication.of-items',
    text: `select f.* from unnest($1::text[]) as k (sku)
             cross join lateral (
               select ${PUBLICATION_FIELDS} from listing l join publication p using (channel, listing_sku)
               where l.sku = k.sku order by l.channel, l.listing_sku limit $2
             ) f
           order by f.sku, f.channel, f."listingSku"`,
    values: [skus, perItem],
  });
  return rows;
}

/** Unknown ones are absent. */
export async function readPublicationsAt(db: Db, listings: readonly ListingKey[]): Promise<readonly Publication[]> {
  const { rows } = await db.query<Publication>({
    name: 'publication.at-listings',
    text: `select ${PUBLICATION_FIELDS} from unnest($1::text[], $2::text[]) as k (channel, listing_sku)
             join publication p using (channel, listing_sku) join listing l using (channel, listing_sku)`,
    values: [listings.map((listing) => listing.channel), listings.map((listing) => listing.listingSku)],
  });
  return rows;
}

/** One telling: what a channel was told of a listing, when, because of which event, and what it made of it. */
export interface Telling extends ListingKey {
  /** Ascending in time, decimal text. */
  readonly id: string;
  readonly quantity: number;
  readonly toldAt: Instant;
  readonly cause: string;
  readonly outcome: TellResult['outcome'];
  readonly reason: string | null;
  readonly submission: string | null;
  /** What the channel showed instead of what it was told before. */
  readonly overwrote: number | null;
}

/** The newest tellings of each listing, newest first; `perListing` at most. */
export async function readTellings(
  db: Db,
  listings: readonly ListingKey[],
  perListing: number,
): Promise<readonly Telling[]> {
  const { rows } = await db.query<Telling>({
    name: 'told-quantity.of-listings',
    text: `select t.id::text as id, t.channel, t.listing_sku as "listingSku", t.quantity, ${utc('t.told_at')} as "toldAt",
                  t.cause, t.outcome, t.reason, t.submission, t.overwrote
           from unnest($1::text[], $2::text[]) as k (channel, listing_sku)
             cross join lateral (
               select * from told_quantity t where t.channel = k.channel and t.listing_sku = k.listing_sku
               order by t.id desc limit $3
             ) t
           order by t.channel, t.listing_sku, t.id desc`,
    values: [listings.map((listing) => listing.channel), listings.map((listing) => listing.listingSku), perListing],
  });
  return rows;
}
