import { type FulfillmentOrder, type FulfillmentOrderStatus, type RecallCause } from '../../../src/model/order.js';
import type { OrderFactBody } from '../orders.facts.js';
import { remainingUnits } from '../orders.evolve.js';
import { destinationOf, sameAddress } from '../orders.parties.js';
import { askToStop, requestWarehouseCancellations } from './cancel.js';
import { claimStock } from './claim.js';
import { FactRejectedError, type Decision } from './decision.js';
import { releaseHoldsOf } from './hold.js';
import { unreserve } from './stock-moves.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

/** The node was told, or is being told. */
const TOLD: ReadonlySet<FulfillmentOrderStatus> = new Set(['RELEASE_REQUESTED', 'RELEASED', 'CANCEL_REQUESTED']);

/**
 * Work that nodes were told with something that is no longer right is taken back: each is asked to stop, and when it agrees the
 * units are sourced and released anew. One that has yet to answer the release is asked when it has.
 */
export function recallWork(decision: Decision, because: RecallCause): void {
  for (const fo of decision.order.fulfillmentOrders)
    if (TOLD.has(fo.status) && unitsLeft(fo) > 0) recall(decision, fo, because);
  requestWarehouseCancellations(decision);
}

function recall(decision: Decision, fo: FulfillmentOrder, because: RecallCause): void {
  decision.emit({ type: 'FulfillmentRecalled', fulfillmentOrderId: fo.id, because });
}

export function decideAddressCorrected(decision: Decision, { shipTo, by }: Fact<'AddressCorrected'>): void {
  const known = decision.context.partiesOf(decision.order.id)?.shipTo;
  if (known !== undefined && sameAddress(known, shipTo)) return;
  requireUnshipped(decision, 'address');
  const destination = destinationOf(shipTo);
  decision.emit({ type: 'AddressCorrected', by, ...(destination === undefined ? {} : { destination }) });
  recallWork(decision, 'ADDRESS');
  releaseHoldsOf(decision, 'ADDRESS', by, 'the address was corrected');
}

export function decideShipMethodCorrected(decision: Decision, { shipMethod, by }: Fact<'ShipMethodCorrected'>): void {
  if (decision.order.shipMethod === shipMethod) return;
  requireUnshipped(decision, 'ship method');
  decision.emit({ type: 'ShipMethodCorrected', by, shipMethod });
  recallWork(decision, 'SHIP_METHOD');
  releaseHoldsOf(decision, 'SHIP_METHOD', by, 'the ship method was corrected');
}

function requireUnshipped({ order }: Decision, what: string): void {
  const left = order.lines.some(({ quantities: { open, reserved, released, picked, packed } }) => {
    return open + reserved + released + picked + packed > 0;
  });
  if (!left) throw new FactRejectedError(`too late to correct the ${what}: nothing of the order is left to ship`);
}

/**
 * A person wants units from another node: of one fulfillment order, or (without one) what waits for stock is looked for again,
 * also at nodes that refused.
 */
export function decideReSource(
  decision: Decision,
  { fulfillmentOrderId, by, reason }: Fact<'ReSourceRequested'>,
): void {
  const fo = decision.order.fulfillmentOrders.find(({ id }) => id === fulfillmentOrderId);
  if (fulfillmentOrderId !== undefined && fo === undefined)
    throw new FactRejectedError(`order ${decision.order.id} has no fulfillment order ${fulfillmentOrderId}`);
  if (fo !== undefined && unitsLeft(fo) === 0)
    throw new FactRejectedError(`fulfillment order ${fo.id} has no units left to ship`);
  if (fo?.recall?.elsewhere === true && fo.recall.refused === undefined) return;
  decision.emit({
    type: 'ReSourceRequested',
    by,
    reason,
    ...(fulfillmentOrderId === undefined ? {} : { fulfillmentOrderId }),
  });
  if (fo === undefined) return;
  recall(decision, fo, 'RE_SOURCE');
  if (fo.status === 'PLANNED') moveElsewhere(decision, fo);
  else requestWarehouseCancellations(decision);
}

/** Nothing was told outside yet: the claim moves at once, or stays where it is. */
function moveElsewhere(decision: Decision, fo: FulfillmentOrder): void {
  const before = decision.order.fulfillmentOrders.length;
  const lines = fo.lines.flatMap((line) => {
    const quantity = remainingUnits(line);
    return quantity > 0 ? [{ lineId: line.lineId, quantity }] : [];
  });
  unreserve(decision, fo, lines, 'open');
  claimStock(decision);
  const planned = decision.order.fulfillmentOrders.slice(before);
  if (planned.length === 0 || planned.some(({ node }) => node === fo.node))
    throw new FactRejectedError(`no other node than ${fo.node} has the units: they stay there`);
}

/** The warehouse holds an earlier release that says something else: it is asked to stop that one, and the units are sourced anew. */
export function decideRefusedAsDifferent(decision: Decision, fact: Fact<'FulfillmentRefusedAsDifferent'>): void {
  const fo = decision.order.fulfillmentOrders.find(({ id }) => id === fact.fulfillmentOrderId);
  if (fo?.status !== 'RELEASE_REQUESTED') return;
  decision.emit({ type: 'FulfillmentRefusedAsDifferent', fulfillmentOrderId: fo.id });
  askToStop(decision, fo);
}

function unitsLeft(fo: FulfillmentOrder): number {
  return fo.lines.reduce((sum, line) => sum + remainingUnits(line), 0);
}
