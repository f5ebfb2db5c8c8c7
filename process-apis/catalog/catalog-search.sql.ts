import type { ClientBase } from 'pg';

/** Behind every text that begins like another. */
const LAST_CHARACTER = '\u{10FFFF}';

/** An item that was found by its own key, or by a channel's key of a listing of it. */
export interface FoundItem {
  readonly by: 'SKU' | 'LISTING';
  /** The key that fits, as it is written. */
  readonly key: string;
  readonly sku: string;
  /** The key is the text; false when it begins with it. */
  readonly exact: boolean;
}

/**
 * Items and listings whose key is the text or begins with it, whatever the case (`text` is lower case): first those that are
 * the text, `limit` of each at most. With a channel, its listings alone.
 */
export async function findItemsByKey(
  db: Pick<ClientBase, 'query'>,
  text: string,
  channel: string | undefined,
  limit: number,
): Promise<readonly FoundItem[]> {
  const { rows } = await db.query<FoundItem>({
    name: 'catalog.by-key',
    text: `(select 'SKU' as by, i.sku as key, i.sku, lower(i.sku) collate "C" = $1 as exact from item i
            where lower(i.sku) collate "C" >= $1 and lower(i.sku) collate "C" < $2 and $3::text is null
            order by lower(i.sku) collate "C" limit $4)
           union all
           (select 'LISTING', l.listing_sku, l.sku, lower(l.listing_sku) collate "C" = $1 from listing l
            where lower(l.listing_sku) collate "C" >= $1 and lower(l.listing_sku) collate "C" < $2
              and ($3::text is null or l.channel = $3)
            order by lower(l.listing_sku) collate "C" limit $4)`,
    values: [text, `${text}${LAST_CHARACTER}`, channel ?? null, limit],
  });
  return rows;
}
