import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { z } from 'zod';
import { AdminApi } from './admin-api.js';
import { Faults, type Fault } from './faults.js';
import type { Throttle } from './query-cost.js';
import type { RestFulfillment, RestOrder } from './rest-order.js';
import type { DeliveryEntry, Journal, JournalEntry, ShopEntry, UnitsOfLine, Webhook } from './shop-entries.js';
import { Shop } from './shop.js';
import type { StockedItem } from './stockroom.js';
import { WebhookSender } from './webhook-sender.js';

export type { Fault } from './faults.js';
export type { Journal } from './shop-entries.js';
export type { StockedItem } from './stockroom.js';

/** A Plus shop's limits: 1,000 points per second. */
const PLUS: Throttle = { maximumAvailable: 20_000, restoreRate: 1_000 };

const querySchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

export interface ShopifySandboxOptions {
  readonly port?: number;
  readonly host?: '127.0.0.1';
  readonly shopDomain: string;
  readonly accessToken: string;
  readonly webhookSecret: string;
  readonly apiVersion?: string;
  readonly items?: readonly StockedItem[];
  readonly throttle?: Throttle;
  readonly journal?: Journal;
  /** The whole URL that webhooks go to; without one they wait. */
  readonly hub?: string;
  /** 1 is Shopify's pace of webhook retries (8 over 4 hours). */
  readonly webhookTimeScale?: number;
  readonly now?: () => Date;
}

export interface ShopifySandbox {
  readonly url: string;
  close(): Promise<void>;
  setHub(url: string | undefined): void;
  /** Signs the webhooks from now on with another secret. */
  setWebhookSecret(secret: string): void;
  /** Takes a draft of `buildOrder`, gives it ids and a number, and tells the hub. */
  placeOrder(draft: RestOrder): RestOrder;
  /** False when the order is cancelled already or when something of it is fulfilled: Shopify refuses that. */
  cancelOrder(id: number, reason?: string): boolean;
  /** Refunds units of lines (by line item id); throws for more units than the order holds. */
  refund(id: number, lines: readonly UnitsOfLine[], restock?: boolean): void;
  orders(): readonly RestOrder[];
  order(id: number): RestOrder | undefined;
  fulfillments(orderId: number): readonly RestFulfillment[];
  quantities(): readonly {
    readonly sku: string;
    readonly item: number;
    readonly location: number;
    readonly available: number;
  }[];
  /** Someone counts an item in Shopify's admin and corrects it; throws for an item that is not stocked there. */
  changeQuantity(item: number, location: number, available: number): void;
  /** Without its subscriptions (Shopify removes those that fail for long) the shop tells nothing of what happens from now on. */
  setSubscribed(subscribed: boolean): void;
  /** Webhooks that the hub has not taken yet, and those given up. */
  webhooks(): { readonly pending: number; readonly abandoned: number };
  failNext(fault: Fault): void;
  /** Forgets the faults that have not hit yet. */
  clearFaults(): void;
  setDown(down: boolean): void;
}

/** Starts a shop on loopback that speaks Shopify's Admin GraphQL API and sends its webhooks. */
export async function startShopifySandbox(options: ShopifySandboxOptions): Promise<ShopifySandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.listen();
  return sandbox;
}

class Sandbox implements ShopifySandbox {
  url = '';
  private readonly server: FastifyInstance = Fastify({ forceCloseConnections: true });
  private readonly shop: Shop;
  private readonly api: AdminApi;
  private readonly faults = new Faults();
  private readonly sender: WebhookSender;
  private readonly now: () => Date;
  private secret: string;
  private abandoned = 0;
  private subscribed = true;

  constructor(private readonly options: ShopifySandboxOptions) {
    this.now = options.now ?? (() => new Date());
    this.secret = options.webhookSecret;
    this.shop = new Shop(options.shopDomain, options.items ?? []);
    this.sender = new WebhookSender({
      shopDomain: options.shopDomain,
      apiVersion: this.apiVersion,
      webhookSecret: () => this.secret,
      timeScale: options.webhookTimeScale ?? 1,
      ended: (entry) => this.deliveryEnded(entry),
    });
    this.api = new AdminApi(this.shop, (entry) => this.record(entry), this.now, options.throttle ?? PLUS);
    this.sender.enqueue(this.replay());
    this.server.post('/admin/api/:version/graphql.json', (request, reply) =>
      this.answer(request.params, request.headers['x-shopify-access-token'], request.body, reply),
    );
    this.server.get('/admin/api/:version/orders/:id', (request, reply) =>
      this.orderResource(request.params, request.headers['x-shopify-access-token'], reply),
    );
  }

  /** The REST resource, which is the body of the order's webhooks. */
  private orderResource(params: unknown, token: unknown, reply: FastifyReply): unknown {
    const { version, id } = z.object({ version: z.string(), id: z.string() }).parse(params);
    const refused = this.refusal(version, token);
    if (refused !== undefined) return reply.status(refused.status).send({ errors: refused.errors });
    const fault = this.faults.take(['getOrder']);
    if (fault !== undefined) return reply.status(fault.status ?? 503).send({ errors: 'Service unavailable' });
    const order = this.shop.orders.get(Number(id.replace(/\.json$/, '')));
    return order === undefined ? reply.status(404).send({ errors: 'Not Found' }) : { order };
  }

  private refusal(version: string, token: unknown): { readonly status: number; readonly errors: string } | undefined {
    if (version !== this.apiVersion) return { status: 404, errors: 'Not Found' };
    if (token === this.options.accessToken) return undefined;
    return { status: 401, errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' };
  }

  async listen(): Promise<void> {
    const { host = '127.0.0.1', port = 0 } = this.options;
    this.url = await this.server.listen({ host, port });
    this.sender.setHub(this.options.hub);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.sender.close();
  }

  setHub(url: string | undefined): void {
    this.sender.setHub(url);
  }

  setWebhookSecret(secret: string): void {
    this.secret = secret;
  }

  placeOrder(draft: RestOrder): RestOrder {
    this.record({ kind: 'order', at: this.time(), order: draft });
    return this.shop.newest();
  }

  cancelOrder(id: number, reason = 'customer'): boolean {
    const order = this.shop.orderOf(id);
    if (order.cancelled_at !== null || order.fulfillments.length > 0) return false;
    this.record({ kind: 'cancel', at: this.time(), orderId: id, reason });
    return true;
  }

  refund(id: number, lines: readonly UnitsOfLine[], restock = true): void {
    const order = this.shop.orderOf(id);
    for (const { id: lineId, quantity } of lines) {
      const held = order.line_items.find((line) => line.id === lineId)?.current_quantity ?? 0;
      if (quantity < 1 || quantity > held) throw new RangeError(`line ${lineId} holds ${held} units, not ${quantity}`);
    }
    this.record({ kind: 'refund', at: this.time(), orderId: id, lines, restock });
  }

  orders(): readonly RestOrder[] {
    return [...this.shop.orders.values()];
  }

  order(id: number): RestOrder | undefined {
    return this.shop.orders.get(id);
  }

  fulfillments(orderId: number): readonly RestFulfillment[] {
    return this.shop.orders.get(orderId)?.fulfillments ?? [];
  }

  quantities(): ReturnType<ShopifySandbox['quantities']> {
    return this.shop.stock.all();
  }

  changeQuantity(item: number, location: number, available: number): void {
    if (this.shop.stock.available(item, location) === undefined)
      throw new RangeError(`item ${item} is not stocked at location ${location}`);
    this.record({ kind: 'counted', at: this.time(), item, location, available });
  }

  webhooks(): { readonly pending: number; readonly abandoned: number } {
    return { pending: this.sender.pending, abandoned: this.abandoned };
  }

  failNext(fault: Fault): void {
    this.faults.plan(fault);
  }

  clearFaults(): void {
    this.faults.clear();
  }

  setDown(down: boolean): void {
    this.faults.down = down;
  }

  setSubscribed(subscribed: boolean): void {
    this.subscribed = subscribed;
  }

  private get apiVersion(): string {
    return this.options.apiVersion ?? '2026-04';
  }

  private async answer(params: unknown, token: unknown, body: unknown, reply: FastifyReply): Promise<unknown> {
    const { version } = z.object({ version: z.string() }).parse(params);
    const refused = this.refusal(version, token);
    if (refused !== undefined) return reply.status(refused.status).send({ errors: refused.errors });
    const asked = querySchema.safeParse(body);
    if (!asked.success) return reply.status(400).send({ errors: { query: 'Required parameter missing or invalid' } });
    const fault = this.faults.take(this.api.operationsOf(asked.data.query));
    if (fault?.mode === 'before') return reply.status(fault.status ?? 503).send({ errors: 'Service unavailable' });
    const result = await this.api.run({ query: asked.data.query, variables: asked.data.variables ?? {} });
    if (fault === undefined) return result;
    if (fault.status !== undefined) return reply.status(fault.status).send({ errors: 'Internal Server Error' });
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }

  /** What happened is kept before anyone is told of it. */
  private record(entry: ShopEntry): void {
    this.options.journal?.append(entry);
    const webhooks = this.shop.apply(entry);
    if (this.subscribed) this.sender.enqueue(webhooks);
    else for (const { webhookId } of webhooks) this.deliveryEnded({ kind: 'abandoned', webhookId });
  }

  private deliveryEnded(entry: DeliveryEntry): void {
    if (entry.kind === 'abandoned') this.abandoned += 1;
    this.options.journal?.append(entry);
  }

  /** Rebuilds the shop from the journal, and gives the webhooks that were not yet taken. */
  private replay(): readonly Webhook[] {
    const open = new Map<string, Webhook>();
    // The journal holds what this class appended to it.
    for (const entry of (this.options.journal?.entries() ?? []) as Iterable<JournalEntry>) {
      if (entry.kind === 'delivered' || entry.kind === 'abandoned') {
        open.delete(entry.webhookId);
        if (entry.kind === 'abandoned') this.abandoned += 1;
      } else for (const webhook of this.shop.apply(entry)) open.set(webhook.webhookId, webhook);
    }
    return [...open.values()];
  }

  private time(): string {
    return this.now().toISOString();
  }
}
