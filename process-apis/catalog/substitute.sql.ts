import type { Db } from './catalog.sql.js';
import type { Substitutes } from './catalog.types.js';

/** Replaces what was stored for each item and channel. */
export async function replaceSubstitutes(db: Db, entries: readonly Substitutes[]): Promise<void> {
  await db.query(
    `delete from item_substitute s using unnest($1::text[], $2::text[]) as n (sku, channel)
     where s.sku = n.sku and s.channel = n.channel`,
    [entries.map(({ sku }) => sku), entries.map(({ channel }) => channel)],
  );
  const rows = entries.flatMap(({ sku, channel, substitutes }) =>
    substitutes.map((substitute, index) => ({ sku, channel, substitute, rank: index + 1 })),
  );
  await db.query(
    `insert into item_substitute (sku, channel, substitute, rank)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::int[])`,
    [
      rows.map(({ sku }) => sku),
      rows.map(({ channel }) => channel),
      rows.map(({ substitute }) => substitute),
      rows.map(({ rank }) => rank),
    ],
  );
}
