import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  SANDBOX_CREDENTIALS,
  SANDBOX_SELLER_ID,
  startAmazonSandbox,
  type AmazonSandbox,
} from '../../experience-apis/amazon/sandbox/amazon-sandbox.js';
import { startShopifySandbox, type ShopifySandbox } from '../../experience-apis/shopify/sandbox/shopify-sandbox.js';
import {
  startEasyPostSandbox,
  type EasyPostSandbox,
  type EasyPostSandboxOptions,
} from '../../system-apis/carrier/easypost/sandbox/easypost-sandbox.js';
import { startSapSandbox } from '../../system-apis/erp/sap-s4hana/sandbox/sap-sandbox.js';
import type { SapSandbox, SapSandboxOptions } from '../../system-apis/erp/sap-s4hana/sandbox/sap-sandbox.types.js';
import {
  startWmsSandbox,
  type WmsSandbox,
  type WmsSandboxOptions,
} from '../../system-apis/wms/rest/sandbox/wms-sandbox.js';
import type { ChannelAccount } from '../model/channel.js';
import { SecretSource } from '../platform/config/secret-source.js';
import { SystemSettings } from '../platform/config/system-settings.js';
import { JournalFile } from './journal-file.js';
import {
  accounts,
  AMAZON_ACCOUNT,
  ITEMS,
  NODES,
  SHOP_DOMAIN,
  SHOPIFY_ACCOUNT,
  SHOPIFY_LOCATION,
  UNMAPPED_LISTING,
} from './retail.js';
import { openingStock, receiveStock, SAP_PLACES, toSapStock, type StockAt } from './world-stock.js';

/** Amazon's published rates allow one poll in three minutes; a demo wants to see something. */
const AMAZON_RATE_FACTOR = 1_000;
/** Shopify spreads its retries over four hours; here they take a minute and a half. */
const WEBHOOK_TIME_SCALE = 0.006;
const SHOP_STOCK = 1_000_000;
/** EasyPost's names of the carriers that the warehouse calls otherwise. */
const CARRIERS = { DHL: 'DHLExpress' };

export interface WorldOptions {
  /** Where the sandboxes remember; in memory alone when absent. */
  readonly journalDir?: string;
  /** Units of each item at each of its places, in the warehouse and in the ERP's books. Absent: nothing is there. */
  readonly openingUnits?: number;
  readonly wms?: Pick<WmsSandboxOptions, 'pickMs' | 'packMs' | 'shipMs' | 'variation'>;
  readonly sap?: Pick<SapSandboxOptions, 'decisionDelayMs' | 'billingDelayMs' | 'decide'>;
  /** Absent: nobody watches parcels. */
  readonly carrier?: Pick<EasyPostSandboxOptions, 'stepMs' | 'journeys'>;
  /** Where alerts are told; absent: to nobody outside. */
  readonly alertsTo?: string;
}

/** Everything outside the hub, as servers on loopback that speak the vendors' own wire formats. */
export interface World {
  readonly amazon: AmazonSandbox;
  readonly shopify: ShopifySandbox;
  readonly sap: SapSandbox;
  readonly wms: WmsSandbox;
  /** Absent: nobody watches parcels. */
  readonly carrier?: EasyPostSandbox;
  /** How the hub reaches them. */
  readonly systems: SystemSettings;
  readonly secrets: SecretSource;
  readonly secretValues: Readonly<Record<string, string>>;
  readonly systemSections: Readonly<Record<string, unknown>>;
  readonly accounts: readonly ChannelAccount[];
  /** Tells the outside where the hub listens, and gives Amazon's notifications a token to come in with. */
  connect(hubUrl: string, notificationToken: string): void;
  /** Goods come in: the warehouse tells the hub, and the ERP has them in its books. */
  receiveStock(stock: StockAt): void;
  close(): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const secretValues = newSecrets();
  const journals: JournalFile[] = [];
  const journal = (name: string): { journal?: JournalFile } => {
    if (options.journalDir === undefined) return {};
    const file = new JournalFile(join(options.journalDir, `${name}.jsonl`));
    journals.push(file);
    return { journal: file };
  };
  const [amazon, shopify, sap, wms, carrier] = await Promise.all([
    startAmazonSandbox({ ...journal('amazon'), rateFactor: AMAZON_RATE_FACTOR }),
    startShopifySandbox({
      ...journal('shopify'),
      shopDomain: SHOP_DOMAIN,
      accessToken: secretOf(secretValues, 'SHOPIFY_ACCESS_TOKEN'),
      webhookSecret: secretOf(secretValues, 'SHOPIFY_WEBHOOK_SECRET'),
      webhookTimeScale: WEBHOOK_TIME_SCALE,
      items: shopItems(),
    }),
    startSapSandbox({
      ...journal('sap'),
      user: 'ENTREPOT',
      password: secretOf(secretValues, 'SAP_PASSWORD'),
      materials: ITEMS.map((item) => item.sku),
      openingStock: openingStock(options.openingUnits).map(toSapStock),
      ...options.sap,
    }),
    startWmsSandbox({
      ...journal('wms'),
      token: secretOf(secretValues, 'WMS_TOKEN'),
      webhookSecret: secretOf(secretValues, 'WMS_WEBHOOK_SECRET'),
      nodes: NODES.map((node) => node.id),
      openingStock: openingStock(options.openingUnits),
      serialSkus: ITEMS.filter((item) => item.serialised).map((item) => item.sku),
      ...options.wms,
    }),
    options.carrier && startCarrier(secretValues, { ...journal('easypost'), ...options.carrier }),
  ]);
  const systemSections = {
    ...sections(sap, wms),
    ...(carrier && carrierSection(carrier)),
    ...(options.alertsTo === undefined ? {} : alertingSection(options.alertsTo)),
  };
  return {
    amazon,
    shopify,
    sap,
    wms,
    ...(carrier && { carrier }),
    secretValues,
    systemSections,
    systems: new SystemSettings(systemSections, 'the demo'),
    secrets: new GivenSecrets(secretValues),
    accounts: accounts(
      { amazon: amazon.url, amazonToken: amazon.lwaUrl, shopify: shopify.url, rateFactor: AMAZON_RATE_FACTOR },
      SANDBOX_SELLER_ID,
    ),
    connect: (hubUrl, token) => {
      shopify.setHub(`${hubUrl}/channels/shopify/${SHOPIFY_ACCOUNT}/webhooks`);
      wms.setHub(hubUrl);
      carrier?.setHub(hubUrl);
      amazon.onOrderChange((notification) => void notify(hubUrl, token, notification));
    },
    receiveStock: (stock) => receiveStock(wms, sap, stock),
    close: async () => {
      await Promise.all([amazon.close(), shopify.close(), sap.close(), wms.close(), carrier?.close()]);
      for (const file of journals) file.close();
    },
  };
}

function startCarrier(
  secretValues: Readonly<Record<string, string>>,
  options: Omit<EasyPostSandboxOptions, 'apiKey' | 'webhookSecret'>,
): Promise<EasyPostSandbox> {
  return startEasyPostSandbox({
    apiKey: secretOf(secretValues, 'EASYPOST_API_KEY'),
    webhookSecret: secretOf(secretValues, 'EASYPOST_WEBHOOK_SECRET'),
    ...options,
  });
}

class GivenSecrets extends SecretSource {
  constructor(private readonly values: Readonly<Record<string, string>>) {
    super();
  }

  override get(name: string): string {
    return secretOf(this.values, name);
  }

  override find(name: string): string | undefined {
    return this.values[name];
  }
}

function secretOf(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`the demo has no secret ${name}`);
  return value;
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

/** As standardwebhooks.com has it. */
function webhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

function newSecrets(): Readonly<Record<string, string>> {
  return {
    AMAZON_CLIENT_ID: SANDBOX_CREDENTIALS.clientId,
    AMAZON_CLIENT_SECRET: SANDBOX_CREDENTIALS.clientSecret,
    AMAZON_REFRESH_TOKEN: SANDBOX_CREDENTIALS.refreshToken,
    SHOPIFY_ACCESS_TOKEN: secret(),
    SHOPIFY_WEBHOOK_SECRET: secret(),
    SAP_PASSWORD: secret(),
    EASYPOST_API_KEY: secret(),
    EASYPOST_WEBHOOK_SECRET: secret(),
    WMS_TOKEN: secret(),
    WMS_WEBHOOK_SECRET: webhookSecret(),
    ALERT_WEBHOOK_SECRET: webhookSecret(),
  };
}

function shopItems(): readonly { sku: string; inventoryItemId: number; locationId: number; available: number }[] {
  const listed = ITEMS.map(({ sku, inventoryItemId }) => ({ sku, inventoryItemId }));
  return [...listed, { sku: UNMAPPED_LISTING, inventoryItemId: 42_000_009_999 }].map((item) => ({
    ...item,
    locationId: SHOPIFY_LOCATION,
    available: SHOP_STOCK,
  }));
}

function sections(sap: SapSandbox, wms: WmsSandbox): Readonly<Record<string, unknown>> {
  return {
    erp: {
      kind: 'sap-s4hana',
      settings: {
        url: sap.url,
        user: sap.user,
        passwordSecret: 'SAP_PASSWORD',
        salesOrderType: 'OR',
        salesOrganization: '1010',
        distributionChannel: '10',
        division: '00',
        soldToParty: { default: '10100001', byChannel: { [AMAZON_ACCOUNT]: '10100002' } },
        nodes: SAP_PLACES,
        priceConditionType: 'PMP0',
        cancellationReason: '61',
        rejectionReasonTexts: { '62': 'Credit limit exceeded' },
        timeoutMs: 10_000,
      },
    },
    wms: {
      kind: 'rest',
      settings: { url: wms.url, tokenSecret: 'WMS_TOKEN', webhookSecrets: ['WMS_WEBHOOK_SECRET'], timeoutMs: 10_000 },
    },
  };
}

function alertingSection(url: string): Readonly<Record<string, unknown>> {
  return { alerting: { kind: 'cloudevents', settings: { url, signingSecret: 'ALERT_WEBHOOK_SECRET' } } };
}

function carrierSection({ url }: EasyPostSandbox): Readonly<Record<string, unknown>> {
  return {
    carrier: {
      kind: 'easypost',
      settings: {
        url,
        apiKeySecret: 'EASYPOST_API_KEY',
        webhookSecrets: ['EASYPOST_WEBHOOK_SECRET'],
        carriers: CARRIERS,
        timeoutMs: 10_000,
      },
    },
  };
}

/** A lost hint costs nothing: the poll finds the order all the same. */
async function notify(hubUrl: string, token: string, notification: unknown): Promise<void> {
  await fetch(`${hubUrl}/channels/amazon/${AMAZON_ACCOUNT}/notifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(notification),
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
}
