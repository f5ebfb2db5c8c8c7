import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';

type Db = Pick<ClientBase, 'query'>;

/** What a channel was told of a listing. Listing units. */
export interface ToldQuantity {
  readonly listingSku: string;
  readonly listingKeys: Readonly<Record<string, string>>;
  readonly wanted: number;
  /** What the channel last accepted; null when that is not known for sure. */
  readonly told: number | null;
  /** The channel is being told something else. */
  readonly underWay: boolean;
}

const FIELDS = `p.listing_sku as "listingSku", l.listing_keys as "listingKeys", p.wanted, p.told,
  p.told is null or p.submission is not null or (p.told <> p.wanted and p.refused_reason is null) as "underWay"`;

/** By listing SKU, behind `after`. */
export async function readToldPage(
  db: Db,
  channel: string,
  after: string,
  limit: number,
): Promise<readonly ToldQuantity[]> {
  const { rows } = await db.query<ToldQuantity>({
    name: 'publication.told-page',
    text: `select ${FIELDS} from publication p join listing l using (channel, listing_sku)
           where p.channel = $1 and p.listing_sku > $2 order by p.listing_sku limit $3`,
    values: [channel, after, limit],
  });
  return rows;
}

export async function readTold(
  db: Db,
  channel: string,
  listingSkus: readonly string[],
): Promise<readonly ToldQuantity[]> {
  const { rows } = await db.query<ToldQuantity>({
    name: 'publication.told-of',
    text: `select ${FIELDS} from publication p join listing l using (channel, listing_sku)
           where p.channel = $1 and p.listing_sku = any($2::text[])`,
    values: [channel, listingSkus],
  });
  return rows;
}

/** A telling that found more than was told before it. What a channel sold meanwhile only makes it less. */
export interface OverwrittenQuantity {
  readonly listingSku: string;
  /** What the channel had accepted before. */
  readonly told: number;
  /** What it showed instead. */
  readonly overwrote: number;
}

/** Of all tellings, so many are looked at: the newest. */
const TELLINGS_LOOKED_AT = 50_000;

/** The last one of each listing since an instant, at most `limit`. */
export async function readOverwritten(
  db: Db,
  channel: string,
  since: Instant,
  limit: number,
): Promise<readonly OverwrittenQuantity[]> {
  const { rows } = await db.query<OverwrittenQuantity>({
    name: 'told-quantity.overwrote',
    text: `select distinct on (t.listing_sku) t.listing_sku as "listingSku", before.quantity as told, t.overwrote
           from (select * from told_quantity order by id desc limit ${TELLINGS_LOOKED_AT}) t cross join lateral (
             select quantity from told_quantity b
             where b.channel = t.channel and b.listing_sku = t.listing_sku and b.id < t.id and b.outcome = 'ACCEPTED'
             order by b.id desc limit 1
           ) before
           where t.channel = $1 and t.told_at >= $2 and t.overwrote > before.quantity
           order by t.listing_sku, t.id desc limit $3`,
    values: [channel, since, limit],
  });
  return rows;
}
