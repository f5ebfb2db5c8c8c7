import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { StockFact } from '../../src/model/stock.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { ReadWmsMessage, WmsFact, WmsFactSink, WmsStockFact } from '../../system-apis/wms/wms.port.js';
import { STOCK_FACTS_MAX, type StockIntake } from '../availability/index.js';
import {
  failedInside,
  insertMessages,
  isFault,
  keepNotTaken,
  KEPT_FACT,
  keptFacts,
  messageAad,
  type MessageSource,
  type NotTaken,
  type StoredMessage,
  type StoredReading,
} from '../intake/index.js';
import type { OrderCommit, OrderFact, OrderFactBody, SubmitOutcome } from '../orders/index.js';
import { toStockFact } from './wms-stock.mapper.js';

const TOPIC = 'events';

type FulfillmentFact = Extract<WmsFact, { fulfillmentOrderId: string }>;

interface FailedInside {
  readonly result: 'FAILED';
  readonly reason: string;
}

/**
 * Takes what warehouses tell. Resolves when all of it is committed, so that the warehouse may forget it: what cannot be
 * taken is kept with its reason, since sending it again would not help and would hold up what comes after it. What came
 * before its order is parked.
 */
export class WmsInbound implements WmsFactSink, MessageSource {
  private readonly readers = new Map<string, ReadWmsMessage>();

  constructor(
    private readonly pool: Pool,
    private readonly orders: OrderCommit,
    private readonly stock: StockIntake,
    private readonly cipher: FieldCipher,
  ) {}

  register(source: string, read: ReadWmsMessage): void {
    this.readers.set(source, read);
  }

  async receive(source: string, facts: readonly WmsFact[]): Promise<void> {
    const { stock, work } = toFacts(source, facts);
    const notTaken = await Promise.all([this.takeStock(stock), this.takeWork(work)]);
    await this.keepNotTaken(source, notTaken.flat());
  }

  /** Whole messages; single facts of one that were not taken are read by KeptFacts. */
  owns({ source, topic, externalId }: StoredMessage): boolean {
    return topic === TOPIC && this.readers.has(source) && !externalId.startsWith(KEPT_FACT);
  }

  /** A whole message that was refused, read again: the contract's reader may have been mended. */
  async read({ source }: StoredMessage, body: Buffer): Promise<StoredReading> {
    const reading = this.readers.get(source)?.(body);
    if (reading === undefined) return { outcome: 'NOT_NOW', detail: `nobody reads the messages of ${source}` };
    if (reading.outcome === 'REFUSED') return reading;
    const { stock, work } = toFacts(source, reading.facts);
    return { outcome: 'FACTS', facts: work, stock };
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
      if (!isFault(error)) throw error;
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
      if (!isFault(error)) throw error;
      return { result: 'FAILED', reason: failedInside(error).detail };
    }
  }

  private keepNotTaken(source: string, notTaken: readonly NotTaken[]): Promise<void> {
    return keepNotTaken(this.pool, keptFacts(this.cipher, source, TOPIC, notTaken));
  }

  async keepRefused(source: string, messageId: string, body: Buffer, reason: string): Promise<void> {
    const id = randomUUIDv7();
    await insertMessages(this.pool, [
      {
        id,
        source,
        topic: TOPIC,
        // A warehouse may send other content under one message id: each is kept.
        externalId: `${messageId}/${createHash('sha256').update(body).digest('hex').slice(0, 16)}`,
        status: 'REFUSED',
        reason: 'CONTRACT_MISMATCH',
        detail: reason,
        subjects: [],
        body: this.cipher.seal(body, messageAad(id)),
      },
    ]);
  }
}

function toFacts(
  source: string,
  facts: readonly WmsFact[],
): { readonly stock: readonly StockFact[]; readonly work: readonly OrderFact[] } {
  return {
    stock: facts.filter(isStockFact).map((fact) => toStockFact(source, fact)),
    work: facts.filter((fact): fact is FulfillmentFact => !isStockFact(fact)).map((fact) => toOrderFact(source, fact)),
  };
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
