import type { LineUnits, OrderEvent } from '../../../src/model/events.js';
import type { ChannelOrder, ChannelOrderLine } from '../../../src/model/channel-order.js';
import { NO_QUANTITIES, type Destination, type Order, type OrderLine } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import { amendedParties, destinationOf, newAddress } from '../orders.parties.js';
import { requestCancellation } from './cancel.js';
import { lineIdOf, orderIdOf } from '../order-ids.js';
import { recallWork } from './correct.js';
import { FactRejectedError, type Decision } from './decision.js';
import { holdAccepted, holdAmended, releaseHoldsOf } from './hold.js';
import { mayBeOfLostHub, takeFulfilledOutside } from './observe.js';

/** The channel told of an order: new, changed, or (when older than what is known) nothing. */
export function decideChannelOrder(decision: Decision, told: ChannelOrder): void {
  if (!decision.exists) {
    accept(decision, told);
    return;
  }
  refuseOther(decision.order, told);
  // Two changes may carry one version where a channel's clock is coarse: the same version is looked at again.
  if (told.version < decision.order.channelVersion) return;
  const more = amend(decision, told);
  takeOutsideFulfillment(decision, told);
  cancelWhatChannelCancelled(decision, told);
  holdAmended(decision, told, more);
}

/** When an order was placed and in which currency never changes: what differs there is another order under its number. */
function refuseOther({ placedAt, currency }: Order, told: ChannelOrder): void {
  const [was, is] = [secondOf(placedAt), secondOf(told.placedAt)];
  if (told.currency === currency && was === is) return;
  throw new FactRejectedError(
    `the number is that of an order in ${currency} of ${was}Z: this one, in ${told.currency} of ${is}Z, is another`,
    'DUPLICATE_REFERENCE',
  );
}

/** Not every message of a channel tells fractions. */
function secondOf(instant: Instant): string {
  return instant.slice(0, 'YYYY-MM-DDThh:mm:ss'.length);
}

function accept(decision: Decision, told: ChannelOrder): void {
  const { channel, reference, currency, placedAt, charges, attributes } = told;
  const id = orderIdOf(channel, reference, placedAt);
  decision.emit({
    type: 'OrderAccepted',
    order: {
      id,
      channel,
      reference,
      currency,
      placedAt,
      charges,
      attributes,
      tier: decision.context.policyOf(channel).tier,
      channelVersion: told.version,
      lines: told.lines.map((line, index) => toLine(decision, told, line, { orderId: id, number: index + 1 })),
      ...optional(told),
    },
  });
  const everything = decision.order.lines.flatMap((line) =>
    line.quantities.open > 0 ? [{ lineId: line.id, quantity: line.quantities.open }] : [],
  );
  if (told.cancelled && everything.length > 0)
    requestCancellation(decision, everything, 'CHANNEL', told.cancelReason ?? 'cancelled at the channel');
  holdAccepted(decision, told);
}

function toLine(
  decision: Decision,
  told: ChannelOrder,
  line: ChannelOrderLine,
  { orderId, number }: { readonly orderId: string; readonly number: number },
): OrderLine {
  const cancelled = Math.min(line.cancelledQuantity, line.quantity);
  // What needs no shipping (gift cards, services) and what the channel says is fulfilled is not work for a warehouse.
  const external = Math.min(line.requiresShipping ? line.fulfilledQuantity : line.quantity, line.quantity - cancelled);
  return {
    id: lineIdOf(orderId, line.lineReference),
    number,
    lineReference: line.lineReference,
    listingSku: line.listingSku,
    sku: null,
    ...decision.context.listedItem(told.channel, line.listingSku),
    title: line.title,
    ordered: line.quantity,
    told: line.quantity - cancelled,
    quantities: { ...NO_QUANTITIES, open: line.quantity - cancelled - external, cancelled, external },
    unitPrice: line.unitPrice,
    charges: line.charges,
    ...(line.gift === undefined ? {} : { gift: line.gift }),
  };
}

/** Gives true when the channel added something. */
function amend(decision: Decision, told: ChannelOrder): boolean {
  const address = newAddress(decision.context.partiesOf(decision.order.id), told.parties);
  const destination = amendedDestination(decision, told);
  const shipMethod = newShipMethod(decision.order, told);
  const wanted = changedWishes(decision, told);
  const { id: orderId } = decision.order;
  const known = new Map(decision.order.lines.map((line) => [line.lineReference, line]));
  const added = told.lines.filter((line) => !known.has(line.lineReference));
  const event: OrderEvent = {
    type: 'OrderAmended',
    channelVersion: told.version,
    addedLines: added.map((line, index) =>
      toLine(decision, told, line, { orderId, number: decision.order.lines.length + index + 1 }),
    ),
    addedUnits: told.lines.flatMap((line) => {
      const before = known.get(line.lineReference);
      const units = before === undefined ? 0 : unitsAdded(before, line);
      return before !== undefined && units > 0 ? [{ lineId: before.id, quantity: units }] : [];
    }),
    ...(wanted.length === 0 ? {} : { told: wanted }),
    charges: told.charges,
    // Channels blank personal data after a while: what was known stays.
    partiesChanged: told.parties.shipTo !== undefined,
    ...(address === undefined ? {} : { addressChanged: true }),
    ...(shipMethod === undefined ? {} : { shipMethod }),
    ...(told.shipBy === undefined ? {} : { shipBy: told.shipBy }),
    ...(told.deliverBy === undefined ? {} : { deliverBy: told.deliverBy }),
    ...(told.grandTotal === undefined ? {} : { grandTotal: told.grandTotal }),
    ...(destination === undefined ? {} : { destination }),
  };
  const sameVersion = told.version === decision.order.channelVersion;
  const isMore = event.addedLines.length + event.addedUnits.length > 0;
  if (sameVersion && !isMore && wanted.length === 0 && address === undefined) return false;
  const methodBefore = decision.order.shipMethod;
  decision.emit(event);
  if (address !== undefined) {
    recallWork(decision, 'ADDRESS');
    releaseHoldsOf(decision, 'ADDRESS', 'channel', 'the channel told another address');
  }
  if (shipMethod !== undefined && methodBefore !== undefined) {
    recallWork(decision, 'SHIP_METHOD');
    releaseHoldsOf(decision, 'SHIP_METHOD', 'channel', 'the channel told another ship method');
  }
  return isMore;
}

/**
 * Units that the channel wants beyond what it wanted before. It may raise what it lowered: then the line's quantity is no more
 * than what was once ordered, and the units are new all the same.
 */
function unitsAdded(before: OrderLine, line: ChannelOrderLine): number {
  const wanted = line.quantity - Math.min(line.cancelledQuantity, line.quantity);
  return Math.max(line.quantity - before.ordered, wanted - (before.told ?? wanted));
}

/** What the channel wants now, of lines of which it wanted more or fewer units before. */
function changedWishes({ order }: Decision, told: ChannelOrder): readonly LineUnits[] {
  const known = new Map(order.lines.map((line) => [line.lineReference, line]));
  return told.lines.flatMap((line) => {
    const before = known.get(line.lineReference);
    const quantity = line.quantity - Math.min(line.cancelledQuantity, line.quantity);
    return before === undefined || before.told === quantity ? [] : [{ lineId: before.id, quantity }];
  });
}

/** A person's correction stays until the channel says another word than it did. */
function newShipMethod({ shipMethod, shipMethodTold }: Order, told: ChannelOrder): string | undefined {
  return told.shipMethod === (shipMethodTold ?? shipMethod) ? undefined : told.shipMethod;
}

/** … and so does the place of an address that a person corrected. */
function amendedDestination({ context, order }: Decision, told: ChannelOrder): Destination | undefined {
  return destinationOf(amendedParties(context.partiesOf(order.id), told.parties).shipTo);
}

/** Units that the channel shows as fulfilled beyond what the hub shipped: someone did it by hand there. */
function takeOutsideFulfillment(decision: Decision, told: ChannelOrder): void {
  const lines = told.lines.flatMap((line) => {
    const known = decision.order.lines.find((candidate) => candidate.lineReference === line.lineReference);
    if (known === undefined || (line.requiresShipping && mayBeOfLostHub(decision))) return [];
    const done = line.requiresShipping ? line.fulfilledQuantity : line.quantity - line.cancelledQuantity;
    return [{ lineId: known.id, quantity: done - known.quantities.shipped - known.quantities.external }];
  });
  takeFulfilledOutside(decision, `order@${told.version}`, lines);
}

function cancelWhatChannelCancelled(decision: Decision, told: ChannelOrder): void {
  const { order } = decision;
  const toldLines = new Map(told.lines.map((line) => [line.lineReference, line]));
  const lines = order.lines.flatMap((line) => {
    const cancelled = line.quantities.cancelled + (order.cancelling[line.id] ?? 0);
    const left = line.ordered - cancelled - line.quantities.shipped - line.quantities.external;
    const toldLine = toldLines.get(line.lineReference);
    // Some channels count cancelled units, others lower the quantity: what is left there is what counts.
    const leftThere = toldLine === undefined ? line.ordered : toldLine.quantity - toldLine.cancelledQuantity;
    const wanted = told.cancelled ? left : line.ordered - leftThere - cancelled;
    const quantity = Math.min(wanted, left);
    return quantity > 0 ? [{ lineId: line.id, quantity }] : [];
  });
  if (lines.length > 0)
    requestCancellation(decision, lines, 'CHANNEL', told.cancelReason ?? 'cancelled at the channel');
}

function optional(told: ChannelOrder): object {
  const { displayReference, shipMethod, shipBy, deliverBy, grandTotal, collectAt } = told;
  const destination = destinationOf(told.parties.shipTo);
  return Object.fromEntries(
    Object.entries({ displayReference, shipMethod, shipBy, deliverBy, grandTotal, collectAt, destination }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
