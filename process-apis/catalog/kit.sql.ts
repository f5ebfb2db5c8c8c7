import type { Component } from '../../src/model/order.js';
import type { Db } from './catalog.sql.js';
import type { Kit } from './catalog.types.js';

/** Components of kits that are looked at together when kits are saved. */
const KIT_EDGES_MAX = 200_000;

export class KitsTooManyError extends Error {
  readonly code = 'KITS_TOO_MANY';
}

/**
 * What is stored around these items: the kits that contain them, at whatever depth, and all that is in those and in the items.
 * @throws KitsTooManyError when it is more than can be checked in one go.
 */
export async function readKitsAround(
  db: Db,
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly Component[]>> {
  const { rows } = await db.query<{ kit: string; sku: string; quantity: number }>({
    name: 'kit.around',
    text: `with recursive up (sku) as (
             select unnest($1::text[])
             union
             select k.kit from up join kit_component k on k.component = up.sku
           ), around (sku) as (
             select sku from up
             union
             select k.component from around a join kit_component k on k.kit = a.sku
           )
           select k.kit, k.component as sku, k.quantity from around a join kit_component k on k.kit = a.sku limit $2`,
    values: [skus, KIT_EDGES_MAX + 1],
  });
  if (rows.length > KIT_EDGES_MAX)
    throw new KitsTooManyError(
      `more than ${KIT_EDGES_MAX} components are connected with these kits: save fewer at once`,
    );
  const kits = new Map<string, Component[]>();
  for (const { kit, ...component } of rows) {
    const components = kits.get(kit) ?? [];
    components.push(component);
    kits.set(kit, components);
  }
  return kits;
}

/** Nodes at which these items have a position, by item. Locks the items, so that none gets its first position meanwhile. */
export async function readNodesWithStock(
  db: Db,
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  await db.query('select 1 from item where sku = any($1::text[]) order by sku for update', [skus]);
  const { rows } = await db.query<{ sku: string; nodes: string[] }>(
    'select sku, array_agg(node order by node) as nodes from position where sku = any($1::text[]) group by sku',
    [skus],
  );
  return new Map(rows.map(({ sku, nodes }) => [sku, nodes]));
}

/** Gives the kits that are not as they were. */
export async function replaceKits(db: Db, kits: readonly Kit[]): Promise<readonly string[]> {
  const parts = kits.flatMap(({ kit, components }) => components.map((component) => ({ kit, ...component })));
  const values = [parts.map(({ kit }) => kit), parts.map(({ sku }) => sku), parts.map(({ quantity }) => quantity)];
  const removed = await db.query<{ kit: string }>(
    `delete from kit_component k where k.kit = any($1::text[]) and not exists (
       select 1 from unnest($2::text[], $3::text[]) as n (kit, component)
       where n.kit = k.kit and n.component = k.component)
     returning kit`,
    [kits.map(({ kit }) => kit), ...values.slice(0, 2)],
  );
  const written = await db.query<{ kit: string }>(
    `insert into kit_component as k (kit, component, quantity)
     select * from unnest($1::text[], $2::text[], $3::int[]) as n (kit, component, quantity) order by 1, 2
     on conflict (kit, component) do update set quantity = excluded.quantity where k.quantity <> excluded.quantity
     returning kit`,
    values,
  );
  return [...new Set([...removed.rows, ...written.rows].map(({ kit }) => kit))].toSorted();
}

export interface SubstitutePair {
  readonly sku: string;
  readonly substitute: string;
}

/** Which of these items replace which, or are replaced by which, on any channel. */
export async function readSubstitutePairs(db: Db, skus: readonly string[]): Promise<readonly SubstitutePair[]> {
  const { rows } = await db.query<SubstitutePair>(
    `select distinct sku, substitute from item_substitute
     where sku = any($1::text[]) or substitute = any($1::text[]) order by sku, substitute`,
    [skus],
  );
  return rows;
}
