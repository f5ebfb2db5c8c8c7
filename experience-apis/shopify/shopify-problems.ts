import type { IntakeResult } from '../../process-apis/intake/index.js';
import { ProblemError } from '../../src/platform/http/problem.js';

export function accountNotFound(accountId: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'CHANNEL_ACCOUNT_NOT_FOUND',
    title: 'The channel account is not known',
    detail: `There is no active Shopify account "${accountId}".`,
  });
}

export function signatureRejected(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'SIGNATURE_REJECTED',
    title: 'The signature does not fit the body',
    detail: 'X-Shopify-Hmac-Sha256 must be the base64 of the HMAC-SHA256 of the raw body with the app’s client secret.',
  });
}

export function shopMismatch(): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'SHOP_DOMAIN_MISMATCH',
    title: 'The webhook is of another shop',
    detail: 'X-Shopify-Shop-Domain is not the shop of this account: the subscription’s URL names the wrong account.',
  });
}

/** What a refused message tells its sender: 400 when it cannot be read at all, else 422 with the place. */
export function messageRefused(result: IntakeResult): ProblemError {
  const reason = result.reason ?? 'CONTRACT_MISMATCH';
  const unreadable = reason === 'BODY_NOT_READABLE' || reason === 'UNKNOWN_TOPIC';
  const detail =
    reason === 'FAILED_INSIDE'
      ? 'The hub has a fault that this message meets; people are told of it.'
      : (result.detail ?? 'The message does not fit the contract.');
  return new ProblemError({
    status: unreadable ? 400 : 422,
    code: reason,
    title: 'The message was not taken',
    detail: `${detail} It is kept as message ${result.messageId}.`,
    ...(unreadable || reason === 'FAILED_INSIDE' ? {} : { errors: [{ pointer: result.pointer ?? '', detail }] }),
  });
}
