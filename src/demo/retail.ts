import type { ChannelAccount } from '../model/channel.js';
import { stockNode, type StockNode } from '../model/stock.js';

export interface DemoItem {
  readonly sku: string;
  readonly title: string;
  /** In cents, the same number in each currency. */
  readonly price: number;
  readonly serialised: boolean;
  /** The shop's own ids of the listing. */
  readonly inventoryItemId: number;
}

const TITLES = [
  'Enamel mug',
  'Linen apron',
  'Oak cutting board',
  'Cast iron pan',
  'Pour-over kettle',
  'Burr coffee grinder',
  'Tea towel, set of 3',
  'Salt cellar',
  'Bread knife',
  'Proofing basket',
  'Stoneware bowl',
  'Olive wood spoon',
  'Carafe',
  'Espresso cups, pair',
  'Spice rack',
  'Kitchen scale',
  'Pepper mill',
  'Lunch box',
  'Thermos 1 l',
  'Butter dish',
];
const SERIALISED = new Set(['Burr coffee grinder', 'Kitchen scale']);

/** What the demo's retailer sells. */
export const ITEMS: readonly DemoItem[] = TITLES.map((title, index) => ({
  sku: `HOME-${String(index + 1).padStart(3, '0')}`,
  title,
  price: 690 + ((index * 431) % 9000),
  serialised: SERIALISED.has(title),
  inventoryItemId: 42_000_000_001 + index,
}));

export const NODES: readonly StockNode[] = [
  { id: 'dc-north', name: 'Distribution centre North', priority: 10 },
  { id: 'dc-south', name: 'Distribution centre South', priority: 20 },
].map(stockNode);

/** Where stock is kept at the beginning: a third of the items in both centres, a third in each alone. Orders that mix them ship from two nodes. */
export const OPENING_PLACES: readonly { readonly sku: string; readonly node: string }[] = ITEMS.flatMap(
  ({ sku }, item) =>
    NODES.filter((_, node) => item % 3 === 2 || item % 3 === node).map(({ id }) => ({ sku, node: id })),
);

export const AMAZON_ACCOUNT = 'amazon-us';
export const SHOPIFY_ACCOUNT = 'shop-eu';
export const PARTNER_ACCOUNT = 'b2b-acme';
export const SHOPIFY_LOCATION = 65_432_101;
export const SHOP_DOMAIN = 'entrepot-demo.myshopify.com';

/** Sold by the shop before anyone mapped it: its orders wait until the listing is saved. */
export const UNMAPPED_LISTING = 'SHOP-NEW-001';

export interface ChannelUrls {
  readonly amazon: string;
  readonly amazonToken: string;
  readonly shopify: string;
  readonly rateFactor: number;
}

export function accounts(urls: ChannelUrls, sellerId: string): readonly ChannelAccount[] {
  return [
    {
      id: AMAZON_ACCOUNT,
      kind: 'amazon',
      name: 'Amazon.com',
      active: true,
      settings: {
        endpoint: urls.amazon,
        lwaUrl: urls.amazonToken,
        sellerId,
        marketplaceIds: ['ATVPDKIKX0DER'],
        clientIdSecret: 'AMAZON_CLIENT_ID',
        clientSecretSecret: 'AMAZON_CLIENT_SECRET',
        refreshTokenSecret: 'AMAZON_REFRESH_TOKEN',
        pollIntervalMs: 1_000,
        overlapMs: 2_000,
        rateFactor: urls.rateFactor,
      },
    },
    {
      id: SHOPIFY_ACCOUNT,
      kind: 'shopify',
      name: 'Web shop Europe',
      active: true,
      settings: {
        shopDomain: SHOP_DOMAIN,
        apiUrl: urls.shopify,
        accessTokenSecret: 'SHOPIFY_ACCESS_TOKEN',
        webhookSecrets: ['SHOPIFY_WEBHOOK_SECRET'],
      },
    },
    { id: PARTNER_ACCOUNT, kind: 'partner', name: 'Acme B2B portal', active: true, settings: {} },
  ];
}
