import { randomUUIDv7 } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { StockFact } from '../../src/model/stock.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { OrderFact } from '../orders/index.js';
import { insertMessages, type MessageRow, type StoredMessage } from './message.sql.js';
import { subjectOf, type MessageSource, type StoredReading } from './stored-message.js';
import { messageAad } from './stored-messages.js';

/** Of the external ids of messages that hold one fact each. */
export const KEPT_FACT = 'fact:';

/** Something that a system told in a message with others, and the hub did not take. */
export interface NotTaken {
  readonly fact: StockFact | OrderFact;
  /** `UNKNOWN_ORDER`: it waits for its order. Anything else: a person must act. */
  readonly reason: string;
  readonly detail: string;
  readonly pointer?: string;
}

/** Rows that keep such facts, each as a message of its own. The same fact again keeps its first row. */
export function keptFacts(
  cipher: FieldCipher,
  source: string,
  topic: string,
  notTaken: readonly NotTaken[],
): readonly MessageRow[] {
  return notTaken.map(({ fact, reason, detail, pointer }): MessageRow => {
    const id = randomUUIDv7();
    return {
      id,
      source,
      topic,
      externalId: `${KEPT_FACT}${fact.id}`,
      status: reason === 'UNKNOWN_ORDER' ? 'PARKED' : 'REFUSED',
      reason,
      detail,
      ...(pointer === undefined ? {} : { pointer }),
      subjects: 'body' in fact ? [subjectOf(fact.address)] : [],
      body: cipher.seal(JSON.stringify(fact), messageAad(id)),
    };
  });
}

export async function keepNotTaken(db: Pick<ClientBase, 'query'>, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length > 0) await insertMessages(db, rows);
}

/** Reads such facts again: they are in the hub's own words already. */
export class KeptFacts implements MessageSource {
  owns({ externalId, topic }: StoredMessage): boolean {
    return externalId.startsWith(KEPT_FACT) && (topic === 'events' || topic === 'stock');
  }

  async read(_: StoredMessage, body: Buffer): Promise<StoredReading> {
    const fact = JSON.parse(body.toString('utf8')) as StockFact | OrderFact;
    return 'body' in fact
      ? { outcome: 'FACTS', facts: [fact], stock: [] }
      : { outcome: 'FACTS', facts: [], stock: [fact] };
  }
}
