import { createHash, randomUUIDv7 } from 'node:crypto';
import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation, RefusedReason } from '../../src/model/channel-order.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { storableJson } from '../../src/platform/db/storable-json.js';
import type { OrderCommit, OrderFact, SubmitOutcome, SubmitResult } from '../orders/index.js';
import { toOrderFact } from './channel-facts.js';
import { failedInside, isFault } from './fault.js';
import { Intake, type InboundMessage, type IntakeResult, type Interpret } from './intake.types.js';
import { findParkedMessages, insertMessages, type MessageRow, type StoredMessage } from './message.sql.js';
import { referenceOf, subjectOf, verdictOf, type MessageSource, type StoredReading } from './stored-message.js';
import { messageAad, type Reprocessed, type StoredMessages } from './stored-messages.js';

const UNPARK_MAX = 100;
/** Enough of a digest to tell messages of one id apart. */
const DIGEST_CHARS = 16;

interface AccountLookup {
  account(id: string): Promise<ChannelAccount | undefined>;
}

type ChannelReading = Exclude<StoredReading, { outcome: 'NOT_NOW' }>;

/**
 * Reads messages and commits their facts together with the message itself. What cannot be read, what the hub fails on, and
 * what waits for an order that is not known yet, is kept all the same, with the reason.
 */
export class SqlIntake extends Intake implements MessageSource {
  private readonly interpreters = new Map<string, Interpret>();
  /** Messages that wait for an order, by its subject. Orders of one commit are answered together: one look for all. */
  private readonly parked = new DataLoader((subjects: readonly string[]) => this.findParked(subjects), {
    cache: false,
  });

  constructor(
    private readonly pool: Pool,
    private readonly orders: OrderCommit,
    private readonly cipher: FieldCipher,
    private readonly accounts: AccountLookup,
    private readonly messages: StoredMessages,
  ) {
    super();
    messages.register(this);
  }

  override register(kind: string, interpret: Interpret): void {
    if (this.interpreters.has(kind)) throw new Error(`the channel kind "${kind}" has two interpreters`);
    this.interpreters.set(kind, interpret);
  }

  override receive(message: InboundMessage): Promise<IntakeResult> {
    return this.take(message, this.readSafely(message));
  }

  override keepRefused(message: InboundMessage, reason: RefusedReason, detail: string): Promise<IntakeResult> {
    return this.take(message, storable({ outcome: 'REFUSED' as const, reason, detail }));
  }

  override async reprocess(messageId: string): Promise<IntakeResult> {
    return resultOfReprocessing(await this.messages.reprocess(messageId));
  }

  /** Whatever no other source owns comes from a channel. */
  owns(): boolean {
    return true;
  }

  async read(message: StoredMessage, body: Buffer): Promise<StoredReading> {
    const account = await this.accounts.account(message.source);
    if (account === undefined)
      return { outcome: 'NOT_NOW', detail: `the channel account "${message.source}" is not active` };
    return this.interpret(account, message.topic, body, message.receivedAt);
  }

  private readSafely({ account, topic, body }: InboundMessage): ChannelReading {
    try {
      return this.interpret(account, topic, body, new Date().toISOString());
    } catch (error) {
      return failedInside(error);
    }
  }

  private interpret(account: ChannelAccount, topic: string, body: Buffer, receivedAt: string): ChannelReading {
    const interpret = this.interpreters.get(account.kind);
    if (interpret === undefined) throw new Error(`no interpreter reads the channel kind "${account.kind}"`);
    const reading = storable(interpret(account, topic, body));
    if (reading.outcome !== 'FACTS') return reading;
    const facts = reading.facts.map((fact) => toOrderFact(account, fact, receivedAt));
    return { outcome: 'FACTS', facts, stock: [] };
  }

  private async take(message: InboundMessage, reading: ChannelReading): Promise<IntakeResult> {
    try {
      return await this.commit(message, reading);
    } catch (error) {
      if (!isFault(error)) throw error;
      return this.commit(message, failedInside(error));
    }
  }

  private async commit(message: InboundMessage, reading: ChannelReading): Promise<IntakeResult> {
    const { account, topic, messageId, body } = message;
    const id = randomUUIDv7();
    const facts = reading.outcome === 'FACTS' ? reading.facts : [];
    const claim = {
      id: `message/${account.id}/${messageId}`,
      digest: createHash('sha256').update(body).digest('hex'),
      recordId: id,
    };
    const row = (orders: readonly SubmitOutcome[]): MessageRow => ({
      id,
      topic,
      source: account.id,
      externalId: messageId,
      body: this.cipher.seal(body, messageAad(id)),
      ...verdictOf(reading, { orders, stock: [] }),
    });
    const result = await this.orders.submitMessage(claim, facts, {
      write: insertMessages as (tx: Parameters<typeof insertMessages>[0], rows: readonly unknown[]) => Promise<void>,
      row,
    });
    await this.unpark(facts, result);
    if (result.digestDiffers) await this.keepOther(message, claim.digest);
    if (wasNotTaken(facts, result)) return this.takeLater(result.recordId ?? id);
    return toResult(result.recordId ?? id, reading, result);
  }

  /** Another message under an id that is taken is kept, and not taken: a person must see which of the two is meant. */
  private async keepOther(message: InboundMessage, digest: string): Promise<void> {
    const detail = 'The id came before with other content, which was taken: this one was not.';
    const messageId = `${message.messageId}/${digest.slice(0, DIGEST_CHARS)}`;
    await this.commit({ ...message, messageId }, { outcome: 'REFUSED', reason: 'DUPLICATE_REFERENCE', detail });
  }

  /** A message that was refused comes again: it is taken now, unless that was done meanwhile. */
  private async takeLater(messageId: string): Promise<IntakeResult> {
    const again = await this.messages.reprocess(messageId);
    const { orders } = again.taken;
    return resultOfReprocessing(again, orders.length > 0 && orders.every(({ duplicate }) => duplicate));
  }

  /** Messages that came before their order are taken now that it is there. */
  private async unpark(facts: readonly OrderFact[], result: SubmitResult): Promise<void> {
    const accepted = facts.filter((_, index) => result.outcomes[index]?.created === true && !result.duplicate);
    for (const { address } of accepted)
      for (const id of await this.parked.load(subjectOf(address))) await this.messages.reprocessIfReadable(id);
  }

  private async findParked(subjects: readonly string[]): Promise<readonly (readonly string[])[]> {
    const found = await findParkedMessages(this.pool, subjects, UNPARK_MAX);
    return subjects.map((subject) => found.filter((message) => message.subjects.includes(subject)).map(({ id }) => id));
  }
}

/** The same message was refused before, and now it can be read: that it comes again is another chance. */
function wasNotTaken(facts: readonly OrderFact[], result: SubmitResult): boolean {
  return result.duplicate && !result.digestDiffers && result.outcomes.length < facts.length;
}

function resultOfReprocessing({ message, reading, taken }: Reprocessed, duplicate = false): IntakeResult {
  return toResult(message.id, reading, { outcomes: taken.orders, duplicate, digestDiffers: false });
}

function toResult(id: string, reading: ChannelReading, result: SubmitResult): IntakeResult {
  const base = { messageId: id, digestDiffers: result.digestDiffers };
  if (reading.outcome !== 'FACTS') {
    const { outcome, reason, detail, pointer } = reading;
    return { ...base, outcome, reason, detail, orders: [], ...(pointer === undefined ? {} : { pointer }) };
  }
  return {
    ...base,
    outcome: result.duplicate ? 'DUPLICATE' : 'COMMITTED',
    orders: result.outcomes.map((outcome, index) => ({
      reference: referenceAt(reading.facts, index),
      result: outcome.result,
      // Another message may have created the order: this one then found it there.
      created: outcome.created === true && (result.duplicate || !outcome.duplicate),
      ...(outcome.orderId === undefined ? {} : { orderId: outcome.orderId }),
      ...(outcome.shortages === undefined ? {} : { shortages: outcome.shortages }),
      ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
    })),
  };
}

function referenceAt(facts: readonly OrderFact[], index: number): string {
  const fact = facts[index];
  return fact === undefined ? '' : referenceOf(fact);
}

/** Texts of others may hold what the database cannot: one such character must not hold up all messages behind it. */
function storable<Reading extends Interpretation>(reading: Reading): Reading {
  return JSON.parse(storableJson(reading)) as Reading;
}
