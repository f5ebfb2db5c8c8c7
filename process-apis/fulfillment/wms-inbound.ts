import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { StockFact } from '../../src/model/stock.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { WmsFact, WmsFactSink } from '../../system-apis/wms/wms.port.js';
import type { StockIntake } from '../availability/index.js';
import { insertMessages } from '../intake/index.js';
import type { OrderCommit, OrderFact, OrderFactBody } from '../orders/index.js';

type FulfillmentFact = Extract<WmsFact, { fulfillmentOrderId: string }>;
type WmsStockFact = Exclude<WmsFact, FulfillmentFact>;

/** Takes what warehouses tell. Resolves when all of it is committed, so that the warehouse may forget it. */
export class WmsInbound implements WmsFactSink {
  constructor(
    private readonly pool: Pool,
    private readonly orders: OrderCommit,
    private readonly stock: StockIntake,
    private readonly cipher: FieldCipher,
  ) {}

  async receive(source: string, facts: readonly WmsFact[]): Promise<void> {
    const stockFacts = facts.filter(isStockFact);
    const orderFacts = facts.filter((fact): fact is FulfillmentFact => !isStockFact(fact));
    await Promise.all([
      stockFacts.length === 0 ? undefined : this.stock.receive(stockFacts.map((fact) => toStockFact(source, fact))),
      orderFacts.length === 0 ? undefined : this.orders.submit(orderFacts.map((fact) => toOrderFact(source, fact))),
    ]);
  }

  async keepRefused(source: string, messageId: string, body: Buffer, reason: string): Promise<void> {
    const id = randomUUIDv7();
    await insertMessages(this.pool, [
      {
        id,
        source,
        topic: 'events',
        // A warehouse may send other content under one message id: each is kept.
        externalId: `${messageId}/${createHash('sha256').update(body).digest('hex').slice(0, 16)}`,
        status: 'REFUSED',
        reason: 'CONTRACT_MISMATCH',
        detail: reason,
        subjects: [],
        body: this.cipher.seal(body, `message:${id}`),
      },
    ]);
  }
}

function isStockFact(fact: WmsFact): fact is WmsStockFact {
  return fact.kind === 'STOCK_RECEIVED' || fact.kind === 'STOCK_COUNTED';
}

function toStockFact(source: string, fact: WmsStockFact): StockFact {
  const { sku, node, quantity, occurredAt } = fact;
  const kind = fact.kind === 'STOCK_RECEIVED' ? 'RECEIVED' : 'COUNTED';
  return { id: `${source}/${fact.id}`, source, kind, sku, node, quantity, occurredAt };
}

function toOrderFact(source: string, fact: FulfillmentFact): OrderFact {
  return {
    id: `${source}/${fact.id}`,
    source,
    occurredAt: fact.occurredAt,
    address: { by: 'FULFILLMENT_ORDER', fulfillmentOrderId: fact.fulfillmentOrderId },
    body: toBody(fact),
  };
}

function toBody(fact: FulfillmentFact): OrderFactBody {
  const { fulfillmentOrderId } = fact;
  switch (fact.kind) {
    case 'PICKED':
      return { kind: 'FulfillmentPicked', fulfillmentOrderId, lines: fact.lines };
    case 'PACKED':
      return { kind: 'FulfillmentPacked', fulfillmentOrderId, lines: fact.lines };
    case 'SHORT_PICKED':
      return { kind: 'FulfillmentShortPicked', fulfillmentOrderId, lines: fact.lines, reason: fact.reason };
    case 'SHIPPED': {
      const { shipmentReference, packages } = fact;
      return { kind: 'FulfillmentShipped', fulfillmentOrderId, shipmentReference, packages };
    }
  }
}
