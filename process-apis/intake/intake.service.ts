import { createHash, randomUUIDv7 } from 'node:crypto';
import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact, Interpretation, RefusedReason } from '../../src/model/channel-order.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { storableJson } from '../../src/platform/db/storable-json.js';
import type { OrderCommit, SubmitOutcome, SubmitResult } from '../orders/index.js';
import { referenceOf, toOrderFact } from './channel-facts.js';
import { Intake, type InboundMessage, type IntakeResult, type Interpret } from './intake.types.js';
import {
  findParkedMessages,
  listMessages,
  insertMessages,
  readMessage,
  updateMessageStatus,
  type MessageRow,
} from './message.sql.js';

const UNPARK_MAX = 100;

/** A message that is asked for and not there. */
export class UnknownMessageError extends Error {
  readonly code = 'UNKNOWN_MESSAGE';
}

interface AccountLookup {
  account(id: string): Promise<ChannelAccount | undefined>;
}

/**
 * Reads messages and commits their facts together with the message itself. What cannot be read, or waits for an order
 * that is not known yet, is kept all the same, with the reason.
 */
export class SqlIntake extends Intake {
  private readonly interpreters = new Map<string, Interpret>();
  /** Messages that wait for an order, by its subject. Orders of one commit are answered together: one look for all. */
  private readonly parked = new DataLoader((subjects: readonly string[]) => this.findParked(subjects), {
    cache: false,
  });
  private parkedBefore: string | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly orders: OrderCommit,
    private readonly cipher: FieldCipher,
    private readonly accounts: AccountLookup,
  ) {
    super();
  }

  override register(kind: string, interpret: Interpret): void {
    if (this.interpreters.has(kind)) throw new Error(`the channel kind "${kind}" has two interpreters`);
    this.interpreters.set(kind, interpret);
  }

  override async receive(message: InboundMessage): Promise<IntakeResult> {
    const reading = this.interpret(message.account, message.topic, message.body);
    return this.take(message, reading);
  }

  override keepRefused(message: InboundMessage, reason: RefusedReason, detail: string): Promise<IntakeResult> {
    return this.take(message, storable({ outcome: 'REFUSED', reason, detail }));
  }

  override async reprocess(messageId: string): Promise<IntakeResult> {
    const stored = await readMessage(this.pool, messageId);
    if (stored === undefined) throw new UnknownMessageError(`there is no message ${messageId}`);
    const account = await this.accounts.account(stored.source);
    if (account === undefined) throw new UnknownMessageError(`the channel account "${stored.source}" is not active`);
    const body = this.cipher.open(stored.body, aad(stored.id));
    const reading = this.interpret(account, stored.topic, body);
    const facts = factsOf(reading);
    const outcomes = await this.orders.submit(facts.map((fact) => toOrderFact(account, fact, stored.receivedAt)));
    await updateMessageStatus(this.pool, { ...stored, ...verdict(account, reading, outcomes) });
    return toResult(stored.id, reading, { outcomes, duplicate: false, digestDiffers: false });
  }

  /**
   * Parked messages get another chance: their order may have been accepted in the very moment they were parked.
   * Takes one page after the other, and begins anew after the last one.
   */
  async sweepParked(): Promise<void> {
    const page = await listMessages(this.pool, 'PARKED', this.parkedBefore, UNPARK_MAX);
    this.parkedBefore = page.length < UNPARK_MAX ? undefined : page.at(-1)?.id;
    for (const { id, source } of page)
      // The messages of an account that was switched off stay parked until it is back.
      if ((await this.accounts.account(source)) !== undefined) await this.reprocess(id);
  }

  private interpret(account: ChannelAccount, topic: string, body: Buffer): Interpretation {
    const interpret = this.interpreters.get(account.kind);
    if (interpret === undefined) throw new Error(`no interpreter reads the channel kind "${account.kind}"`);
    return storable(interpret(account, topic, body));
  }

  private async take(message: InboundMessage, reading: Interpretation): Promise<IntakeResult> {
    const { account, topic, messageId, body } = message;
    const id = randomUUIDv7();
    const facts = factsOf(reading);
    const receivedAt = new Date().toISOString();
    const claim = {
      id: `message/${account.id}/${messageId}`,
      digest: createHash('sha256').update(body).digest('hex'),
      recordId: id,
    };
    const row = (outcomes: readonly SubmitOutcome[]): MessageRow => ({
      id,
      topic,
      source: account.id,
      externalId: messageId,
      body: this.cipher.seal(body, aad(id)),
      ...verdict(account, reading, outcomes),
    });
    const result = await this.orders.submitMessage(
      claim,
      facts.map((fact) => toOrderFact(account, fact, receivedAt)),
      {
        write: insertMessages as (tx: Parameters<typeof insertMessages>[0], rows: readonly unknown[]) => Promise<void>,
        row,
      },
    );
    await this.unpark(account, facts, result);
    return toResult(result.recordId ?? id, reading, result);
  }

  /** Messages that came before their order are taken now that it is there. */
  private async unpark(account: ChannelAccount, facts: readonly ChannelFact[], result: SubmitResult): Promise<void> {
    const accepted = facts.filter((_, index) => result.outcomes[index]?.created === true && !result.duplicate);
    if (accepted.length === 0) return;
    for (const fact of accepted)
      for (const id of await this.parked.load(subjectOf(account, fact))) await this.reprocess(id);
  }

  private async findParked(subjects: readonly string[]): Promise<readonly (readonly string[])[]> {
    const found = await findParkedMessages(this.pool, subjects, UNPARK_MAX);
    return subjects.map((subject) => found.filter((message) => message.subjects.includes(subject)).map(({ id }) => id));
  }
}

type Verdict = Pick<MessageRow, 'status' | 'subjects' | 'reason' | 'detail' | 'pointer'>;

function verdict(account: ChannelAccount, reading: Interpretation, outcomes: readonly SubmitOutcome[]): Verdict {
  if (reading.outcome !== 'FACTS') {
    const { outcome, reason, detail } = reading;
    const pointer = reading.outcome === 'REFUSED' ? reading.pointer : undefined;
    return { status: outcome, subjects: [], reason, detail, ...(pointer === undefined ? {} : { pointer }) };
  }
  const subjects = reading.facts.map((fact) => subjectOf(account, fact));
  const parked = outcomes.find((outcome) => outcome.result === 'UNKNOWN_ORDER');
  if (parked !== undefined)
    return { status: 'PARKED', subjects, reason: 'UNKNOWN_ORDER', detail: 'It is taken when the order comes.' };
  const rejected = outcomes.find((outcome) => outcome.result === 'REJECTED');
  if (rejected !== undefined)
    return { status: 'REFUSED', subjects, reason: 'AGAINST_THE_RULES', detail: rejected.reason ?? '' };
  return { status: 'COMMITTED', subjects };
}

function toResult(id: string, reading: Interpretation, result: SubmitResult): IntakeResult {
  const base = { messageId: id, digestDiffers: result.digestDiffers };
  if (reading.outcome !== 'FACTS') {
    const { outcome, reason, detail } = reading;
    const pointer = reading.outcome === 'REFUSED' ? reading.pointer : undefined;
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

function referenceAt(facts: readonly ChannelFact[], index: number): string {
  const fact = facts[index];
  return fact === undefined ? '' : referenceOf(fact);
}

/** Texts of others may hold what the database cannot: one such character must not hold up all messages behind it. */
function storable(reading: Interpretation): Interpretation {
  return JSON.parse(storableJson(reading)) as Interpretation;
}

function factsOf(reading: Interpretation): readonly ChannelFact[] {
  return reading.outcome === 'FACTS' ? reading.facts : [];
}

function subjectOf(account: ChannelAccount, fact: ChannelFact): string {
  return `${account.id}/${referenceOf(fact)}`;
}

function aad(messageId: string): string {
  return `message:${messageId}`;
}
