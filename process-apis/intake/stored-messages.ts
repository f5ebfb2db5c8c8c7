import type { Pool } from 'pg';
import { CipherError, type FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import type { StockIntake, StockOutcome } from '../availability/index.js';
import type { OrderCommit, Preview } from '../orders/index.js';
import { failedInside, isFault } from './fault.js';
import { listParkedMessages, readMessage, updateMessageStatus, type StoredMessage } from './message.sql.js';
import { verdictOf, type MessageSource, type StoredReading, type TakenFacts, type Verdict } from './stored-message.js';

const SWEEP_MAX = 100;
const NOTHING: TakenFacts = { orders: [], stock: [] };

/** A message that is asked for and not there, or that nobody can read now. */
export class UnknownMessageError extends Error {
  readonly code = 'UNKNOWN_MESSAGE';
}

type Readable = Exclude<StoredReading, { outcome: 'NOT_NOW' }>;

/** A message that was read and taken again. */
export interface Reprocessed {
  readonly message: StoredMessage;
  readonly reading: Readable;
  readonly taken: TakenFacts;
  readonly verdict: Verdict;
}

/** What taking a message again would lead to. */
export interface PreviewedMessage {
  readonly message: StoredMessage;
  readonly reading: StoredReading;
  readonly orders?: Preview;
  readonly stock?: readonly StockOutcome[];
  /** Absent where nobody can read it now. */
  readonly verdict?: Verdict;
}

export interface StoredMessagesParts {
  readonly pool: Pool;
  readonly orders: OrderCommit;
  readonly stock: StockIntake;
  readonly cipher: FieldCipher;
}

/**
 * Messages that are kept, read and taken again: those that came before their order, and those whose cause was mended. What
 * was taken before is not taken twice; what was refused is decided on anew.
 */
export class StoredMessages {
  private readonly sources: MessageSource[] = [];
  private parkedAfter: string | undefined;

  constructor(private readonly parts: StoredMessagesParts) {}

  /** At start: who reads the messages of some senders. Asked before those that were registered earlier. */
  register(source: MessageSource): void {
    this.sources.unshift(source);
  }

  /** Throws UnknownMessageError. A fault of the hub is a verdict, not an error: the message stays, refused. */
  async reprocess(id: string): Promise<Reprocessed> {
    const { message, reading } = await this.read(id);
    if (reading.outcome === 'NOT_NOW') throw new UnknownMessageError(reading.detail);
    try {
      return await this.settle(message, reading, await this.take(reading));
    } catch (error) {
      if (!isFault(error)) throw error;
      return this.settle(message, failedInside(error), NOTHING);
    }
  }

  /** Takes the message as `reprocess` would, and undoes it. Throws UnknownMessageError. */
  async preview(id: string): Promise<PreviewedMessage> {
    const { message, reading } = await this.read(id);
    if (reading.outcome === 'NOT_NOW') return { message, reading };
    if (reading.outcome !== 'FACTS') return { message, reading, verdict: verdictOf(reading, NOTHING) };
    try {
      const orders = await this.parts.orders.preview(reading.facts, { again: true });
      const stock = await this.parts.stock.preview(reading.stock);
      return { message, reading, orders, stock, verdict: verdictOf(reading, { orders: orders.outcomes, stock }) };
    } catch (error) {
      if (!isFault(error)) throw error;
      const refused = failedInside(error);
      return { message, reading: refused, verdict: verdictOf(refused, NOTHING) };
    }
  }

  /**
   * Parked messages get another chance: their order may have been accepted in the very moment they were parked.
   * Takes one page after the other, oldest first, and begins anew after the last one. One that cannot be read is refused
   * and holds up no other.
   */
  async sweepParked(): Promise<void> {
    const page = await listParkedMessages(this.parts.pool, this.parkedAfter, SWEEP_MAX);
    this.parkedAfter = page.length < SWEEP_MAX ? undefined : page.at(-1);
    for (const id of page) await this.reprocessIfReadable(id);
  }

  /** The messages of an account that was switched off stay parked until it is back. */
  async reprocessIfReadable(id: string): Promise<void> {
    try {
      await this.reprocess(id);
    } catch (error) {
      if (!(error instanceof UnknownMessageError)) throw error;
    }
  }

  /** What the message says, read again. Throws UnknownMessageError. */
  async read(id: string): Promise<{ readonly message: StoredMessage; readonly reading: StoredReading }> {
    const stored = await readMessage(this.parts.pool, id);
    if (stored === undefined) throw new UnknownMessageError(`there is no message ${id}`);
    const { body, ...message } = stored;
    return { message, reading: await this.interpret(message, body) };
  }

  private async interpret(message: StoredMessage, sealed: Buffer): Promise<StoredReading> {
    try {
      const body = this.parts.cipher.open(sealed, messageAad(message.id));
      const source = this.sources.find((candidate) => candidate.owns(message));
      if (source === undefined) return { outcome: 'NOT_NOW', detail: `nobody reads the messages of ${message.source}` };
      return await source.read(message, body);
    } catch (error) {
      if (error instanceof CipherError) return notOpened(error);
      if (!isFault(error)) throw error;
      return failedInside(error);
    }
  }

  private async take(reading: Readable): Promise<TakenFacts> {
    if (reading.outcome !== 'FACTS') return NOTHING;
    const { facts, stock } = reading;
    return {
      orders: facts.length === 0 ? [] : await this.parts.orders.submit(facts, { again: true }),
      stock: await this.parts.stock.receive(stock),
    };
  }

  private async settle(message: StoredMessage, reading: Readable, taken: TakenFacts): Promise<Reprocessed> {
    const verdict = verdictOf(reading, taken);
    await updateMessageStatus(this.parts.pool, { ...verdict, id: message.id }, message.status);
    return { message, reading, taken, verdict };
  }
}

export function messageAad(messageId: string): string {
  return `message:${messageId}`;
}

/** A key that is not there may come back; what was changed will not open again. */
function notOpened(error: CipherError): StoredReading {
  if (error.code === 'CIPHER_UNKNOWN_KEY') return { outcome: 'NOT_NOW', detail: error.message };
  return { outcome: 'REFUSED', reason: 'CANNOT_BE_OPENED', detail: error.message };
}
