import type { ClientBase } from 'pg';

type Db = Pick<ClientBase, 'query'>;

/** Sets what the listings of these items should show, from their stock as it is now. Latest wins. */
export async function refreshWanted(db: Db, skus: readonly string[], cause: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ channel: string }>({
    name: 'publication.refresh',
    text: `with sellable as (
             select s.sku, coalesce(sum(greatest(0, p.on_hand - p.reserved - p.quality_hold - p.safety_stock))
                                      filter (where n.active), 0)::int as units
             from unnest($1::text[]) as s (sku)
               left join position p on p.sku = s.sku left join node n on n.id = p.node
             group by s.sku
           ), changed as (
             insert into publication (channel, listing_sku, wanted, cause)
             select l.channel, l.listing_sku, a.units, $2 from listing l join sellable a on a.sku = l.sku
             order by l.channel, l.listing_sku
             on conflict (channel, listing_sku) do update
               set wanted = excluded.wanted, cause = excluded.cause, wanted_since = now(), refused_reason = null
               where publication.wanted <> excluded.wanted
             returning channel
           )
           select distinct channel from changed`,
    values: [skus, cause],
  });
  return rows.map((row) => row.channel);
}

export interface DuePublication {
  readonly listingSku: string;
  readonly quantity: number;
  readonly listingKeys: Readonly<Record<string, string>>;
}

/** What the channel has yet to be told: going to zero first, then longest waiting. Refused ones wait for a new quantity. */
export async function readDue(db: Db, channel: string, limit: number): Promise<readonly DuePublication[]> {
  const { rows } = await db.query<DuePublication>({
    name: 'publication.due',
    text: `select p.listing_sku as "listingSku", p.wanted as quantity, l.listing_keys as "listingKeys"
           from publication p join listing l using (channel, listing_sku)
           where p.channel = $1 and p.told is distinct from p.wanted and p.refused_reason is null
           order by (p.wanted = 0) desc, p.wanted_since limit $2`,
    values: [channel, limit],
  });
  return rows;
}

export async function readDueChannels(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ channel: string }>(
    'select distinct channel from publication where told is distinct from wanted and refused_reason is null',
  );
  return rows.map((row) => row.channel);
}

export interface ToldQuantity {
  readonly listingSku: string;
  readonly quantity: number;
  readonly refusedReason?: string;
}

/** Records what the channel was told; a quantity that changed meanwhile stays due. */
export async function recordTold(db: Db, channel: string, told: readonly ToldQuantity[]): Promise<void> {
  await db.query({
    name: 'publication.told',
    text: `update publication p set
             told = case when t.refused is null then t.quantity else p.told end,
             told_at = case when t.refused is null then now() else p.told_at end,
             refused_reason = case when p.wanted = t.quantity then t.refused end
           from unnest($2::text[], $3::int[], $4::text[]) as t (listing_sku, quantity, refused)
           where p.channel = $1 and p.listing_sku = t.listing_sku`,
    values: [
      channel,
      told.map((row) => row.listingSku),
      told.map((row) => row.quantity),
      told.map((row) => row.refusedReason ?? null),
    ],
  });
}
