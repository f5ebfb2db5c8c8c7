import { componentsOf, type Component, type Order, type OrderLine } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { capacityDays, type NodeDay } from '../availability/index.js';
import type { ListedItem } from '../catalog/index.js';
import type { DecisionContext } from './decide/decision.js';
import type { OrderTx } from './order-store.js';
import type { OrderFact } from './orders.facts.js';
import { TRANSITIONS } from './orders.transitions.js';

/** What a batch's decisions look up besides orders and stock, and the nodes whose day is counted. */
export interface World extends Omit<DecisionContext, 'now' | 'newId' | 'stock' | 'partiesOf' | 'lostBefore'> {
  readonly days: readonly NodeDay[];
}

/** Set-wise: a constant number of questions, most of them answered from memory. */
export async function readWorld(
  tx: OrderTx,
  facts: readonly OrderFact[],
  orders: readonly Order[],
  now: Instant,
): Promise<World> {
  const [listings, nodes, policyOf, sourcingOf, holdsFor, clockFor, held] = await Promise.all([
    tx.listings([...wantedListings(facts, orders)]),
    tx.nodes(),
    tx.policies(),
    tx.sourcing(),
    tx.holdRules(),
    tx.slaClocks(),
    tx.lockReservations(wantedReservations(facts)),
  ]);
  const listedItem = (channel: string, listingSku: string): ListedItem | undefined =>
    listings.get(`${channel}/${listingSku}`);
  const skus = itemsOf(facts, orders, listedItem);
  const channels = [...new Set([...skus.values()].flatMap((of) => [...of]))];
  const ofChannels = await Promise.all(
    channels.map((channel) =>
      tx.substitutes(
        channel,
        [...skus].flatMap(([sku, of]) => (of.has(channel) ? [sku] : [])),
      ),
    ),
  );
  const others = ofChannels.flatMap((ofItems) => [...ofItems.values()].flat());
  const items = await tx.items([...new Set([...skus.keys(), ...others])]);
  const substitutes = new Map(channels.map((channel, index) => [channel, ofChannels[index]]));
  const reservations = new Map(held.map((row) => [`${row.channel}/${row.reference}`, row]));
  return {
    nodes,
    policyOf,
    sourcingOf,
    holdsFor,
    clockFor,
    listedItem,
    itemFacts: (sku) => items.get(sku),
    substitutesOf: (channel, sku) => substitutes.get(channel)?.get(sku) ?? [],
    reservationOf: (channel, reference) => reservations.get(`${channel}/${reference}`),
    days: capacityDays(nodes, now),
  };
}

/** Known orders whose parties a decision compares with what it is told, or changes. */
export function ordersWithParties(facts: readonly OrderFact[], orders: readonly Order[]): readonly string[] {
  const about = new Set<string>();
  for (const { address, body } of facts) {
    if (body.kind !== 'ChannelOrderReceived' && body.kind !== 'AddressCorrected') continue;
    if (address.by === 'ID') about.add(address.orderId);
    if (address.by === 'REFERENCE') about.add(`${address.channel}/${address.reference}`);
  }
  return orders.flatMap(({ id, channel, reference }) =>
    about.has(id) || about.has(`${channel}/${reference}`) ? [id] : [],
  );
}

/** Items whose positions the decisions may change. */
export function stockToLock(
  facts: readonly OrderFact[],
  orders: readonly Order[],
  ofFulfillments: ReadonlyMap<string, string>,
  world: World,
): ReadonlySet<string> {
  const skus = new Set<string>();
  const add = (channel: string, item: Pick<OrderLine, 'sku' | 'components'>): void => {
    for (const { sku } of componentsOf(item)) {
      skus.add(sku);
      for (const substitute of world.substitutesOf(channel, sku)) skus.add(substitute);
    }
  };
  const touched = new Set<string>();
  for (const { body, address } of facts) {
    if (!TRANSITIONS[body.kind].touchesStock) continue;
    if (address.by === 'ID') touched.add(address.orderId);
    if (address.by === 'FULFILLMENT_ORDER') touched.add(ofFulfillments.get(address.fulfillmentOrderId) ?? '');
    if (address.by === 'REFERENCE') touched.add(`${address.channel}/${address.reference}`);
    if (body.kind !== 'ChannelOrderReceived') continue;
    const { channel, reservation, lines } = body.order;
    for (const line of lines)
      add(channel, itemOf({ sku: null, listingSku: line.listingSku }, channel, world.listedItem));
    for (const { sku } of world.reservationOf(channel, reservation ?? '')?.claims ?? []) skus.add(sku);
  }
  for (const order of orders) {
    const open = order.lines.some((line) => line.quantities.open > 0);
    // An order with open units claims stock after any fact.
    if (!open && !touched.has(order.id) && !touched.has(`${order.channel}/${order.reference}`)) continue;
    for (const line of order.lines)
      add(order.channel, line.sku === null ? itemOf(line, order.channel, world.listedItem) : line);
  }
  return skus;
}

/** `<channel>/<listing SKU>` of all lines whose item is not known yet. */
function wantedListings(facts: readonly OrderFact[], orders: readonly Order[]): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const { body } of facts)
    if (body.kind === 'ChannelOrderReceived')
      for (const line of body.order.lines) wanted.add(`${body.order.channel}/${line.listingSku}`);
  for (const order of orders)
    for (const line of order.lines) if (line.sku === null) wanted.add(`${order.channel}/${line.listingSku}`);
  return wanted;
}

function wantedReservations(
  facts: readonly OrderFact[],
): readonly { readonly channel: string; readonly reference: string }[] {
  return facts.flatMap(({ body }) =>
    body.kind === 'ChannelOrderReceived' && body.order.reservation !== undefined
      ? [{ channel: body.order.channel, reference: body.order.reservation }]
      : [],
  );
}

/** The items of all lines, with the channels whose orders name them. */
function itemsOf(
  facts: readonly OrderFact[],
  orders: readonly Order[],
  listedItem: DecisionContext['listedItem'],
): ReadonlyMap<string, ReadonlySet<string>> {
  const items = new Map<string, Set<string>>();
  const add = (channel: string, components: readonly Component[]): void => {
    for (const { sku } of components) {
      const channels = items.get(sku) ?? new Set<string>();
      channels.add(channel);
      items.set(sku, channels);
    }
  };
  for (const { body } of facts)
    if (body.kind === 'ChannelOrderReceived')
      for (const line of body.order.lines) {
        const item = listedItem(body.order.channel, line.listingSku);
        if (item !== undefined) add(body.order.channel, componentsOf(item));
      }
  for (const { channel, lines } of orders)
    for (const line of lines) add(channel, componentsOf(line.sku === null ? itemOf(line, channel, listedItem) : line));
  return items;
}

function itemOf(
  line: Pick<OrderLine, 'sku' | 'listingSku'>,
  channel: string,
  listedItem: DecisionContext['listedItem'],
): Pick<OrderLine, 'sku' | 'components'> {
  return listedItem(channel, line.listingSku) ?? { sku: null };
}
