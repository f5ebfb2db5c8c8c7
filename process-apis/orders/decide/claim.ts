import {
  componentsOf,
  type FulfillmentOrder,
  type Order,
  type OrderLine,
  type Shortage,
} from '../../../src/model/order.js';
import { emptyPosition, type Position } from '../../../src/model/stock.js';
import {
  capacityLeft,
  promise,
  type Allocation,
  type Demand,
  type Promised,
  type PromiseRequest,
  StockState,
  type SoftReservation,
} from '../../availability/index.js';
import { rankNodes } from '../../sourcing/index.js';
import { unitsToClaim, WITHOUT_SALES_ORDER } from '../orders.claimable.js';
import { fulfillmentOrderIdOf } from '../order-ids.js';
import { requestCancellation } from './cancel.js';
import type { Decision } from './decision.js';
import { firm, reserve } from './stock-moves.js';

/**
 * Claims stock for what is open. The promise says what can be had; the channel's policy says what becomes of an order
 * that cannot be served whole: it waits for all of it, ships what is there, is cut down to it, or is refused.
 */
export function claimStock(decision: Decision): void {
  const open = openLines(decision);
  if (open.length === 0) return;
  const unknown = open.filter((line) => line.sku === null).map((line) => line.listingSku);
  if (unknown.length > 0) {
    tellBackorder(decision, [], unknown);
    return;
  }
  const { order, context } = decision;
  const reservation =
    decision.reservationReference === undefined
      ? undefined
      : context.reservationOf(order.channel, decision.reservationReference);
  let promised: Expected = ofReservation(decision, reservation) ?? promiseFor(decision, reservation);
  if (promised.missing.length > 0) promised = substitute(decision, promised, reservation) ?? promised;
  if (promised.missing.length === 0) claim(decision, promised, reservation);
  else claimInPart(decision, promised, reservation);
}

/** What is promised, and of what is missing that which may be ordered ahead: its items are not released yet. */
type Expected = Promised & { readonly ahead?: Pick<Promised, 'missing' | 'shortages'> };

function claimInPart(decision: Decision, promised: Expected, reservation: SoftReservation | undefined): void {
  const { order } = decision;
  const { shortage, preOrder } = decision.context.policyOf(order.channel);
  const ahead = preOrder ? promised.ahead : undefined;
  const short =
    ahead === undefined ? promised.missing : promised.missing.filter((line) => !ahead.missing.includes(line));
  const isNew = order.fulfillmentOrders.length === 0 && order.shortages.length === 0;
  if (shortage === 'REJECT' && short.length > 0 && isNew && WITHOUT_SALES_ORDER.has(order.erp.status)) {
    decision.emit({ type: 'OrderRejected', reason: 'OUT_OF_STOCK', shortages: promised.shortages });
    const all = openLines(decision).map((line) => ({ lineId: line.id, quantity: line.quantities.open }));
    requestCancellation(decision, all, 'HUB', 'out of stock');
    return;
  }
  if (shortage === 'PARTIAL') {
    if (promised.allocations.length > 0) claim(decision, promised, reservation);
    if (short.length > 0) requestCancellation(decision, short, 'HUB', 'out of stock');
    if (ahead !== undefined) tellBackorder(decision, ahead.shortages, []);
    return;
  }
  if (shortage === 'SPLIT' && promised.allocations.length > 0) claim(decision, promised, reservation);
  tellBackorder(decision, promised.shortages, []);
}

function claim(decision: Decision, { allocations }: Promised, reservation: SoftReservation | undefined): void {
  reserve(decision, toFulfillmentOrders(decision, allocations), reservation);
}

/** What was promised to a cart is given, whatever has changed since: rules, nodes, or what a count found. */
function ofReservation(decision: Decision, reservation: SoftReservation | undefined): Promised | undefined {
  if (reservation === undefined || splitByRelease(decision).later.length > 0) return undefined;
  const { collectAt } = decision.order;
  if (collectAt !== undefined && reservation.claims.some(({ node }) => node !== collectAt)) return undefined;
  const held = new Map<string, Position>();
  for (const { sku, node, quantity } of reservation.claims) {
    const known = held.get(`${node}/${sku}`) ?? emptyPosition(sku, node);
    held.set(`${node}/${sku}`, { ...known, onHand: known.onHand + quantity });
  }
  const nodes = [...new Set(reservation.claims.map(({ node }) => node))];
  const { channel } = decision.order;
  const { now } = decision.context;
  const demands = openLines(decision).map((line) => ({
    lineId: line.id,
    quantity: unitsToClaim(decision.order, line),
    components: componentsOf(line),
  }));
  const promised = promise(
    { channel, now, demands, nodes, maxNodes: nodes.length, capacityLeft: () => undefined, entitled: true },
    new StockState({ positions: [...held.values()] }),
  );
  return promised.missing.length === 0 ? promised : undefined;
}

function promiseFor(
  decision: Decision,
  reservation: SoftReservation | undefined,
  instead: ReadonlyMap<string, string> = new Map(),
): Expected {
  const { order, context } = decision;
  const { unreleased, demands, later } = splitByRelease(decision, instead);
  const stock = decision.stock.fork();
  if (reservation !== undefined) stock.apply(firm(reservation), { occurredAt: context.now, channel: order.channel });
  const entitled = isEntitled(decision, demands);
  const avoided = nodesToAvoid(decision.order);
  let promised = promise(requestFor(decision, demands, stock, entitled, avoided), stock);
  // Better from the node that was to be avoided than from none.
  if (promised.missing.length > 0 && avoided.size > 0)
    promised = promise(requestFor(decision, demands, stock, entitled), stock);
  if (later.length === 0) return promised;
  return {
    allocations: promised.allocations,
    missing: [...promised.missing, ...later],
    shortages: [...promised.shortages, ...unreleased],
    ahead: { missing: later, shortages: unreleased },
  };
}

/** The one question that is asked of the stock, whatever the demands: the same nodes, rules and capacities. */
function requestFor(
  decision: Decision,
  demands: readonly Demand[],
  stock: StockState,
  entitled: boolean,
  avoided: ReadonlySet<string> = new Set(),
): PromiseRequest {
  const { order, context } = decision;
  const policy = context.sourcingOf(order.channel);
  const left = capacityLeft(context.nodes, stock);
  const ranking = rankNodes(
    {
      channel: order.channel,
      now: context.now,
      method: order.collectAt === undefined ? 'SHIP' : 'COLLECT',
      refusedBy: new Set([...avoided, ...order.fulfillmentOrders.filter(hasRefused).map((fo) => fo.node)]),
      ...(order.destination === undefined ? {} : { destination: order.destination }),
      ...(order.collectAt === undefined ? {} : { collectAt: order.collectAt }),
    },
    context.nodes,
    policy,
    left,
  );
  return {
    channel: order.channel,
    now: context.now,
    demands,
    nodes: ranking.choices.map((choice) => choice.node),
    maxNodes: policy.maxNodes,
    capacityLeft: left,
    entitled,
  };
}

/** Nodes from which a person took work of this order. */
function nodesToAvoid({ fulfillmentOrders }: Order): ReadonlySet<string> {
  return new Set(fulfillmentOrders.filter((fo) => fo.recall?.elsewhere === true).map((fo) => fo.node));
}

/** Of what a person mends, or the hub itself had cancelled, any node may be asked again. */
const NOT_THE_NODES_FAULT: ReadonlySet<string> = new Set(['ADDRESS', 'SHIP_METHOD', 'CANCELLED']);

function hasRefused({ status, askAgain, refusal }: FulfillmentOrder): boolean {
  return status === 'REJECTED' && askAgain !== true && !NOT_THE_NODES_FAULT.has(refusal?.code ?? '');
}

interface ByRelease {
  readonly demands: readonly Demand[];
  /** Line units of items that are not released for sale yet. */
  readonly later: Promised['missing'];
  readonly unreleased: readonly Shortage[];
}

/** `instead`: other items by line id, asked for in place of the line's own. */
function splitByRelease(decision: Decision, instead: ReadonlyMap<string, string> = new Map()): ByRelease {
  const { order, context } = decision;
  const demands: Demand[] = [];
  const later: { lineId: string; quantity: number }[] = [];
  const units = new Map<string, Shortage>();
  for (const line of openLines(decision)) {
    const quantity = unitsToClaim(order, line);
    const other = instead.get(line.id);
    const components = other === undefined ? componentsOf(line) : [{ sku: other, quantity: 1 }];
    const notYet = components.filter(({ sku }) => releasedAtOf(decision, sku) > context.now);
    if (notYet.length === 0) {
      demands.push({ lineId: line.id, quantity, components });
      continue;
    }
    later.push({ lineId: line.id, quantity });
    for (const { sku, quantity: perUnit } of notYet) {
      const releasedAt = context.itemFacts(sku)?.releaseAt;
      const missing = (units.get(sku)?.missing ?? 0) + quantity * perUnit;
      units.set(sku, { sku, missing, ...(releasedAt === undefined ? {} : { releasedAt }) });
    }
  }
  return { demands, later, unreleased: [...units.values()] };
}

/** One that waits may use what is held for those that wait; so may one of a better tier than all of them. */
function isEntitled(decision: Decision, demands: readonly Demand[]): boolean {
  const { order, context } = decision;
  // One whose units were freed to be sourced again does not queue behind others for them.
  if (order.shortages.length > 0 || order.fulfillmentOrders.length > 0) return true;
  const skus = new Set(demands.flatMap((demand) => demand.components.map(({ sku }) => sku)));
  const tiers = [...skus]
    .flatMap((sku) => decision.stock.demandsOf(sku))
    .filter((demand) => demand.waiting > 0)
    .map((demand) => context.policyOf(demand.channel).tier);
  return tiers.length > 0 && tiers.every((tier) => order.tier < tier);
}

/** Puts other items in place of short ones where rules allow it and the whole order can be served so. */
function substitute(
  decision: Decision,
  { shortages }: Promised,
  reservation: SoftReservation | undefined,
): Expected | undefined {
  const { order, context } = decision;
  // What the ERP was told, or a node has, stays what it is.
  if (!WITHOUT_SALES_ORDER.has(order.erp.status)) return undefined;
  const short = new Set(shortages.map(({ sku }) => sku));
  const instead = new Map<string, string>();
  for (const line of openLines(decision)) {
    const { sku } = line;
    const whole = line.quantities.open === line.ordered;
    if (sku === null || line.components !== undefined || !short.has(sku) || !whole) continue;
    const other = context
      .substitutesOf(order.channel, sku)
      .find((candidate) => isServed(decision, reservation, new Map(instead).set(line.id, candidate), line.id));
    if (other !== undefined) instead.set(line.id, other);
  }
  const promised = instead.size === 0 ? undefined : promiseFor(decision, reservation, instead);
  if (promised === undefined || promised.missing.length > 0) return undefined;
  for (const line of openLines(decision)) {
    const to = instead.get(line.id);
    if (to !== undefined) decision.emit({ type: 'LineSubstituted', lineId: line.id, from: line.sku ?? '', to });
  }
  return promised;
}

function isServed(
  decision: Decision,
  reservation: SoftReservation | undefined,
  instead: ReadonlyMap<string, string>,
  lineId: string,
): boolean {
  return !promiseFor(decision, reservation, instead).missing.some((line) => line.lineId === lineId);
}

/** Newcomers wait so much longer for a release while others wait for the item: those who ordered ahead come first. */
const RELEASE_GRACE_MS = 30_000;

/** From when on the order may have the item; empty when it always may. */
function releasedAtOf({ order, stock, context }: Decision, sku: string): string {
  const releaseAt = context.itemFacts(sku)?.releaseAt;
  if (releaseAt === undefined) return '';
  const comesLater = order.shortages.length === 0 && stock.waitingFor(sku) > 0;
  return comesLater ? new Date(Date.parse(releaseAt) + RELEASE_GRACE_MS).toISOString() : releaseAt;
}

function openLines(decision: Decision): readonly OrderLine[] {
  return decision.order.lines.filter((line) => unitsToClaim(decision.order, line) > 0);
}

function tellBackorder(decision: Decision, shortages: readonly Shortage[], unknownListings: readonly string[]): void {
  const { order } = decision;
  // The same shortage again is no news: the waits of the order already say it.
  const waits = new Set(order.waits.map((wait) => wait.key));
  const news =
    !sameShortages(order, shortages) ||
    unknownListings.some((listing) => !waits.has(`LISTING:${order.channel}/${listing}`));
  if (news) decision.emit({ type: 'OrderBackordered', shortages, unknownListings });
}

function sameShortages({ shortages: before }: Order, now: readonly Shortage[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ sku, missing }) => before.some((known) => known.sku === sku && known.missing === missing))
  );
}

function toFulfillmentOrders(decision: Decision, allocations: readonly Allocation[]): readonly FulfillmentOrder[] {
  const before = decision.order.fulfillmentOrders.length;
  const skus = new Map(decision.order.lines.map((line) => [line.id, line.sku ?? '']));
  return [...Map.groupBy(allocations, (allocation) => allocation.node)].map(([node, ofNode], index) => ({
    id: fulfillmentOrderIdOf(decision.order.id, before + index + 1),
    number: before + index + 1,
    node,
    status: 'PLANNED',
    lines: ofNode.map(({ lineId, quantity }) => ({
      lineId,
      sku: skus.get(lineId) ?? '',
      quantity,
      picked: 0,
      packed: 0,
      shipped: 0,
      dropped: 0,
    })),
  }));
}
