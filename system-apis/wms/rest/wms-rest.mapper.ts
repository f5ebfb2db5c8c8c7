import { parseInstant } from '../../../src/model/time.js';
import type {
  CancelResult,
  ReleaseFulfillment,
  ReleaseResult,
  WmsFact,
  WmsLineUnits,
  WmsPackage,
} from '../wms.port.js';
import type { WireEvent, WirePackage } from './wms-rest-event.wire.js';
import type { WireCancellationAnswer, WireRelease, WireReleaseResult } from './wms-rest-release.wire.js';

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
    lines: command.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
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
        lines: event.lines.map(toLineUnits),
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
    case 'stock.received':
    case 'stock.counted':
      return {
        ...told,
        kind: event.type === 'stock.received' ? 'STOCK_RECEIVED' : 'STOCK_COUNTED',
        sku: event.sku,
        node: event.node,
        quantity: event.quantity,
      };
  }
}

function toLineUnits({ lineId, quantity }: WmsLineUnits): WmsLineUnits {
  return { lineId, quantity };
}

function toPackage(wire: WirePackage): WmsPackage {
  return {
    reference: wire.reference,
    ...(wire.sscc === undefined ? {} : { sscc: wire.sscc }),
    carrier: wire.carrier,
    ...(wire.service === undefined ? {} : { service: wire.service }),
    trackingNumber: wire.trackingNumber,
    ...(wire.trackingUrl === undefined ? {} : { trackingUrl: wire.trackingUrl }),
    items: wire.items.map(({ lineId, quantity, serials }) => ({ lineId, quantity, serials: serials ?? [] })),
  };
}
