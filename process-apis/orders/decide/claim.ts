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
  let promised = ofReservation(decision, reservation) ?? promiseFor(decision, reservation);
  if (promised.missing.length > 0 && substitute(decision, promised.shortages))
    promised = promiseFor(decision, reservation);
  if (promised.missing.length === 0) claim(decision, promised, reservation);
  else claimInPart(decision, promised, reservation);
}

function claimInPart(decision: Decision, promised: Promised, reservation: SoftReservation | undefined): void {
  const { order } = decision;
  const { shortage } = decision.context.policyOf(order.channel);
  const isNew = order.fulfillmentOrders.length === 0 && order.shortages.length === 0;
  if (shortage === 'REJECT' && isNew && WITHOUT_SALES_ORDER.has(order.erp.status)) {
    decision.emit({ type: 'OrderRejected', reason: 'OUT_OF_STOCK', shortages: promised.shortages });
    const all = openLines(decision).map((line) => ({ lineId: line.id, quantity: line.quantities.open }));
    requestCancellation(decision, all, 'HUB', 'out of stock');
    return;
  }
  if (shortage === 'PARTIAL') {
    if (promised.allocations.length > 0) claim(decision, promised, reservation);
    requestCancellation(decision, promised.missing, 'HUB', 'out of stock');
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
  if (reservation === undefined) return undefined;
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

function promiseFor(decision: Decision, reservation: SoftReservation | undefined): Promised {
  const { order, context } = decision;
  const { unreleased, demands, later } = splitByRelease(decision);
  const stock = decision.stock.fork();
  if (reservation !== undefined) stock.apply(firm(reservation), { occurredAt: context.now, channel: order.channel });
  const promised = promise(requestFor(decision, demands, stock, isEntitled(decision, demands)), stock);
  if (later.length === 0) return promised;
  return {
    allocations: promised.allocations,
    missing: [...promised.missing, ...later],
    shortages: [...promised.shortages, ...unreleased],
  };
}

/** The one question that is asked of the stock, whatever the demands: the same nodes, rules and capacities. */
function requestFor(
  decision: Decision,
  demands: readonly Demand[],
  stock: StockState,
  entitled: boolean,
): PromiseRequest {
  const { order, context } = decision;
  const policy = context.sourcingOf(order.channel);
  const left = capacityLeft(context.nodes, stock);
  const ranking = rankNodes(
    {
      channel: order.channel,
      now: context.now,
      method: order.collectAt === undefined ? 'SHIP' : 'COLLECT',
      refusedBy: new Set(order.fulfillmentOrders.filter((fo) => fo.status === 'REJECTED').map((fo) => fo.node)),
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

interface ByRelease {
  readonly demands: readonly Demand[];
  /** Line units of items that are not released for sale yet. */
  readonly later: Promised['missing'];
  readonly unreleased: readonly Shortage[];
}

function splitByRelease(decision: Decision): ByRelease {
  const { order, context } = decision;
  const demands: Demand[] = [];
  const later: { lineId: string; quantity: number }[] = [];
  const units = new Map<string, Shortage>();
  for (const line of openLines(decision)) {
    const quantity = unitsToClaim(order, line);
    const components = componentsOf(line);
    const notYet = components.filter(({ sku }) => (context.itemFacts(sku)?.releaseAt ?? '') > context.now);
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
  if (order.shortages.length > 0) return true;
  const skus = new Set(demands.flatMap((demand) => demand.components.map(({ sku }) => sku)));
  const tiers = [...skus]
    .flatMap((sku) => decision.stock.demandsOf(sku))
    .filter((demand) => demand.waiting > 0)
    .map((demand) => context.policyOf(demand.channel).tier);
  return tiers.length > 0 && tiers.every((tier) => order.tier < tier);
}

/** Puts another item in place of a short one where a rule allows it and the whole line can be served by it. */
function substitute(decision: Decision, shortages: readonly Shortage[]): boolean {
  const short = new Set(shortages.map(({ sku }) => sku));
  let changed = false;
  for (const line of openLines(decision)) {
    const { sku } = line;
    // What the ERP was told, or a node has, stays what it is.
    const untouched = line.quantities.open === line.ordered && WITHOUT_SALES_ORDER.has(decision.order.erp.status);
    if (sku === null || line.components !== undefined || !short.has(sku) || !untouched) continue;
    const other = decision.context
      .substitutesOf(decision.order.channel, sku)
      .find((candidate) => unitsFor(decision, candidate, line.quantities.open) === line.quantities.open);
    if (other === undefined) continue;
    decision.emit({ type: 'LineSubstituted', lineId: line.id, from: sku, to: other });
    changed = true;
  }
  return changed;
}

/** Units that an order for the item alone would get. */
function unitsFor(decision: Decision, sku: string, wanted: number): number {
  const demands = [{ lineId: '', quantity: wanted, components: [{ sku, quantity: 1 }] }];
  const { allocations } = promise(requestFor(decision, demands, decision.stock, false), decision.stock);
  return allocations.reduce((units, allocation) => units + allocation.quantity, 0);
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
    id: decision.context.newId(),
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
