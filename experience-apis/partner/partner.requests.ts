import { REFERENCE } from './partner-order.wire.js';
import { idempotencyKeyMissing, idempotencyKeyWrong, notJsonType } from './partner.problems.js';

export const IDEMPOTENCY_KEY_CHARS_MAX = 200;
const KEY = /^[!-~]+$/;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** The sender's own name for the request. Opaque: quotes, where sent, belong to it. Throws the 400 problems. */
export function idempotencyKey(header: string | undefined): string {
  if (header === undefined || header === '') throw idempotencyKeyMissing();
  // A header that was sent twice arrives joined by ", ", and so does not pass either.
  if (header.length > IDEMPOTENCY_KEY_CHARS_MAX || !KEY.test(header))
    throw idempotencyKeyWrong(IDEMPOTENCY_KEY_CHARS_MAX);
  return header;
}

/** Throws the 415 problem. */
export function requireJson(contentType: string | undefined): void {
  if (!JSON_TYPE.test(contentType ?? '')) throw notJsonType();
}

/** Whether an order may have this reference; what may not is not looked for. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}
