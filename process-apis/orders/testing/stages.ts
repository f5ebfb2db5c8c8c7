import type { HoldRule } from '../hold-rules.js';
import type { OrderFactBody } from '../orders.facts.js';
import { channelOrder } from './channel-orders.js';
import { Harness, type World } from './harness.js';
import { remainingOf, shipped } from './outside.js';
import { settle } from './settle.js';

const PLENTY: World = { stock: { 'A@N1': 10, 'B@N1': 10, 'A@N2': 10, 'B@N2': 10, 'C@N1': 10 } };

const SUSPICIOUS: HoldRule = {
  id: 'rule-1',
  name: 'many units',
  kind: 'FRAUD',
  unitsMin: 5,
  reason: 'So many units are rarely bought.',
  active: true,
};

export const STAGES = [
  'new',
  'waiting for a listing',
  'waiting for stock',
  'held',
  'requested',
  'posted',
  'rejected by the ERP',
  'confirmed',
  'released',
  'picked',
  'packed',
  'partly shipped',
  'shipped',
  'completed',
  'cancelled',
] as const;

export type Stage = (typeof STAGES)[number];

/** What takes an order from the stage before to this one. */
const STEPS: readonly (readonly [Stage, (harness: Harness) => readonly OrderFactBody[]])[] = [
  ['requested', () => [{ kind: 'ChannelOrderReceived', order: channelOrder() }]],
  ['posted', ({ order }) => [{ kind: 'SalesOrderPosted', salesOrder: 'SO-1', items: itemsOf(order.lines) }]],
  ['confirmed', () => [{ kind: 'SalesOrderConfirmed', salesOrder: 'SO-1' }]],
  ['released', (harness) => [{ kind: 'FulfillmentReleased', fulfillmentOrderId: foOf(harness), wmsReference: 'W-1' }]],
  ['picked', (harness) => [{ kind: 'FulfillmentPicked', fulfillmentOrderId: foOf(harness), lines: unitsOf(harness) }]],
  ['packed', (harness) => [{ kind: 'FulfillmentPacked', fulfillmentOrderId: foOf(harness), lines: unitsOf(harness) }]],
  ['partly shipped', (harness) => [shipped(foOf(harness), 'S-1', unitsOf(harness).slice(0, 1))]],
  ['shipped', (harness) => [shipped(foOf(harness), 'S-2', unitsOf(harness))]],
];

/** An order of three A and two B, brought to a stage. */
export function orderAt(stage: Stage): Harness {
  switch (stage) {
    case 'new':
      return new Harness(PLENTY);
    case 'waiting for a listing':
      return started(new Harness({ ...PLENTY, listings: { 'L-A': 'A', 'L-C': 'C' } }));
    case 'waiting for stock':
      return started(new Harness({ stock: { ...PLENTY.stock, 'B@N1': 1, 'B@N2': 0 } }));
    case 'held':
      return started(new Harness({ ...PLENTY, holdRules: [SUSPICIOUS] }));
    case 'rejected by the ERP':
      return told(orderAt('posted'), { kind: 'SalesOrderRejected', salesOrder: 'SO-1', reason: 'credit limit' });
    case 'cancelled':
      return told(orderAt('waiting for stock'), { kind: 'CancellationRequested', by: 'CHANNEL', reason: 'buyer' });
    case 'completed':
      return settled(orderAt('shipped'));
    default:
      return walked(stage);
  }
}

function walked(stage: Stage): Harness {
  const harness = new Harness(PLENTY);
  for (const [reached, step] of STEPS) {
    for (const body of step(harness)) harness.tell(body);
    if (reached === stage) return harness;
  }
  throw new Error(`no way leads to "${stage}"`);
}

function started(harness: Harness): Harness {
  return told(harness, { kind: 'ChannelOrderReceived', order: channelOrder() });
}

function told(harness: Harness, body: OrderFactBody): Harness {
  harness.tell(body);
  return harness;
}

function settled(harness: Harness): Harness {
  settle(harness);
  return harness;
}

function foOf({ order }: Harness): string {
  return order.fulfillmentOrders[0]?.id ?? '';
}

function unitsOf({ order }: Harness): ReturnType<typeof remainingOf> {
  const [fo] = order.fulfillmentOrders;
  return fo === undefined ? [] : remainingOf(fo);
}

function itemsOf(lines: readonly { readonly id: string; readonly number: number }[]): Record<string, string> {
  return Object.fromEntries(lines.map((line) => [line.id, String(line.number * 10)]));
}
