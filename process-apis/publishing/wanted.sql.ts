import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import type { ListingKey } from './publishing.types.js';

type Db = Pick<ClientBase, 'query'>;

export type AffectedListing = ListingKey & {
  /** As it was given with the item. */
  readonly cause: number;
};

/** The listings that sell one of these items, alone, in packs or in kits, however deep. At most `limit`. */
export async function findListingsOfItems(
  db: Db,
  items: ReadonlyMap<string, number>,
  limit: number,
): Promise<readonly AffectedListing[]> {
  const { rows } = await db.query<AffectedListing>({
    name: 'publication.listings-of-items',
    text: `with recursive sold (sku, cause) as (
             select * from unnest($1::text[], $2::int[])
             union
             select k.kit, s.cause from sold s join kit_component k on k.component = s.sku
           )
           select l.channel, l.listing_sku as "listingSku", max(s.cause) as cause
           from sold s join listing l using (sku)
           group by l.channel, l.listing_sku order by l.channel, l.listing_sku limit $3`,
    values: [[...items.keys()], [...items.values()], limit],
  });
  return rows;
}

/** Listings in the order of their keys, of one channel or of all. */
export async function readListingKeys(
  db: Db,
  channel: string | undefined,
  after: ListingKey | undefined,
  limit: number,
): Promise<readonly ListingKey[]> {
  const { rows } = await db.query<ListingKey>({
    name: 'publication.walk',
    text: `select channel, listing_sku as "listingSku" from listing
           where ($1::text is null or channel = $1) and (channel, listing_sku) > ($2, $3)
           order by channel, listing_sku limit $4`,
    values: [channel ?? null, after?.channel ?? '', after?.listingSku ?? '', limit],
  });
  return rows;
}

/** Listings whose quantity may have changed by time alone. */
export async function readReviewDue(db: Db, now: Instant, limit: number): Promise<readonly ListingKey[]> {
  const { rows } = await db.query<ListingKey>({
    name: 'publication.review-due',
    text: `select channel, listing_sku as "listingSku" from publication
           where review_at <= $1::timestamptz order by review_at limit $2`,
    values: [now, limit],
  });
  return rows;
}

export interface WantedQuantity extends ListingKey {
  readonly quantity: number;
  readonly cause: string;
  readonly reviewAt?: Instant;
}

export interface WantedChange extends ListingKey {
  readonly quantity: number;
  /** Null when it was never computed. */
  readonly before: number | null;
  readonly cause: string;
}

/**
 * Sets what listings should show, and gives those that changed. Latest wins. What a channel waits to be told keeps its
 * place in the queue. One caller at a time (the consumer of the log).
 */
export async function writeWanted(db: Db, wanted: readonly WantedQuantity[]): Promise<readonly WantedChange[]> {
  if (wanted.length === 0) return [];
  const { rows } = await db.query<WantedChange>({
    name: 'publication.want',
    text: `with computed as (
             select c.*, p.wanted as before
             from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::timestamptz[])
                    as c (channel, listing_sku, quantity, cause, review_at)
               join listing l using (channel, listing_sku)
               left join publication p using (channel, listing_sku)
           ), written as (
             insert into publication as p (channel, listing_sku, wanted, cause, review_at)
             select channel, listing_sku, quantity, cause, review_at from computed order by channel, listing_sku
             on conflict (channel, listing_sku) do update set
               wanted = excluded.wanted,
               review_at = excluded.review_at,
               cause = case when p.wanted = excluded.wanted then p.cause else excluded.cause end,
               refused_reason = case when p.wanted = excluded.wanted then p.refused_reason end,
               wanted_since = case when p.wanted = excluded.wanted or p.told is distinct from p.wanted
                                   then p.wanted_since else now() end
             where p.wanted <> excluded.wanted or p.review_at is distinct from excluded.review_at
           )
           select channel, listing_sku as "listingSku", quantity, before, cause from computed
           where quantity is distinct from before order by channel, listing_sku`,
    values: [
      wanted.map((row) => row.channel),
      wanted.map((row) => row.listingSku),
      wanted.map((row) => row.quantity),
      wanted.map((row) => row.cause),
      wanted.map((row) => row.reviewAt ?? null),
    ],
  });
  return rows;
}

/** Says when these listings are looked at again; undefined is when something happens. */
export async function setReview(db: Db, keys: readonly ListingKey[], reviewAt: Instant | undefined): Promise<void> {
  if (keys.length === 0) return;
  await db.query({
    name: 'publication.set-review',
    text: `with locked as materialized (
             select p.channel, p.listing_sku from publication p
               join unnest($1::text[], $2::text[]) as k (channel, listing_sku) using (channel, listing_sku)
             order by p.channel, p.listing_sku for update of p
           )
           update publication p set review_at = $3::timestamptz from locked
           where p.channel = locked.channel and p.listing_sku = locked.listing_sku`,
    values: [keys.map((key) => key.channel), keys.map((key) => key.listingSku), reviewAt ?? null],
  });
}
