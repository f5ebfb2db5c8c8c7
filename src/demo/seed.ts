import type { Pool } from 'pg';
import { StockIntake } from '../../process-apis/availability/index.js';
import { SqlCatalog, type Listing } from '../../process-apis/catalog/index.js';
import type { ChannelAccount } from '../model/channel.js';
import {
  AMAZON_ACCOUNT,
  ITEMS,
  NODES,
  OPENING_PLACES,
  PARTNER_ACCOUNT,
  SHOPIFY_ACCOUNT,
  SHOPIFY_LOCATION,
} from './retail.js';

/** Master data and opening stock of the demo's retailer. May run at each start: the same receipt counts once. */
export async function seed(pool: Pool, accounts: readonly ChannelAccount[], openingUnits: number): Promise<void> {
  const catalog = new SqlCatalog(pool, () => undefined);
  const stock = new StockIntake(pool, () => undefined);
  await catalog.saveItems(ITEMS);
  await catalog.saveNodes(NODES);
  await catalog.saveAccounts(accounts);
  await catalog.saveListings(listings());
  const occurredAt = new Date().toISOString();
  await stock.receive(
    OPENING_PLACES.map(({ sku, node }) => ({
      id: `demo/opening-stock/${node}/${sku}`,
      source: 'demo',
      kind: 'RECEIVED' as const,
      sku,
      node,
      quantity: openingUnits,
      occurredAt,
    })),
  );
}

function listings(): readonly Listing[] {
  return ITEMS.flatMap(({ sku, inventoryItemId }) => [
    { channel: AMAZON_ACCOUNT, listingSku: sku, sku, listingKeys: {} },
    {
      channel: SHOPIFY_ACCOUNT,
      listingSku: sku,
      sku,
      listingKeys: { inventoryItemId: String(inventoryItemId), locationId: String(SHOPIFY_LOCATION) },
    },
    { channel: PARTNER_ACCOUNT, listingSku: sku, sku, listingKeys: {} },
  ]);
}
