import type { ExceptionCategory, ExceptionSubject, Problem } from '../../src/model/exception.js';
import { type HoldKind } from '../../src/model/hold-kind.js';
import {
  standingHolds,
  sumQuantities,
  type FulfillmentOrder,
  type Order,
  type Shipment,
  type Wait,
} from '../../src/model/order.js';
import { remainingUnits } from './orders.evolve.js';
import { failureCategory, refusalCategory } from './orders.failures.js';
import { dueAt } from './orders.sla.js';
import { HELD_REFUSALS, waitKeys } from './orders.waits.js';

type Found = Pick<Problem, 'category' | 'groupKey'> & {
  /** Of the problem within its category. */
  readonly key: string;
  /** What is wrong: sentences. */
  readonly what: string;
  readonly subject?: ExceptionSubject;
  readonly dueAt?: string;
};

const CATEGORY_OF_HOLD: Readonly<Record<HoldKind, ExceptionCategory>> = {
  MANUAL: 'ORDER_HELD',
  FRAUD: 'FRAUD_HOLD',
  CREDIT: 'CREDIT_HOLD',
  HIGH_VALUE: 'ORDER_HELD',
  PAYMENT: 'PAYMENT_NOT_CAPTURED',
  PRICE: 'PRICE_MISMATCH',
  ADDRESS: 'ADDRESS_FAILURE',
  SHIP_METHOD: 'INVALID_SHIP_METHOD',
};

/**
 * What of the order a person must solve. Found by looking at the state alone, as its waits are: it does not matter which fact
 * led there, and a problem that is no longer found is over. Pure.
 */
export function problemsOf(order: Order): readonly Problem[] {
  const found = [
    ...heldProblems(order),
    ...order.waits.flatMap((wait) => waitProblem(order, wait) ?? []),
    ...order.fulfillmentOrders.flatMap((fo) => workProblems(order, fo)),
    ...order.shipments.flatMap(shipmentProblems),
    ...cancelledTooLate(order),
  ];
  return found.map((one) => toProblem(order, one));
}

function toProblem(order: Order, { key, category, what, groupKey, subject, dueAt: due }: Found): Problem {
  const by = due ?? (isActive(order) ? order.shipBy : undefined);
  return {
    key: `order/${order.id}/${category}/${key}`,
    category,
    sentence: `Order ${order.displayReference ?? order.reference} of ${order.channel}: ${what}`,
    groupKey,
    subject: { orderId: order.id, channel: order.channel, reference: order.reference, ...subject },
    ...(by === undefined ? {} : { dueAt: new Date(by).toISOString() }),
  };
}

/** Something is left to ship. */
function isActive(order: Order): boolean {
  const { open, reserved, released, picked, packed } = sumQuantities(order.lines.map((line) => line.quantities));
  return open + reserved + released + picked + packed > 0;
}

function heldProblems(order: Order): readonly Found[] {
  if (!isActive(order)) return [];
  return standingHolds(order).map(({ id, kind, reason, placedBy }) => ({
    category: CATEGORY_OF_HOLD[kind],
    key: id,
    what: `it is held (${placedBy}). ${sentence(reason)}`,
    groupKey: `HOLD:${kind}:${placedBy}:${order.channel}`,
    subject: { holdId: id, waitKey: waitKeys.hold(id) },
  }));
}

function waitProblem(order: Order, wait: Wait): Found | undefined {
  const { key, failure, lastError = '', reason } = wait;
  const category = failure === undefined ? undefined : failureCategory(wait.system, failure);
  if (category !== undefined)
    return {
      category,
      key,
      what: `${reason} The last try failed: ${sentence(lastError)}`,
      groupKey: [category, placeOf(order, wait), failure?.code ?? stepOf(key)].join(':'),
      subject: { waitKey: key, system: wait.system, ...workOf(order, wait) },
    };
  return businessProblem(order, wait) ?? lateProblem(order, wait);
}

/** Waits that only a person can end, from their start. */
function businessProblem(order: Order, { key, reason, system }: Wait): Found | undefined {
  const subject = { waitKey: key };
  if (key.startsWith('LISTING:')) {
    const listingSku = key.slice(waitKeys.listing(order.channel, '').length);
    return { category: 'UNKNOWN_SKU', key, what: reason, groupKey: key, subject: { ...subject, listingSku } };
  }
  if (key.startsWith('STOCK:')) return shortageProblem(order, key, reason);
  if (key === waitKeys.amendment) return { category: 'LATE_AMENDMENT', key, what: reason, groupKey: key, subject };
  if (key !== waitKeys.rejection) return undefined;
  const { code = '' } = order.erp;
  // A hold stands for it and says it.
  if (HELD_REFUSALS.has(code) && standingHolds(order).length > 0) return undefined;
  const category = refusalCategory(code);
  return { category, key, what: reason, groupKey: `${category}:${code}`, subject: { ...subject, system } };
}

/** Why the item is short says who must act: a node that refused or did not find the units, or the buyer of goods. */
function shortageProblem(order: Order, key: string, reason: string): Found | undefined {
  const short = order.shortages.find(({ sku }) => waitKeys.stock(sku) === key);
  // Ordered ahead: it comes at its time, and the clock says when it is late.
  if (short === undefined || short.releasedAt !== undefined) return undefined;
  const { sku } = short;
  const lines = new Set(order.lines.filter((line) => isOf(line, sku)).map(({ id }) => id));
  const work = order.fulfillmentOrders.flatMap((fo) =>
    fo.lines.filter(({ lineId }) => lines.has(lineId)).map((line) => ({ fo, line })),
  );
  const refused = work.find(({ fo }) => fo.status === 'REJECTED')?.fo;
  const missed = work.find(({ line }) => (line.short ?? 0) > 0)?.fo;
  const groupKey = key;
  const of = (fo: FulfillmentOrder): ExceptionSubject => ({ sku, waitKey: key, node: fo.node });
  if (missed !== undefined)
    return {
      category: 'SHORT_PICK',
      key,
      what: `${missed.node} did not find all units of ${sku}. ${reason}`,
      groupKey,
      subject: of(missed),
    };
  if (refused !== undefined)
    return {
      category: 'NODE_REJECTED',
      key,
      what: `${refused.node} refused the work: ${sentence(refused.refusal?.reason ?? '')} ${reason}`,
      groupKey,
      subject: of(refused),
    };
  return { category: 'STOCK_SHORTAGE', key, what: reason, groupKey, subject: { sku, waitKey: key } };
}

function isOf({ sku, components }: Order['lines'][number], item: string): boolean {
  return sku === item || components?.some((component) => component.sku === item) === true;
}

function lateProblem(order: Order, wait: Wait): Found | undefined {
  if (wait.overdueSince === undefined) return undefined;
  const due = dueAt(order, wait) ?? wait.overdueSince;
  const last = wait.lastError === undefined ? '' : ` The last try failed: ${sentence(wait.lastError)}`;
  const work = workOf(order, wait);
  return {
    category: 'LATE',
    key: wait.key,
    what: `a step is late since ${due}. ${wait.reason}${last}`,
    groupKey: `LATE:${stepOf(wait.key)}:${work.node ?? placeOf(order, wait)}`,
    subject: { waitKey: wait.key, system: wait.system, ...work },
    dueAt: due,
  };
}

/** The work that a warehouse's wait is about. */
function workOf(order: Order, { key }: Wait): Pick<ExceptionSubject, 'node' | 'fulfillmentOrderId'> {
  const number = /^WMS:\w+:(\d+)$/.exec(key)?.[1];
  const fo = order.fulfillmentOrders.find((candidate) => String(candidate.number) === number);
  return fo === undefined ? {} : { node: fo.node, fulfillmentOrderId: fo.id };
}

function workProblems(order: Order, fo: FulfillmentOrder): readonly Found[] {
  const subject = { fulfillmentOrderId: fo.id, node: fo.node };
  const isOpen = fo.lines.some((line) => remainingUnits(line) > 0);
  const problems: Found[] = [];
  const { recall, carrierRefusal } = fo;
  if (recall?.refused !== undefined) {
    const isAddress = recall.because === 'ADDRESS';
    // The goods go wrong until they are there, not only until they leave.
    if (isOpen || (isAddress && isOnItsWay(order, fo)))
      problems.push({
        category: isAddress ? 'ADDRESS_FAILURE' : 'LATE_AMENDMENT',
        key: `RECALL:${fo.id}`,
        what: `${TOO_LATE[recall.because]} ${fo.node} said it was too late: ${sentence(recall.refused)}`,
        groupKey: `RECALL:${recall.because}:${fo.node}`,
        subject,
      });
  }
  if (carrierRefusal !== undefined && isOpen)
    problems.push({
      category: 'CARRIER_FAILURE',
      key: fo.id,
      what: `the carrier would not take the parcel at ${fo.node}. ${sentence(carrierRefusal)}`,
      groupKey: `CARRIER:${fo.node}:${order.shipMethod ?? ''}`,
      subject,
    });
  return problems;
}

const TOO_LATE = {
  ADDRESS: 'the goods go to the former address.',
  SHIP_METHOD: 'the goods go by the former ship method.',
  RE_SOURCE: 'the goods could not be taken from the node.',
  CONTENT_DIFFERS: 'the warehouse works on an earlier release than the hub wants.',
} as const;

function isOnItsWay({ shipments }: Order, { id }: FulfillmentOrder): boolean {
  return shipments.some(
    (shipment) =>
      shipment.fulfillmentOrderId === id && shipment.packages.some(({ deliveredAt }) => deliveredAt === undefined),
  );
}

function shipmentProblems(shipment: Shipment): readonly Found[] {
  const { id, node, reference, late = [] } = shipment;
  const problems = shipment.packages.flatMap((parcel): Found[] => {
    const { tracking, carrier, trackingNumber } = parcel;
    if (tracking?.status !== 'FAILED' && tracking?.status !== 'RETURNING') return [];
    const why = tracking.detail === undefined ? '' : ` (${tracking.detail.replaceAll('_', ' ')})`;
    const fate = tracking.status === 'FAILED' ? 'could not be delivered' : 'comes back';
    return [
      {
        category: 'CARRIER_FAILURE',
        key: parcel.id,
        what: `package ${trackingNumber} of ${carrier} ${fate}${why}.`,
        groupKey: `CARRIER:${carrier}:${tracking.status}`,
        subject: { shipmentId: id, packageId: parcel.id, node },
      },
    ];
  });
  const units = late.reduce((sum, { quantity }) => sum + quantity, 0);
  if (units > 0)
    problems.push({
      category: 'LATE_AMENDMENT',
      key: `SHIPPED:${id}`,
      what: `${node} shipped ${units} units (${reference}) that it had given up.`,
      groupKey: `SHIPPED-LATE:${node}`,
      subject: { shipmentId: id, node },
    });
  return problems;
}

/** The buyer was told that it is cancelled, and gets it: a person stops the parcel or has it back. */
function cancelledTooLate({ lines, notCancelled = {}, channel }: Order): readonly Found[] {
  const units = lines.reduce((sum, { id, ordered, quantities: { cancelled, external } }) => {
    return sum + Math.min(notCancelled[id] ?? 0, ordered - cancelled - external);
  }, 0);
  if (units === 0) return [];
  return [
    {
      category: 'LATE_AMENDMENT',
      key: 'CANCELLED',
      what: `the channel cancelled ${units} units that it was too late to stop: they ship.`,
      groupKey: `CANCELLED-TOO-LATE:${channel}`,
    },
  ];
}

/** Where the cause of a failure lies: one system, or one channel account. */
function placeOf(order: Order, { system }: Wait): string {
  return system === 'CHANNEL' ? order.channel : system;
}

/** The step without what it is about: `WMS:RELEASE:2` is `WMS:RELEASE`. */
function stepOf(waitKey: string): string {
  return waitKey.split(':').slice(0, 2).join(':');
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
