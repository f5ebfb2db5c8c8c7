import type { ClientBase } from 'pg';
import type { Instant } from '../../src/model/time.js';
import { utc } from '../../src/platform/db/utc.js';
import type { ListingKey } from './publishing.types.js';

/** What a channel had accepted of a listing. Listing units. */
export interface ToldAsOf {
  readonly quantity: number;
  readonly toldAt: Instant;
}

/** The last quantity that each channel had accepted until the instant, in the order asked; tellings are kept TOLD_KEPT_DAYS. */
export async function readToldAsOf(
  db: Pick<ClientBase, 'query'>,
  asked: readonly (ListingKey & { readonly asOf: Instant })[],
): Promise<readonly (ToldAsOf | undefined)[]> {
  if (asked.length === 0) return [];
  const { rows } = await db.query<ToldAsOf & { readonly place: number }>({
    name: 'told-quantity.as-of',
    text: `select w.place::int as place, t.quantity, ${utc('t.told_at')} as "toldAt"
           from unnest($1::text[], $2::text[], $3::timestamptz[]) with ordinality as w (channel, listing_sku, as_of, place)
             cross join lateral (
               select quantity, told_at from told_quantity t
               where t.channel = w.channel and t.listing_sku = w.listing_sku and t.outcome = 'ACCEPTED'
                 and t.told_at < w.as_of + interval '1 millisecond'
               order by t.id desc limit 1) t`,
    values: [
      asked.map(({ channel }) => channel),
      asked.map(({ listingSku }) => listingSku),
      asked.map(({ asOf }) => asOf),
    ],
  });
  const found = new Map(rows.map(({ place, ...told }) => [place, told]));
  return asked.map((_, index) => found.get(index + 1));
}
