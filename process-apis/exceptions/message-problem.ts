import type { ExceptionCategory, Problem } from '../../src/model/exception.js';
import type { Instant } from '../../src/model/time.js';
import { maskText } from '../../src/platform/crypto/masking.js';

/** An event for an order that is not known is a problem after this long: its order may only be late. */
export const PARKED_MS_MAX = 15 * 60_000;
const DETAIL_CHARS_MAX = 300;
const SUBJECTS_SHOWN_MAX = 3;

/** A stored message, as far as its problem follows from it. */
export interface KeptMessage {
  readonly id: string;
  /** The channel account, or the system. */
  readonly source: string;
  readonly topic: string;
  readonly status: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly pointer?: string;
  /** `<channel>/<order reference>` of the orders it is about. */
  readonly subjects: readonly string[];
  readonly receivedAt: Instant;
}

/** Refusals whose reason is the hub's or the rules', not the contract's. */
const CATEGORY_OF: Readonly<Record<string, ExceptionCategory>> = {
  AGAINST_THE_RULES: 'MESSAGE_REFUSED',
  DUPLICATE_REFERENCE: 'DUPLICATE_REFERENCE',
  FAILED_INSIDE: 'POISON_MESSAGE',
  CANNOT_BE_OPENED: 'POISON_MESSAGE',
  UNKNOWN_ORDER: 'UNMATCHED_EVENT',
  UNKNOWN_ITEM: 'MESSAGE_REFUSED',
  UNKNOWN_NODE: 'MESSAGE_REFUSED',
};

/** Refusals by the contract: what was sent cannot be read, or is no longer what it was. */
const CONTRACT_REASONS: ReadonlySet<string> = new Set([
  'BODY_NOT_READABLE',
  'CONTRACT_MISMATCH',
  'AMOUNT_NOT_REPRESENTABLE',
  'TIME_NOT_READABLE',
  'NO_LINES',
  'TOO_MANY_LINES',
  'UNKNOWN_TOPIC',
]);

const SAYS: Readonly<Partial<Record<ExceptionCategory, string>>> = {
  CONTRACT_CHANGED: 'does not fit the contract',
  MESSAGE_REFUSED: 'is against the rules',
  DUPLICATE_REFERENCE: 'uses a number that another one has',
  POISON_MESSAGE: 'made the hub fail',
  UNMATCHED_EVENT: 'waits for an order that the hub does not know',
};

export function messageKey(messageId: string): string {
  return `message/${messageId}`;
}

/** The problem of a message as it is stored; none while it is taken, dismissed, or parked for less than PARKED_MS_MAX. Pure. */
export function messageProblem(message: KeptMessage, now: Instant, parkedMsMax = PARKED_MS_MAX): Problem | undefined {
  const category = categoryOf(message, Date.parse(now) - Date.parse(message.receivedAt), parkedMsMax);
  if (category === undefined) return undefined;
  const { id, source, topic, reason = '', pointer = '' } = message;
  return {
    key: messageKey(id),
    category,
    sentence: sentenceOf(message, category),
    groupKey: `MESSAGE:${source}/${topic}/${category}/${reason}${pointer === '' ? '' : `/${pointer}`}`,
    subject: { messageId: id, ...subjectOf(message) },
  };
}

function categoryOf(
  { status, reason = '' }: KeptMessage,
  ageMs: number,
  parkedMsMax: number,
): ExceptionCategory | undefined {
  if (status === 'PARKED') return ageMs >= parkedMsMax ? 'UNMATCHED_EVENT' : undefined;
  if (status !== 'REFUSED') return undefined;
  if (CONTRACT_REASONS.has(reason)) return 'CONTRACT_CHANGED';
  return CATEGORY_OF[reason] ?? 'MESSAGE_REFUSED';
}

/**
 * What it is about where that is one thing: `<channel>/<reference>`, `order/<id>` or `fulfillment-order/<id>`. Of no channel
 * where it is of several: the partner of one is not shown what is another's.
 */
function subjectOf({ source, subjects }: KeptMessage): Problem['subject'] {
  const [first] = subjects;
  const slash = first?.indexOf('/') ?? -1;
  if (first === undefined || slash < 1) return { system: source };
  const [kind, id] = [first.slice(0, slash), first.slice(slash + 1)];
  if (kind === 'order') return subjects.length === 1 ? { system: source, orderId: id } : { system: source };
  if (kind === 'fulfillment-order')
    return subjects.length === 1 ? { system: source, fulfillmentOrderId: id } : { system: source };
  if (subjects.some((subject) => !subject.startsWith(`${kind}/`))) return { system: source };
  return { system: source, channel: kind, ...(subjects.length === 1 ? { reference: id } : {}) };
}

function sentenceOf(
  { source, topic, subjects, status, detail = '', pointer = '' }: KeptMessage,
  category: ExceptionCategory,
): string {
  const shown = subjects.slice(0, SUBJECTS_SHOWN_MAX).join(', ');
  const about = shown === '' ? '' : ` about ${shown}${subjects.length > SUBJECTS_SHOWN_MAX ? ' and others' : ''}`;
  const what = `The message "${topic}" of ${source}${about} ${SAYS[category] ?? 'was not taken'}`;
  if (status === 'PARKED') return `${what}.`;
  const where = pointer === '' ? '' : `${pointer}: `;
  const why = maskText(detail).slice(0, DETAIL_CHARS_MAX);
  return why === '' ? `${what}: it is kept and not taken.` : `${what}: it is kept and not taken. ${where}${why}`;
}
