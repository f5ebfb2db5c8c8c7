import {
  OutsideError,
  type OutsideErrorDetails,
  type OutsideErrorKind,
} from '../../src/platform/outside/outside-error.js';
import type { WireEnvelope, WireUserErrors } from './shopify-admin.wire.js';

export const SYSTEM = 'shopify';

type Evidence = Pick<OutsideErrorDetails, 'exchange'>;

const SENTENCE_CHARS_MAX = 500;
/** Used when a throttled answer does not state the bucket. */
const RETRY_AFTER_DEFAULT_MS = 1000;

/** What Shopify's top-level error codes mean for a caller; any other is a query that its schema does not take. */
const KIND_OF_CODE: Readonly<Record<string, OutsideErrorKind>> = {
  THROTTLED: 'throttled',
  ACCESS_DENIED: 'authentication',
  SHOP_INACTIVE: 'authentication',
  INTERNAL_SERVER_ERROR: 'transient',
};

/** Codes of user errors that pass by themselves. */
const PASSING_CODES: ReadonlySet<string> = new Set(['IDEMPOTENCY_CONCURRENT_REQUEST', 'SERVICE_UNAVAILABLE']);

/** The error behind `errors` in an answer of status 200. */
export function topLevelError(
  operation: string,
  errors: NonNullable<WireEnvelope['errors']>,
  evidence: Evidence = {},
  retryAfterMs = RETRY_AFTER_DEFAULT_MS,
): OutsideError {
  const list = typeof errors === 'string' ? [{ message: errors, extensions: undefined }] : errors;
  const code = list.find((error) => error.extensions?.code)?.extensions?.code ?? '';
  const kind = KIND_OF_CODE[code] ?? 'contract';
  const said = list.map((error) => error.message).join('; ');
  return new OutsideError(kind, sentence(operation, `${code} ${said}`.trim()), {
    system: SYSTEM,
    operation,
    status: 200,
    outcomeUnknown: kind === 'transient',
    ...(kind === 'throttled' ? { retryAfterMs } : {}),
    ...evidence,
  });
}

/** The error behind `userErrors`: Shopify understood and said no. */
export function userError(operation: string, errors: WireUserErrors): OutsideError {
  const passing = errors.every((error) => PASSING_CODES.has(error.code ?? ''));
  const said = errors.map((error) => `${error.code ? `${error.code}: ` : ''}${error.message}`).join('; ');
  return new OutsideError(passing ? 'transient' : 'rejected', sentence(operation, said), {
    system: SYSTEM,
    operation,
    status: 200,
  });
}

export function contractError(
  operation: string,
  detail: string,
  cause?: unknown,
  evidence: Evidence = {},
): OutsideError {
  return new OutsideError('contract', `Shopify's ${operation} did not go by its contract: ${detail}`, {
    system: SYSTEM,
    operation,
    cause,
    ...evidence,
  });
}

function sentence(operation: string, said: string): string {
  return `Shopify refused ${operation}: ${said.slice(0, SENTENCE_CHARS_MAX)}`;
}
