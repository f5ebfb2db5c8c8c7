import type { OrderEvent } from '../../../src/model/events.js';
import type { ChannelOrder, ChannelOrderLine } from '../../../src/model/channel-order.js';
import { NO_QUANTITIES, type Destination, type OrderLine } from '../../../src/model/order.js';
import { requestCancellation } from './cancel.js';
import { lineIdOf, orderIdOf } from '../order-ids.js';
import type { Decision } from './decision.js';
import { takeFulfilledOutside } from './observe.js';

/** The channel told of an order: new, changed, or (when older than what is known) nothing. */
export function decideChannelOrder(decision: Decision, told: ChannelOrder): void {
  if (!decision.exists) {
    accept(decision, told);
    return;
  }
  // Two changes may carry one version where a channel's clock is coarse: the same version is looked at again.
  if (told.version < decision.order.channelVersion) return;
  amend(decision, told);
  takeOutsideFulfillment(decision, told);
  cancelWhatChannelCancelled(decision, told);
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
    quantities: { ...NO_QUANTITIES, open: line.quantity - cancelled - external, cancelled, external },
    unitPrice: line.unitPrice,
    charges: line.charges,
    ...(line.gift === undefined ? {} : { gift: line.gift }),
  };
}

function amend(decision: Decision, told: ChannelOrder): void {
  const destination = destinationOf(told);
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
      const units = before === undefined ? 0 : line.quantity - before.ordered;
      return before !== undefined && units > 0 ? [{ lineId: before.id, quantity: units }] : [];
    }),
    charges: told.charges,
    // Channels blank personal data after a while: what was known stays.
    partiesChanged: told.parties.shipTo !== undefined,
    ...(told.shipMethod === undefined ? {} : { shipMethod: told.shipMethod }),
    ...(told.shipBy === undefined ? {} : { shipBy: told.shipBy }),
    ...(told.deliverBy === undefined ? {} : { deliverBy: told.deliverBy }),
    ...(told.grandTotal === undefined ? {} : { grandTotal: told.grandTotal }),
    ...(destination === undefined ? {} : { destination }),
  };
  const sameVersion = told.version === decision.order.channelVersion;
  if (sameVersion && event.addedLines.length + event.addedUnits.length === 0) return;
  decision.emit(event);
}

/** Units that the channel shows as fulfilled beyond what the hub shipped: someone did it by hand there. */
function takeOutsideFulfillment(decision: Decision, told: ChannelOrder): void {
  const lines = told.lines.flatMap((line) => {
    const known = decision.order.lines.find((candidate) => candidate.lineReference === line.lineReference);
    if (known === undefined) return [];
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
  const destination = destinationOf(told);
  return Object.fromEntries(
    Object.entries({ displayReference, shipMethod, shipBy, deliverBy, grandTotal, collectAt, destination }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** Letters of a postal code that are kept: enough to choose a node, too few to find a person. */
const POSTAL_ZONE_LENGTH = 3;

function destinationOf({ parties: { shipTo } }: ChannelOrder): Destination | undefined {
  if (shipTo?.country === undefined) return undefined;
  const postalZone = shipTo.postalCode?.replaceAll(/\s/g, '').toUpperCase().slice(0, POSTAL_ZONE_LENGTH);
  return {
    country: shipTo.country,
    ...(shipTo.region === undefined ? {} : { region: shipTo.region }),
    ...(postalZone === undefined || postalZone === '' ? {} : { postalZone }),
  };
}
