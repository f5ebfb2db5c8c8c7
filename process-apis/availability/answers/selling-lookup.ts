import type { ClientBase } from 'pg';
import type { ChannelPolicy } from '../../../src/model/channel.js';
import type { Component } from '../../../src/model/order.js';
import type { StockNode } from '../../../src/model/stock.js';
import type { CatalogReader, ItemFacts, ListedItem, SqlCatalog } from '../../catalog/index.js';
import type { SourcingPolicies, SourcingPolicy } from '../../sourcing/index.js';

/** What answers need of the catalog. */
export type SellingCatalog = Pick<CatalogReader, 'nodes' | 'listingsFor' | 'policies' | 'itemsFor'> &
  Pick<SqlCatalog, 'account' | 'kitsFor'>;

export type SellingPolicies = Pick<SourcingPolicies, 'forDecision'>;

export interface ListingKey {
  readonly channel: string;
  readonly listingSku: string;
}

/** What is asked for: an item, or a channel's listing. */
export type Wanted = { readonly sku: string } | ListingKey;

/** An item or listing, in what one unit of it takes from stock. */
export interface Selling {
  readonly sku: string;
  readonly components: readonly Component[];
}

/** What the catalog and the policies say of what was asked for. */
export interface SellingTerms {
  readonly nodes: readonly StockNode[];
  readonly items: ReadonlyMap<string, ItemFacts>;
  readonly policyOf: (channel: string) => ChannelPolicy;
  readonly sourcingOf: (channel: string) => SourcingPolicy;
  /** Undefined for an item or listing that there is not. */
  readonly find: (wanted: Wanted) => Selling | undefined;
}

/** Looks up what was asked for, for many questions at once; mostly from memory. */
export async function lookUp(
  db: Pick<ClientBase, 'query'>,
  catalog: SellingCatalog,
  policies: SellingPolicies,
  wanted: readonly Wanted[],
): Promise<SellingTerms> {
  const keys = wanted.flatMap((each) => ('sku' in each ? [] : listingKey(each)));
  const byItem = wanted.flatMap((each) => ('sku' in each ? each.sku : []));
  const [nodes, policyOf, sourcingOf, kits, listed] = await Promise.all([
    catalog.nodes(),
    catalog.policies(),
    policies.forDecision(),
    byItem.length === 0 ? new Map<string, readonly Component[]>() : catalog.kitsFor(db, [...new Set(byItem)]),
    keys.length === 0 ? new Map<string, ListedItem>() : catalog.listingsFor(db, [...new Set(keys)]),
  ]);
  const bySku = new Map<string, Selling>();
  for (const sku of byItem) if (!bySku.has(sku)) bySku.set(sku, toSelling(sku, kits.get(sku)));
  const byListing = new Map<string, Selling>();
  for (const [key, { sku, components }] of listed) byListing.set(key, toSelling(sku, components));
  const skus = new Set<string>();
  for (const selling of [...bySku.values(), ...byListing.values()]) addSkus(skus, selling);
  const items = await catalog.itemsFor(db, [...skus]);
  const find = (each: Wanted): Selling | undefined => {
    const selling = 'sku' in each ? bySku.get(each.sku) : byListing.get(listingKey(each));
    return selling !== undefined && items.has(selling.sku) ? selling : undefined;
  };
  return { nodes, items, policyOf, sourcingOf, find };
}

/** The item itself and what one unit of it takes from stock. */
export function skusOf(selling: Selling | undefined): readonly string[] {
  return selling === undefined ? [] : [selling.sku, ...selling.components.map(({ sku }) => sku)];
}

function toSelling(sku: string, components: readonly Component[] | undefined): Selling {
  return { sku, components: components ?? [{ sku, quantity: 1 }] };
}

function addSkus(skus: Set<string>, { sku, components }: Selling): void {
  skus.add(sku);
  for (const component of components) skus.add(component.sku);
}

function listingKey({ channel, listingSku }: ListingKey): string {
  return `${channel}/${listingSku}`;
}
