import { createHash, randomUUID } from 'node:crypto';
import { Catalog } from '../../../process-apis/catalog/index.js';
import {
  Intake,
  type InboundMessage,
  type IntakeOrder,
  type IntakeResult,
  type Interpret,
} from '../../../process-apis/intake/index.js';
import type { ChannelAccount } from '../../../src/model/channel.js';
import type { ChannelFact, ChannelOrder, RefusedReason } from '../../../src/model/channel-order.js';
import { NO_QUANTITIES, type Order } from '../../../src/model/order.js';

/** Intake and its orders in memory, for specs of this channel alone: the same answers to the same messages as the real one. */
export class MemoryHub extends Intake {
  readonly orders = new Map<string, Order>();
  readonly refused: { readonly message: InboundMessage; readonly reason: RefusedReason; readonly detail: string }[] =
    [];
  readonly taken: ChannelFact[] = [];
  /** Called before a message is taken; may throw, as a full queue would. */
  beforeCommit: () => void = () => undefined;
  private readonly interpreters = new Map<string, Interpret>();
  private readonly messages = new Map<string, { readonly digest: string; readonly result: IntakeResult }>();
  private readonly facts = new Map<string, IntakeOrder>();

  register(kind: string, interpret: Interpret): void {
    this.interpreters.set(kind, interpret);
  }

  async receive(message: InboundMessage): Promise<IntakeResult> {
    this.beforeCommit();
    const { account, topic, messageId, body } = message;
    const digest = digestOf(body);
    const known = this.messages.get(`${account.id}/${messageId}`);
    if (known !== undefined) return { ...known.result, outcome: 'DUPLICATE', digestDiffers: known.digest !== digest };
    const reading = this.interpreters.get(account.kind)?.(account, topic, body);
    if (reading?.outcome !== 'FACTS') throw new Error(`not interpreted: ${JSON.stringify(reading)}`);
    const orders = reading.facts.map((fact) => this.take(account, fact));
    const result: IntakeResult = { messageId: randomUUID(), outcome: 'COMMITTED', digestDiffers: false, orders };
    this.messages.set(`${account.id}/${messageId}`, { digest, result });
    return result;
  }

  async keepRefused(message: InboundMessage, reason: RefusedReason, detail: string): Promise<IntakeResult> {
    this.beforeCommit();
    this.refused.push({ message, reason, detail });
    return { messageId: randomUUID(), outcome: 'REFUSED', reason, detail, digestDiffers: false, orders: [] };
  }

  reprocess(messageId: string): Promise<IntakeResult> {
    return Promise.reject(new Error(`nothing is processed again in memory: ${messageId}`));
  }

  async byReference(channel: string, reference: string): Promise<Order | undefined> {
    return this.orders.get(`${channel}/${reference}`);
  }

  clear(): void {
    for (const map of [this.orders, this.messages, this.facts]) map.clear();
    this.refused.length = 0;
    this.taken.length = 0;
    this.beforeCommit = () => undefined;
  }

  private take(account: ChannelAccount, fact: ChannelFact): IntakeOrder {
    const id = `${account.id}/${digestOf(JSON.stringify(fact))}`;
    const known = this.facts.get(id);
    if (known !== undefined) return { ...known, created: false };
    const outcome = this.apply(account, fact);
    this.facts.set(id, outcome);
    this.taken.push(fact);
    return outcome;
  }

  private apply(account: ChannelAccount, fact: ChannelFact): IntakeOrder {
    const reference = fact.kind === 'ORDER' ? fact.order.reference : fact.reference;
    const order = this.orders.get(`${account.id}/${reference}`);
    if (fact.kind !== 'ORDER') {
      if (order === undefined) return { reference, created: false, result: 'UNKNOWN_ORDER' };
      const open = order.lines.some((line) => line.quantities.cancelled < line.ordered);
      this.put({ ...order, lines: order.lines.map(cancelled) });
      return { reference, orderId: order.id, created: false, result: open ? 'APPLIED' : 'UNCHANGED' };
    }
    if (order !== undefined && fact.order.version <= order.channelVersion)
      return { reference, orderId: order.id, created: false, result: 'UNCHANGED' };
    const next = toOrder(order?.id ?? randomUUID(), fact.order);
    this.put(next);
    return { reference, orderId: next.id, created: order === undefined, result: 'APPLIED' };
  }

  put(order: Order): void {
    this.orders.set(`${order.channel}/${order.reference}`, order);
  }
}

function cancelled(line: Order['lines'][number]): Order['lines'][number] {
  return { ...line, quantities: { ...NO_QUANTITIES, cancelled: line.ordered } };
}

function toOrder(id: string, told: ChannelOrder): Order {
  const { channel, reference, placedAt, currency, version, lines, attributes } = told;
  return {
    channel,
    reference,
    placedAt,
    currency,
    attributes,
    charges: told.charges,
    id,
    tier: 100,
    shortages: [],
    version: 1,
    channelVersion: version,
    lines: lines.map(({ lineReference, listingSku, title, quantity, unitPrice, charges }, index) => ({
      id: `${id}-${index}`,
      number: index + 1,
      lineReference,
      listingSku,
      sku: null,
      title,
      ordered: quantity,
      quantities: { ...NO_QUANTITIES, open: quantity },
      unitPrice,
      charges,
    })),
    fulfillmentOrders: [],
    shipments: [],
    erp: { status: 'NONE', attempt: 0, items: {}, requested: {}, held: {} },
    refunds: [],
    cancelling: {},
    waits: [],
  };
}

function digestOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

export const ACCOUNT: ChannelAccount = {
  id: 'partner-acme',
  kind: 'partner',
  name: 'Acme',
  active: true,
  settings: {},
};

const OTHERS: readonly ChannelAccount[] = [
  { ...ACCOUNT, id: 'partner-other' },
  { ...ACCOUNT, id: 'shop-eu', kind: 'shopify' },
  { ...ACCOUNT, id: 'partner-closed', active: false },
];

export class MemoryCatalog extends Catalog {
  async account(id: string): Promise<ChannelAccount | undefined> {
    return [ACCOUNT, ...OTHERS].find((account) => account.id === id);
  }

  async accountsOfKind(): Promise<readonly ChannelAccount[]> {
    return [ACCOUNT];
  }

  async nodes(): Promise<readonly never[]> {
    return [];
  }
}
