import type { ClientBase } from 'pg';
import { utc } from '../../../src/platform/db/utc.js';
import { expectedUnits, type Supply } from './supply.js';

/** Everything known of these documents and items. Under the locks of the items' positions when it is to be changed. */
export async function readSupplies(
  db: Pick<ClientBase, 'query'>,
  documents: readonly string[],
  skus: readonly string[],
): Promise<readonly Supply[]> {
  if (documents.length === 0) return [];
  const { rows } = await db.query<Supply>({
    name: 'expected-supply.of-documents',
    text: `select id, kind, source, document, sku, node, from_node as "fromNode", ${utc('expected_at')} as "expectedAt",
             announced, shipped, received,
             case when updated_at > '-infinity' then ${utc('updated_at')} end as "announcedAt"
           from expected_supply where document = any($1::text[]) and sku = any($2::text[]) order by id`,
    values: [[...new Set(documents)], [...new Set(skus)]],
  });
  return rows;
}

export async function writeSupplies(db: Pick<ClientBase, 'query'>, supplies: readonly Supply[]): Promise<void> {
  if (supplies.length === 0) return;
  await db.query({
    name: 'expected-supply.write',
    text: `insert into expected_supply (id, kind, source, document, sku, node, from_node, expected_at, announced, shipped,
             received, open, updated_at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::timestamptz[], $9::int[], $10::int[], $11::int[], $12::bool[], $13::timestamptz[])
           on conflict (id) do update set kind = excluded.kind, source = excluded.source, from_node = excluded.from_node,
             expected_at = excluded.expected_at, announced = excluded.announced, shipped = excluded.shipped,
             received = excluded.received, open = excluded.open, updated_at = excluded.updated_at`,
    values: [
      supplies.map(({ id }) => id),
      supplies.map(({ kind }) => kind),
      supplies.map(({ source }) => source),
      supplies.map(({ document }) => document),
      supplies.map(({ sku }) => sku),
      supplies.map(({ node }) => node),
      supplies.map(({ fromNode }) => fromNode),
      supplies.map(({ expectedAt }) => expectedAt),
      supplies.map(({ announced }) => announced),
      supplies.map(({ shipped }) => shipped),
      supplies.map(({ received }) => received),
      supplies.map((supply) => expectedUnits(supply).incoming + expectedUnits(supply).inTransit > 0),
      supplies.map(({ announcedAt }) => announcedAt ?? '-infinity'),
    ],
  });
}
