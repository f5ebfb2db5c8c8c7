import { standingHolds, type Order, type OutsideSystem, type Shipment, type Wait } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import { unitsToClaim } from './orders.claimable.js';
import { wantsNothingOfErp } from './orders.evolve-erp.js';
import { remainingUnits } from './orders.evolve.js';
import { startedAt, timedBy, type ClockFor } from './orders.sla.js';

type Awaited = Pick<Wait, 'key' | 'system' | 'reason'>;

/** Wait keys by which someone looks for orders: stored in an indexed column. */
const SEARCHED = /^(STOCK:|LISTING:|ERP:CONFIRMATION$|ERP:BILLING$)/;

/**
 * What the order waits for, with the time since each wait has lasted and its SLA clock. Pure; follows from the state. Waits
 * that run since before the fact, as `running` has them, keep the clock by which they began.
 */
export function withWaits(
  order: Order,
  now: Instant,
  clockFor: ClockFor = () => undefined,
  running: readonly Wait[] = [],
): Order {
  const before = new Map(order.waits.map((wait) => [wait.key, wait]));
  const begun = new Map(running.map((wait) => [wait.key, startedAt(wait)]));
  const waits = awaited(order).map((wait): Wait => {
    const known = before.get(wait.key);
    // What is known of the wait stays: since when, what failed, whether it is overdue.
    const current: Wait = known === undefined ? { ...wait, since: now } : { ...known, ...wait };
    return begun.get(wait.key) === startedAt(current) ? current : timedBy(clockFor, order.channel, current);
  });
  return { ...order, waits };
}

export function searchedWaitKeys(order: Order): readonly string[] {
  return [...new Set(order.waits.map((wait) => wait.key).filter((key) => SEARCHED.test(key)))];
}

export const waitKeys = {
  stock: (sku: string): string => `STOCK:${sku}`,
  listing: (channel: string, listingSku: string): string => `LISTING:${channel}/${listingSku}`,
  posting: 'ERP:POSTING',
  confirmation: 'ERP:CONFIRMATION',
  reduction: 'ERP:REDUCTION',
  billing: 'ERP:BILLING',
  amendment: 'ERP:AMENDMENT',
  rejection: 'ERP:REJECTED',
  release: (number: number): string => `WMS:RELEASE:${number}`,
  shipment: (number: number): string => `WMS:SHIPMENT:${number}`,
  wmsCancel: (number: number): string => `WMS:CANCEL:${number}`,
  package: (packageId: string): string => `CHANNEL:PACKAGE:${packageId}`,
  goodsIssue: (shipmentId: string): string => `ERP:GOODS-ISSUE:${shipmentId}`,
  hold: (holdId: string): string => `HOLD:${holdId}`,
} as const;

function awaited(order: Order): readonly Awaited[] {
  return [
    ...holdWaits(order),
    ...lineWaits(order),
    ...erpWaits(order),
    ...warehouseWaits(order),
    ...shipmentWaits(order),
  ];
}

/** Refusals by ERP or node that stand as a hold until a person corrected or accepted what they are about. */
export const HELD_REFUSALS: ReadonlySet<string> = new Set(['ADDRESS', 'SHIP_METHOD', 'PRICE']);

/** A hold of which nothing is left to stop is no wait: its goods are gone, or with the warehouses. */
function holdWaits(order: Order): readonly Awaited[] {
  if (unitsToStop(order) === 0) return [];
  return standingHolds(order).map(({ id, reason }) => ({ key: waitKeys.hold(id), system: 'PERSON', reason }));
}

/** Units that a hold keeps from going outside: those that no node was asked for yet. */
export function unitsToStop({ lines, fulfillmentOrders }: Order): number {
  const planned = fulfillmentOrders.filter((fo) => fo.status === 'PLANNED').flatMap((fo) => fo.lines);
  const open = lines.reduce((sum, { quantities }) => sum + quantities.open, 0);
  return planned.reduce((sum, line) => sum + remainingUnits(line), open);
}

function lineWaits(order: Order): readonly Awaited[] {
  const waits = new Map<string, Awaited>();
  const add = (key: string, system: OutsideSystem, reason: string): void =>
    void waits.set(key, { key, system, reason });
  for (const line of order.lines) {
    const claimable = unitsToClaim(order, line);
    const late = line.quantities.open - claimable;
    if (late > 0)
      add(
        waitKeys.amendment,
        'ERP',
        `${late} units of line ${line.number} were added after the sales order was sent: post them by hand, or cancel them.`,
      );
    if (claimable === 0) continue;
    if (line.sku === null)
      add(
        waitKeys.listing(order.channel, line.listingSku),
        'CATALOG',
        `The listing SKU "${line.listingSku}" of ${order.channel} is not mapped to an item.`,
      );
  }
  for (const { sku, missing, releasedAt } of order.shortages)
    add(
      waitKeys.stock(sku),
      'STOCK',
      releasedAt === undefined
        ? `${missing} units of ${sku} are missing at the nodes that may ship it.`
        : `${sku} is not released for sale before ${releasedAt}.`,
    );
  return [...waits.values()];
}

function erpWaits(order: Order): readonly Awaited[] {
  const { erp } = order;
  switch (erp.status) {
    case 'REQUESTED':
      return [{ key: waitKeys.posting, system: 'ERP', reason: 'The sales order is being posted to the ERP.' }];
    case 'POSTED':
      if (wantsNothingOfErp(erp)) return reductionWaits(order);
      return [
        {
          key: waitKeys.confirmation,
          system: 'ERP',
          reason: `The ERP has yet to confirm sales order ${erp.salesOrder}.`,
        },
        ...reductionWaits(order),
      ];
    case 'REJECTED':
      return stillWanted(order)
        ? [{ key: waitKeys.rejection, system: 'ERP', reason: `The ERP rejected the sales order: ${erp.reason}` }]
        : [];
    case 'CONFIRMED':
      return reductionWaits(order);
    case 'NONE':
    case 'NOT_NEEDED':
      return [];
  }
}

function stillWanted(order: Order): boolean {
  return order.lines.some((line) => line.quantities.reserved + line.quantities.open > 0);
}

function reductionWaits(order: Order): readonly Awaited[] {
  const { requested, held, salesOrder } = order.erp;
  const open = Object.entries(requested).some(([lineId, units]) => held[lineId] !== units);
  return open
    ? [
        {
          key: waitKeys.reduction,
          system: 'ERP',
          reason: `Cancelled units are being taken off sales order ${salesOrder}.`,
        },
      ]
    : [];
}

function warehouseWaits(order: Order): readonly Awaited[] {
  return order.fulfillmentOrders.flatMap((fo): readonly Awaited[] => {
    const units = fo.lines.reduce((sum, line) => sum + remainingUnits(line), 0);
    switch (fo.status) {
      case 'RELEASE_REQUESTED':
        return [{ key: waitKeys.release(fo.number), system: 'WMS', reason: `${fo.node} has yet to take the work.` }];
      case 'RELEASED':
        return [{ key: waitKeys.shipment(fo.number), system: 'WMS', reason: `${fo.node} has ${units} units to ship.` }];
      case 'CANCEL_REQUESTED':
        return [{ key: waitKeys.wmsCancel(fo.number), system: 'WMS', reason: `${fo.node} is asked to stop the work.` }];
      case 'PLANNED':
      case 'CANCELLED':
      case 'REJECTED':
      case 'CLOSED':
        return [];
    }
  });
}

function shipmentWaits(order: Order): readonly Awaited[] {
  return [...order.shipments.flatMap((shipment) => tellingWaits(order, shipment)), ...billingWaits(order)];
}

function tellingWaits(order: Order, shipment: Shipment): readonly Awaited[] {
  const untold = shipment.packages
    .filter((parcel) => parcel.channelConfirmedAt === undefined)
    .map((parcel): Awaited => {
      const reason = `${order.channel} has yet to take package ${parcel.trackingNumber}.`;
      return { key: waitKeys.package(parcel.id), system: 'CHANNEL', reason };
    });
  if (shipment.deliveryDocument !== undefined) return untold;
  const reason = `The goods issue of shipment ${shipment.reference} is being posted.`;
  return [...untold, { key: waitKeys.goodsIssue(shipment.id), system: 'ERP', reason }];
}

/** One wait for all deliveries: whoever reads the ERP's billing looks for orders by its key. */
function billingWaits({ shipments }: Order): readonly Awaited[] {
  const open = shipments.flatMap(({ deliveryDocument, invoice }) =>
    deliveryDocument === undefined || invoice !== undefined ? [] : [deliveryDocument],
  );
  if (open.length === 0) return [];
  const reason =
    open.length === 1 ? `Delivery ${open[0]} is not billed yet.` : `Deliveries ${open.join(', ')} are not billed yet.`;
  return [{ key: waitKeys.billing, system: 'ERP', reason }];
}
