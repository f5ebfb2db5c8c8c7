import { parseInstant } from '../../../src/model/time.js';
import type {
  CancelResult,
  LotUnits,
  ReleaseFulfillment,
  ReleaseLine,
  ReleaseResult,
  WmsFact,
  WmsLineUnits,
  WmsPackage,
  WmsShortUnits,
} from '../wms.port.js';
import type { WireEvent, WirePackage, WirePackageItem, WireShortLine } from './wms-rest-event.wire.js';
import type {
  WireCancellationAnswer,
  WireRelease,
  WireReleaseLine,
  WireReleaseResult,
} from './wms-rest-release.wire.js';
import { toStockFact } from './wms-rest-stock.mapper.js';

export function toWireRelease(command: ReleaseFulfillment): WireRelease {
  return {
    fulfillmentOrderId: command.fulfillmentOrderId,
    node: command.node,
    channel: command.channel,
    reference: command.reference,
    ...(command.shipMethod === undefined ? {} : { shipMethod: command.shipMethod }),
    ...(command.shipBy === undefined ? {} : { shipBy: command.shipBy }),
    ...(command.shipTo === undefined ? {} : { shipTo: { ...command.shipTo } }),
    ...(command.giftMessage === undefined ? {} : { giftMessage: command.giftMessage }),
    lines: command.lines.map(toWireLine),
  };
}

function toWireLine({ lineId, sku, quantity, components, lots }: ReleaseLine): WireReleaseLine {
  return {
    lineId,
    sku,
    quantity,
    ...(components === undefined
      ? {}
      : { components: components.map((component) => ({ sku: component.sku, quantity: component.quantity })) }),
    ...(lots === undefined ? {} : { lots: lots.map(toLotUnits) }),
  };
}

export function toReleaseResult(result: WireReleaseResult): ReleaseResult {
  const { fulfillmentOrderId } = result;
  if (result.outcome === 'ACCEPTED')
    return { fulfillmentOrderId, outcome: 'ACCEPTED', wmsReference: result.wmsReference };
  return { fulfillmentOrderId, outcome: 'REJECTED', code: result.code, reason: result.reason };
}

export function toCancelResult(answer: WireCancellationAnswer): CancelResult {
  return answer.outcome === 'CANCELLED' ? { outcome: 'CANCELLED' } : { outcome: 'REFUSED', reason: answer.reason };
}

/** One event of the warehouse in the hub's words. */
export function toFact(event: WireEvent): WmsFact {
  const told = { id: event.id, occurredAt: parseInstant(event.occurredAt) };
  switch (event.type) {
    case 'fulfillment.picked':
    case 'fulfillment.packed':
      return {
        ...told,
        kind: event.type === 'fulfillment.picked' ? 'PICKED' : 'PACKED',
        fulfillmentOrderId: event.fulfillmentOrderId,
        lines: event.lines.map(toLineUnits),
      };
    case 'fulfillment.short_picked':
      return {
        ...told,
        kind: 'SHORT_PICKED',
        fulfillmentOrderId: event.fulfillmentOrderId,
        lines: event.lines.map(toShortUnits),
        reason: event.reason,
      };
    case 'fulfillment.carrier_refused':
      return {
        ...told,
        kind: 'CARRIER_REFUSED',
        fulfillmentOrderId: event.fulfillmentOrderId,
        reason: event.reason,
      };
    case 'fulfillment.shipped':
      return {
        ...told,
        kind: 'SHIPPED',
        fulfillmentOrderId: event.fulfillmentOrderId,
        shipmentReference: event.shipmentReference,
        packages: event.packages.map(toPackage),
      };
    default:
      return toStockFact(event);
  }
}

function toLineUnits({ lineId, quantity }: WmsLineUnits): WmsLineUnits {
  return { lineId, quantity };
}

function toShortUnits({ lineId, quantity, sku }: WireShortLine): WmsShortUnits {
  return { lineId, quantity, ...(sku === undefined ? {} : { sku }) };
}

function toLotUnits({ sku, lot, quantity }: LotUnits): LotUnits {
  return { sku, lot, quantity };
}

function toPackage(wire: WirePackage): WmsPackage {
  return {
    reference: wire.reference,
    ...(wire.sscc === undefined ? {} : { sscc: wire.sscc }),
    carrier: wire.carrier,
    ...(wire.service === undefined ? {} : { service: wire.service }),
    trackingNumber: wire.trackingNumber,
    ...(wire.trackingUrl === undefined ? {} : { trackingUrl: wire.trackingUrl }),
    items: wire.items.map(toPackageItem),
  };
}

function toPackageItem({ lineId, quantity, serials, lots }: WirePackageItem): WmsPackage['items'][number] {
  return {
    lineId,
    quantity,
    serials: serials ?? [],
    ...(lots === undefined ? {} : { lots: lots.map(toLotUnits) }),
  };
}
