import type { Pool } from 'pg';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { Instant } from '../../src/model/time.js';
import { maskPayload } from '../../src/platform/crypto/mask-payload.js';
import type { FieldCipher } from '../../src/platform/crypto/field-cipher.js';
import { readCallEvidence, type CallEvidence, type ExceptionRecord } from '../exceptions/index.js';
import { findMessagesAbout, messageAad, readSealedMessages } from '../intake/index.js';

/** Of a body that is shown. */
export const SHOWN_CHARS_MAX = 8_000;
/** The newest messages about an order that are shown. */
const MESSAGES_PER_ORDER = 2;
/** Shorter values (a country, a house number) stand in too many texts that say nothing of a person. */
const PERSONAL_CHARS_MIN = 4;

/** What an exception can be judged by: a stored payload, or a call and its answer. Masked. */
export interface Evidence {
  readonly kind: 'MESSAGE' | 'CALL';
  /** The channel account or the system. */
  readonly source: string;
  /** The topic of the message, or the operation that was called. */
  readonly what: string;
  readonly at: Instant;
  /** Of a message: its id. */
  readonly messageId?: string;
  /** Of a call: the method and the address, without its query. */
  readonly call?: string;
  /** HTTP status of the answer; absent where none came. */
  readonly status?: number;
  /** The message, or what was sent. */
  readonly sent?: string;
  readonly answer?: string;
}

type Message = Awaited<ReturnType<typeof readSealedMessages>>[number];

export interface EvidenceParts {
  readonly pool: Pool;
  readonly cipher: FieldCipher;
  readonly lookup: { parties(ids: readonly string[]): Promise<ReadonlyMap<string, OrderParties>> };
}

/** Gathers the evidence of exceptions: a constant number of statements, however many they are. */
export class EvidenceReader {
  constructor(private readonly parts: EvidenceParts) {}

  /** By exception id: first what is of its very step, then what else is of its order. */
  async of(exceptions: readonly ExceptionRecord[]): Promise<ReadonlyMap<string, readonly Evidence[]>> {
    const { pool, cipher, lookup } = this.parts;
    const orderIds = [...new Set(exceptions.flatMap(({ subject }) => subject.orderId ?? []))];
    const about = [...new Set(exceptions.flatMap((exception) => orderSubject(exception) ?? []))];
    const [calls, found, parties] = await Promise.all([
      readCallEvidence(pool, cipher, orderIds),
      about.length === 0 ? [] : findMessagesAbout(pool, about, MESSAGES_PER_ORDER),
      lookup.parties(orderIds),
    ]);
    const named = exceptions.flatMap(({ subject }) => subject.messageId ?? []);
    const ids = [...new Set([...named, ...found.map(({ id }) => id)])];
    const messages = new Map(
      (ids.length === 0 ? [] : await readSealedMessages(pool, ids)).map((message) => [message.id, message]),
    );
    return new Map(
      exceptions.map((exception) => {
        const { orderId, messageId } = exception.subject;
        const known = orderId === undefined ? [] : personalTexts(parties.get(orderId));
        const mask = (text: string): string => maskPayload(text.slice(0, SHOWN_CHARS_MAX), known);
        const subject = orderSubject(exception);
        const mine = [...(messageId === undefined ? [] : [messageId]), ...ofSubject(found, subject)];
        return [
          exception.id,
          [
            ...callsOf(exception, calls).map((call) => callShown(call, mask)),
            ...mine.flatMap((id) => messages.get(id) ?? []).map((message) => this.messageShown(message, mask)),
          ],
        ];
      }),
    );
  }

  /** The body of a message as it came, in the clear: the caller decides who may see it. Undefined when there is none. */
  async wholeMessage(id: string): Promise<string | undefined> {
    const [message] = await readSealedMessages(this.parts.pool, [id]);
    return message === undefined ? undefined : this.bodyOf(message);
  }

  private messageShown(message: Message, mask: (text: string) => string): Evidence {
    const { id, source, topic, receivedAt } = message;
    const sent = mask(this.bodyOf(message));
    return { kind: 'MESSAGE', source, what: topic, at: receivedAt, messageId: id, sent };
  }

  private bodyOf({ id, body }: Message): string {
    return this.parts.cipher.open(body, messageAad(id)).toString('utf8');
  }
}

function ofSubject(
  found: readonly { readonly subject: string; readonly id: string }[],
  subject: string | undefined,
): readonly string[] {
  return found.filter((one) => one.subject === subject).map(({ id }) => id);
}

function callsOf({ subject }: ExceptionRecord, calls: readonly CallEvidence[]): readonly CallEvidence[] {
  const ofOrder = calls.filter(({ orderId }) => orderId === subject.orderId);
  const [exact, others] = [
    ofOrder.filter(({ waitKey }) => waitKey === subject.waitKey),
    ofOrder.filter(({ waitKey }) => waitKey !== subject.waitKey).toSorted((a, b) => b.at.localeCompare(a.at)),
  ];
  return [...exact, ...others];
}

function callShown({ system, operation, at, exchange }: CallEvidence, mask: (text: string) => string): Evidence {
  const { method, url, status, request, answer } = exchange;
  return {
    kind: 'CALL',
    source: system,
    what: operation,
    at,
    call: mask(`${method} ${url}`),
    ...(status === undefined ? {} : { status }),
    ...(request === undefined ? {} : { sent: mask(request) }),
    ...(answer === undefined ? {} : { answer: mask(answer) }),
  };
}

/** How messages name the order that the exception is of. */
function orderSubject({ subject: { orderId, channel, reference } }: ExceptionRecord): string | undefined {
  return orderId === undefined || channel === undefined || reference === undefined
    ? undefined
    : `${channel}/${reference}`;
}

function personalTexts(parties: OrderParties | undefined): readonly string[] {
  return textsOf(parties).filter((text) => text.length >= PERSONAL_CHARS_MIN);
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
