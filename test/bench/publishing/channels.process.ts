import {
  SANDBOX_CREDENTIALS,
  SANDBOX_SELLER_ID,
  startAmazonSandbox,
  type AmazonSandbox,
} from '../../../experience-apis/amazon/sandbox/amazon-sandbox.js';
import { startShopifySandbox, type ShopifySandbox } from '../../../experience-apis/shopify/sandbox/shopify-sandbox.js';
import type { ChannelAccount } from '../../../src/model/channel.js';
import { serveParent } from '../harness/helper-process.js';
import { CountingProxy, type WireCounts } from './counting-proxy.js';

/** The item and place of a listing in the shop. */
export interface ShopListing {
  readonly sku: string;
  readonly inventoryItemId: number;
  readonly locationId: number;
}

export interface ChannelsRequest {
  readonly listings: readonly ShopListing[];
  /** Of the processing of a feed at Amazon. */
  readonly feedMs: number;
}

export interface ChannelsAddress {
  readonly amazon: ChannelAccount;
  readonly shopify: ChannelAccount;
  readonly secretValues: Readonly<Record<string, string>>;
}

export interface ChannelReading {
  readonly counts: WireCounts;
  /** What the channel shows, by SKU. */
  readonly quantities: Readonly<Record<string, number>>;
}

const SHOP_DOMAIN = 'entrepot-bench.myshopify.com';

let amazon: AmazonSandbox | undefined;
let shopify: ShopifySandbox | undefined;
let proxies: readonly CountingProxy[] = [];

/** Both channels at their published rates. */
async function start({ listings, feedMs }: ChannelsRequest): Promise<ChannelsAddress> {
  amazon = await startAmazonSandbox({ feedMs });
  shopify = await startShopifySandbox({
    shopDomain: SHOP_DOMAIN,
    accessToken: 'token',
    webhookSecret: 'secret',
    items: listings.map((listing) => ({ ...listing, available: 0 })),
  });
  const [toAmazon, toShopify] = await Promise.all([CountingProxy.start(amazon.url), CountingProxy.start(shopify.url)]);
  proxies = [toAmazon, toShopify];
  return {
    amazon: {
      id: 'amazon-us',
      kind: 'amazon',
      name: 'Amazon',
      active: true,
      settings: {
        endpoint: toAmazon.url,
        lwaUrl: amazon.lwaUrl,
        sellerId: SANDBOX_SELLER_ID,
        marketplaceIds: ['ATVPDKIKX0DER'],
        clientIdSecret: 'AMAZON_CLIENT_ID',
        clientSecretSecret: 'AMAZON_CLIENT_SECRET',
        refreshTokenSecret: 'AMAZON_REFRESH_TOKEN',
      },
    },
    shopify: {
      id: 'shop-eu',
      kind: 'shopify',
      name: 'Shop',
      active: true,
      settings: {
        shopDomain: SHOP_DOMAIN,
        apiUrl: toShopify.url,
        accessTokenSecret: 'SHOPIFY_ACCESS_TOKEN',
        webhookSecrets: ['SHOPIFY_WEBHOOK_SECRET'],
      },
    },
    secretValues: {
      AMAZON_CLIENT_ID: SANDBOX_CREDENTIALS.clientId,
      AMAZON_CLIENT_SECRET: SANDBOX_CREDENTIALS.clientSecret,
      AMAZON_REFRESH_TOKEN: SANDBOX_CREDENTIALS.refreshToken,
      SHOPIFY_ACCESS_TOKEN: 'token',
      SHOPIFY_WEBHOOK_SECRET: 'secret',
    },
  };
}

function read(): { readonly amazon: ChannelReading; readonly shopify: ChannelReading } {
  const [toAmazon, toShopify] = proxies;
  if (amazon === undefined || shopify === undefined || toAmazon === undefined || toShopify === undefined)
    throw new Error('the channels are not started');
  return {
    amazon: { counts: toAmazon.counts(), quantities: Object.fromEntries(amazon.quantities()) },
    shopify: {
      counts: toShopify.counts(),
      quantities: Object.fromEntries(shopify.quantities().map(({ sku, available }) => [sku, available])),
    },
  };
}

async function stop(): Promise<void> {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await Promise.all([amazon?.close(), shopify?.close()]);
}

serveParent({ start, read, stop });
