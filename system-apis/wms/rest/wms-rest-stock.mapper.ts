import { parseInstant } from '../../../src/model/time.js';
import type { NodeStock, StockPage, WmsStockFact, WmsStockKind } from '../wms.port.js';
import type { WireStockEvent, WireStockPage, WireStockPosition } from './wms-rest-stock.wire.js';

const KINDS: Readonly<Record<WireStockEvent['type'], WmsStockKind>> = {
  'stock.received': 'STOCK_RECEIVED',
  'stock.counted': 'STOCK_COUNTED',
  'stock.adjusted': 'STOCK_ADJUSTED',
  'stock.held': 'STOCK_HELD',
  'stock.hold_lifted': 'STOCK_HOLD_LIFTED',
  'transfer.shipped': 'TRANSFER_SHIPPED',
  'transfer.received': 'TRANSFER_RECEIVED',
  'stock.announced': 'STOCK_ANNOUNCED',
  'stock.announcement_cancelled': 'STOCK_ANNOUNCEMENT_CANCELLED',
};

/** All that a stock event of any type may say. */
interface AnyStockEvent {
  readonly lot?: string | undefined;
  readonly expiresOn?: string | undefined;
  readonly serials?: readonly string[] | undefined;
  readonly document?: string | undefined;
  readonly supply?: WmsStockFact['supply'] | undefined;
  readonly otherNode?: string | undefined;
  readonly expectedAt?: string | undefined;
}

/** One stock event of the warehouse in the hub's words. */
export function toStockFact(event: WireStockEvent): WmsStockFact {
  const { unit, reason, sequence } = event;
  const { lot, expiresOn, serials, document, supply, otherNode, expectedAt }: AnyStockEvent = event;
  return {
    kind: KINDS[event.type],
    id: event.id,
    occurredAt: parseInstant(event.occurredAt),
    sku: event.sku,
    node: event.node,
    quantity: event.quantity,
    ...(unit === undefined ? {} : { unit }),
    ...(lot === undefined ? {} : { lot }),
    ...(expiresOn === undefined ? {} : { expiresOn }),
    ...(serials === undefined ? {} : { serials }),
    ...(reason === undefined ? {} : { reason }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(document === undefined ? {} : { document }),
    ...(supply === undefined ? {} : { supply }),
    ...(otherNode === undefined ? {} : { otherNode }),
    ...(expectedAt === undefined ? {} : { expectedAt: parseInstant(expectedAt) }),
  };
}

export function toStockPage({ node, asOf, sequence, positions, next }: WireStockPage): StockPage {
  return {
    node,
    asOf: parseInstant(asOf),
    ...(sequence === undefined ? {} : { sequence }),
    positions: positions.map(toNodeStock),
    ...(next === undefined ? {} : { next }),
  };
}

function toNodeStock({ sku, onHand, qualityHold, unit, lots }: WireStockPosition): NodeStock {
  return {
    sku,
    onHand,
    qualityHold,
    ...(unit === undefined ? {} : { unit }),
    ...(lots === undefined
      ? {}
      : {
          lots: lots.map((entry) => ({
            lot: entry.lot,
            ...(entry.expiresOn === undefined ? {} : { expiresOn: entry.expiresOn }),
            onHand: entry.onHand,
          })),
        }),
  };
}
