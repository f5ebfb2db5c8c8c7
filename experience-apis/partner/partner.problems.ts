import type { Shortage } from '../../src/model/order.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { FINDINGS_MAX, type Finding } from './partner.findings.js';

const KEPT = (messageId: string): string => `The body is kept for inspection as message ${messageId}.`;

export function idempotencyKeyMissing(): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'IDEMPOTENCY_KEY_MISSING',
    title: 'An Idempotency-Key is needed',
    detail:
      'Send a header "Idempotency-Key" with a value of your own for each request, and the same when you repeat it.',
  });
}

export function idempotencyKeyWrong(charsMax: number): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'IDEMPOTENCY_KEY_WRONG',
    title: 'The Idempotency-Key cannot be taken',
    detail: `Send one key of 1 to ${charsMax} printable ASCII characters without spaces, for example a UUID.`,
  });
}

export function idempotencyKeyReused(): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: 'The Idempotency-Key was used for another request',
    detail:
      'Nothing was done. Send this request under a new key; to repeat the earlier one, send its body byte for byte.',
  });
}

export function notJsonType(): ProblemError {
  return new ProblemError({
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    title: 'The content type is not accepted here',
    detail: 'Send the body as application/json.',
  });
}

export function bodyNotReadable(detail: string, messageId: string): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'BODY_NOT_READABLE',
    title: 'The body cannot be read',
    detail: `${detail} ${KEPT(messageId)}`,
  });
}

export function contractMismatch(findings: readonly Finding[], messageId: string): ProblemError {
  const places = findings.length === 1 ? '1 place of the body is' : `${findings.length} places of the body are`;
  const shown = findings.length > FINDINGS_MAX ? ` The first ${FINDINGS_MAX} are listed.` : '';
  return new ProblemError({
    status: 422,
    code: 'CONTRACT_MISMATCH',
    title: 'The body does not fit the contract',
    detail: `${places} wrong.${shown} Nothing was done. ${KEPT(messageId)}`,
    errors: findings.slice(0, FINDINGS_MAX).map(({ pointer, detail }) => ({ pointer, detail })),
  });
}

export function orderExists(reference: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'ORDER_EXISTS',
    title: 'There is another order of this reference',
    detail:
      `The order "${reference}" is there with other content, as new as this or newer. ` +
      'To amend it, send it with an updatedAt later than the one it has. To place another order, give it its own reference.',
    errors: [{ pointer: '/updatedAt', detail: 'Must be later than the updatedAt of the order as it is.' }],
  });
}

/** The account's orders do not wait for stock: this one was refused at once, and is kept as cancelled. */
export function outOfStock(reference: string, shortages: readonly Shortage[]): ProblemError {
  const items = shortages.map(({ sku, missing }) => `${missing} of ${sku}`).join(', ');
  return new ProblemError({
    status: 409,
    code: 'OUT_OF_STOCK',
    title: 'The order cannot be served',
    detail: `Nothing of the order "${reference}" is reserved; it is kept as cancelled. Missing: ${items}. Order what is there under another reference.`,
  });
}

export function unknownOrder(reference: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'UNKNOWN_ORDER',
    title: 'Unknown order',
    detail: `This account has no order "${reference}".`,
  });
}

/** The request was read before it was handed on: that it is refused then is the hub's own fault. */
export function failedInside(messageId: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'FAILED_INSIDE',
    title: 'The hub cannot take this request yet',
    detail:
      `The fault is the hub's, and people are told of it. ${KEPT(messageId)} Nothing was done; ` +
      'send the same request with the same Idempotency-Key again later.',
  });
}

/** The request can be read, and is against the rules of the order. */
export function requestRejected(reason: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'REQUEST_REJECTED',
    title: 'The order does not allow this',
    detail: `Nothing was done: ${reason}.`,
  });
}
