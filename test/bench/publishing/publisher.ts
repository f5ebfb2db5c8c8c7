import pg from 'pg';
import { AmazonClients } from '../../../experience-apis/amazon/amazon.clients.js';
import { AmazonConnector } from '../../../experience-apis/amazon/amazon.connector.js';
import { ChannelConnectors } from '../../../experience-apis/channel-kit/index.js';
import { ChannelQuantities } from '../../../experience-apis/channel-kit/channel-quantities.js';
import { ShopifyClient } from '../../../experience-apis/shopify/shopify.client.js';
import { ShopifyConnector } from '../../../experience-apis/shopify/shopify.connector.js';
import { ShopifyFulfillments } from '../../../experience-apis/shopify/shopify-fulfillments.js';
import { ShopifyInventory } from '../../../experience-apis/shopify/shopify-inventory.js';
import { Availability, StockIntake } from '../../../process-apis/availability/index.js';
import { SqlCatalog } from '../../../process-apis/catalog/index.js';
import { Publishing } from '../../../process-apis/publishing/index.js';
import { SourcingPolicies } from '../../../process-apis/sourcing/index.js';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { BackgroundLoop } from '../../../src/platform/jobs/index.js';
import { HelperProcess } from '../harness/helper-process.js';
import type { ChannelReading, ChannelsAddress, ChannelsRequest, ShopListing } from './channels.process.js';

export const NODE = 'dc-north';
const LOCATION = 65_432_101;
const FIRST_INVENTORY_ITEM = 42_000_000_001;
const CONNECTIONS_MAX = 10;
const SAVED_AT_ONCE = 500;
const SECOND = 1_000;

/** The publishing of a hub process, with real connectors to sandboxes in another process. */
export class Publisher {
  private loops: readonly BackgroundLoop[] = [];

  private constructor(
    readonly pool: pg.Pool,
    readonly stock: StockIntake,
    readonly publishing: Publishing,
    /** What could not be told at first. */
    readonly failures: readonly string[],
    private readonly channels: HelperProcess,
    private readonly endClients: () => Promise<void>,
  ) {}

  static async open(url: string, skus: readonly string[], feedMs: number): Promise<Publisher> {
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS_MAX, pipeline: true });
    const channels = HelperProcess.start(new URL('./channels.process.js', import.meta.url));
    const listings = skus.map((sku, n) => ({ sku, inventoryItemId: FIRST_INVENTORY_ITEM + n, locationId: LOCATION }));
    const request: ChannelsRequest = { listings, feedMs };
    const address = await channels.call<ChannelsAddress>('start', request);
    const catalog = new SqlCatalog(pool, () => undefined);
    await fill(catalog, listings, address);
    const secrets = new GivenSecrets(address.secretValues);
    const amazon = new AmazonClients(secrets);
    const shopify = new ShopifyClient(secrets);
    const connectors = new ChannelConnectors();
    connectors.register(new AmazonConnector(amazon));
    connectors.register(new ShopifyConnector(new ShopifyFulfillments(shopify), new ShopifyInventory(shopify)));
    const failures: string[] = [];
    const publishing = new Publishing({
      pool,
      quantities: new Availability(pool, catalog, new SourcingPolicies(pool)),
      committed: () => undefined,
      onFailure: (sentence) => failures.push(sentence),
    });
    publishing.register(new ChannelQuantities(connectors, catalog));
    const endClients = async (): Promise<void> => {
      await Promise.all([amazon.onApplicationShutdown(), shopify.onApplicationShutdown()]);
    };
    return new Publisher(pool, new StockIntake(pool, () => undefined), publishing, failures, channels, endClients);
  }

  /** Computes a page of what the listings should show. Gives true when there is more. */
  async compute(): Promise<boolean> {
    const changes = await this.publishing.sweepChanges();
    const reviews = await this.publishing.sweepReviews();
    return changes || reviews;
  }

  /** Publishes in the background, as a hub process does. */
  start(): void {
    const { publishing } = this;
    const telling = new BackgroundLoop('publishing quantities', SECOND, () => publishing.sweepDue());
    const wanted = new BackgroundLoop('quantities to publish', SECOND, async () => {
      const more = await this.compute();
      telling.wake();
      return more;
    });
    this.loops = [wanted, telling];
    for (const loop of this.loops) loop.start();
  }

  read(): Promise<{ readonly amazon: ChannelReading; readonly shopify: ChannelReading }> {
    return this.channels.call('read');
  }

  async close(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await this.publishing.stop();
    await this.endClients();
    await this.channels.call('stop');
    await this.channels.stop();
    await this.pool.end();
  }
}

class GivenSecrets extends SecretSource {
  constructor(private readonly values: Readonly<Record<string, string>>) {
    super();
  }

  override get(name: string): string {
    const value = this.values[name];
    if (value === undefined) throw new Error(`the benchmark has no secret ${name}`);
    return value;
  }

  override find(name: string): string | undefined {
    return this.values[name];
  }
}

async function fill(catalog: SqlCatalog, listings: readonly ShopListing[], address: ChannelsAddress): Promise<void> {
  await catalog.saveNodes([{ id: NODE, name: NODE }]);
  await catalog.saveAccounts([address.amazon, address.shopify]);
  for (let from = 0; from < listings.length; from += SAVED_AT_ONCE) {
    const page = listings.slice(from, from + SAVED_AT_ONCE);
    await catalog.saveItems(page.map(({ sku }) => ({ sku, title: sku })));
    await catalog.saveListings(
      page.flatMap(({ sku, inventoryItemId, locationId }) => [
        { channel: address.amazon.id, listingSku: sku, sku, listingKeys: {} },
        {
          channel: address.shopify.id,
          listingSku: sku,
          sku,
          listingKeys: { inventoryItemId: String(inventoryItemId), locationId: String(locationId) },
        },
      ]),
    );
  }
}
