import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { StockFact } from '../../src/model/stock.js';
import { isDatabaseUnavailable } from '../../src/platform/db/unavailable.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { WmsFact, WmsFactSink, WmsStockFact } from '../../system-apis/wms/wms.port.js';
import { STOCK_FACTS_MAX, type StockIntake, type StockRefusalCode } from '../availability/index.js';
import { insertMessages } from '../intake/index.js';
import type { OrderCommit, OrderFact, OrderFactBody, SubmitOutcome } from '../orders/index.js';
import { toStockFact } from './wms-stock.mapper.js';

type FulfillmentFact = Extract<WmsFact, { fulfillmentOrderId: string }>;

/** Something that a warehouse told and the hub cannot take. */
interface NotTaken {
  readonly fact: StockFact | OrderFact;
  readonly reason: StockRefusalCode | 'UNKNOWN_ORDER' | 'AGAINST_THE_RULES' | 'FAILED_INSIDE';
  readonly detail: string;
  readonly pointer?: string;
}

interface FailedInside {
  readonly result: 'FAILED';
  readonly reason: string;
}

/**
 * Takes what warehouses tell. Resolves when all of it is committed, so that the warehouse may forget it: what cannot be
 * taken is kept with its reason, since sending it again would not help and would hold up what comes after it.
 */
export class WmsInbound implements WmsFactSink {
  constructor(
    private readonly pool: Pool,
    private readonly orders: OrderCommit,
    private readonly stock: StockIntake,
    private readonly cipher: FieldCipher,
  ) {}

  async receive(source: string, facts: readonly WmsFact[]): Promise<void> {
    const stockFacts = facts.filter(isStockFact).map((fact) => toStockFact(source, fact));
    const orderFacts = facts
      .filter((fact): fact is FulfillmentFact => !isStockFact(fact))
      .map((fact) => toOrderFact(source, fact));
    const notTaken = await Promise.all([this.takeStock(stockFacts), this.takeWork(orderFacts)]);
    await this.keepNotTaken(source, notTaken.flat());
  }

  private async takeStock(facts: readonly StockFact[]): Promise<readonly NotTaken[]> {
    const notTaken: NotTaken[] = [];
    for (let first = 0; first < facts.length; first += STOCK_FACTS_MAX) {
      const page = facts.slice(first, first + STOCK_FACTS_MAX);
      const outcomes = await this.stock.receive(page);
      for (const [index, fact] of page.entries()) {
        const outcome = outcomes[index];
        if (outcome?.result !== 'REFUSED') continue;
        notTaken.push({ fact, reason: outcome.code, detail: outcome.detail, pointer: outcome.pointer });
      }
    }
    return notTaken;
  }

  private async takeWork(facts: readonly OrderFact[]): Promise<readonly NotTaken[]> {
    if (facts.length === 0) return [];
    const outcomes = await this.submit(facts);
    return facts.flatMap((fact, index): readonly NotTaken[] => {
      const { result, reason = '' } = outcomes[index] ?? {};
      if (result === 'FAILED') return [{ fact, reason: 'FAILED_INSIDE', detail: reason }];
      if (result === 'REJECTED') return [{ fact, reason: 'AGAINST_THE_RULES', detail: reason }];
      return result === 'UNKNOWN_ORDER' ? [{ fact, reason: 'UNKNOWN_ORDER', detail: reason }] : [];
    });
  }

  /** Together; when that fails, one by one: a fact that cannot be taken is kept, and holds up none of the others. */
  private async submit(facts: readonly OrderFact[]): Promise<readonly (SubmitOutcome | FailedInside)[]> {
    try {
      return await this.orders.submit(facts);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      const outcomes: (SubmitOutcome | FailedInside)[] = [];
      for (const fact of facts) outcomes.push(await this.submitAlone(fact));
      return outcomes;
    }
  }

  private async submitAlone(fact: OrderFact): Promise<SubmitOutcome | FailedInside> {
    try {
      const [outcome] = await this.orders.submit([fact]);
      return outcome ?? { result: 'FAILED', reason: 'it had no outcome' };
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      return { result: 'FAILED', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private async keepNotTaken(source: string, notTaken: readonly NotTaken[]): Promise<void> {
    if (notTaken.length === 0) return;
    await insertMessages(
      this.pool,
      notTaken.map(({ fact, reason, detail, pointer }) => {
        const id = randomUUIDv7();
        return {
          id,
          source,
          topic: 'events',
          externalId: `fact:${fact.id}`,
          status: 'REFUSED',
          reason,
          detail,
          ...(pointer === undefined ? {} : { pointer }),
          subjects: [],
          body: this.cipher.seal(JSON.stringify(fact), `message:${id}`),
        };
      }),
    );
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
  return !('fulfillmentOrderId' in fact);
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
    case 'CARRIER_REFUSED':
      return { kind: 'CarrierRefused', fulfillmentOrderId, reason: fact.reason };
    case 'SHIPPED': {
      const { shipmentReference, packages } = fact;
      return { kind: 'FulfillmentShipped', fulfillmentOrderId, shipmentReference, packages };
    }
  }
}
