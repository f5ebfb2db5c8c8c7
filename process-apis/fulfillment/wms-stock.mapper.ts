import { ADJUSTMENT_REASONS, type AdjustmentReason, type StockFact } from '../../src/model/stock.js';
import type { WmsStockFact } from '../../system-apis/wms/wms.port.js';

/** A warehouse's stock fact as the hub takes it. What the contract lets be absent and is needed is refused by the intake. */
export function toStockFact(source: string, fact: WmsStockFact): StockFact {
  const { sku, node, occurredAt, quantity, unit, lot, expiresOn, serials, sequence } = fact;
  const head = {
    id: `${source}/${fact.id}`,
    source,
    sku,
    node,
    occurredAt,
    ...(unit === undefined ? {} : { unit }),
    ...(lot === undefined ? {} : { lot }),
    ...(expiresOn === undefined ? {} : { expiresOn }),
    ...(serials === undefined ? {} : { serials }),
    ...(sequence === undefined ? {} : { sequence }),
  };
  const { document = '', otherNode, expectedAt } = fact;
  switch (fact.kind) {
    case 'STOCK_RECEIVED':
      return { ...head, kind: 'RECEIVED', quantity, ...(fact.document === undefined ? {} : { document }) };
    case 'STOCK_COUNTED':
      return { ...head, kind: 'COUNTED', quantity };
    case 'STOCK_ADJUSTED':
      return { ...head, kind: 'ADJUSTED', quantity, reason: toReason(fact.reason) };
    case 'STOCK_HELD':
      return { ...head, kind: 'HELD', quantity };
    case 'STOCK_HOLD_LIFTED':
      return { ...head, kind: 'HOLD_LIFTED', quantity };
    case 'TRANSFER_SHIPPED':
      return {
        ...head,
        kind: 'TRANSFER_SHIPPED',
        quantity,
        document,
        toNode: otherNode ?? '',
        ...(expectedAt === undefined ? {} : { expectedAt }),
      };
    case 'TRANSFER_RECEIVED':
      return { ...head, kind: 'TRANSFER_RECEIVED', quantity, document };
    case 'STOCK_ANNOUNCED':
      return {
        ...head,
        kind: 'ANNOUNCED',
        supply: otherNode === undefined ? 'ASN' : 'TRANSFER',
        quantity,
        document,
        expectedAt: expectedAt ?? occurredAt,
        ...(otherNode === undefined ? {} : { fromNode: otherNode }),
      };
    case 'STOCK_ANNOUNCEMENT_CANCELLED':
      return { ...head, kind: 'ANNOUNCEMENT_CANCELLED', quantity, document };
  }
}

/** The hub's own word where the warehouse uses it; any other code is an adjustment. */
function toReason(code: string | undefined): AdjustmentReason {
  return ADJUSTMENT_REASONS.find((reason) => reason === code?.toUpperCase()) ?? 'ADJUSTMENT';
}
