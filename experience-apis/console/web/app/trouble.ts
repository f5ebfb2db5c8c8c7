import type { CombinedError } from 'urql';

/** An error as a person reads it. */
export interface Trouble {
  readonly sentence: string;
  /** Leads to the cause in the log of the hub; absent when the hub was not reached. */
  readonly correlationId?: string;
  readonly code: string;
}

const OFFLINE =
  'The hub cannot be reached. What is shown may be old; it goes on by itself when the connection is back.';
const SENTENCES: Readonly<Record<string, (message: string) => string>> = {
  SCOPE_MISSING: (message) => `Your role does not allow this. ${message}`,
  UNAUTHENTICATED: () => 'Your sign-in has ended: sign in again.',
  DOCUMENT_UNKNOWN: () => 'This page is older than the hub: load it again.',
  INTERNAL_SERVER_ERROR: () => 'Something went wrong inside the hub.',
  OVERLOADED: () => 'The hub has more to do than it can: try again in a moment.',
};

/** The sentence of an error of the client, with what support needs to find its cause. */
export function troubleOf(error: CombinedError): Trouble {
  const [first] = error.graphQLErrors;
  if (first === undefined) return troubleOfNetwork(error);
  const { code, correlationId } = first.extensions;
  const known = typeof code === 'string' ? code : 'UNKNOWN';
  return {
    sentence: SENTENCES[known]?.(first.message) ?? first.message,
    code: known,
    ...(typeof correlationId === 'string' ? { correlationId } : {}),
  };
}

function troubleOfNetwork({ response }: CombinedError): Trouble {
  const answer = response as Response | undefined;
  if (answer === undefined || answer.status === 0) return { sentence: OFFLINE, code: 'OFFLINE' };
  const correlationId = answer.headers.get('x-correlation-id');
  return {
    sentence:
      answer.status === 503
        ? 'The hub has more to do than it can: try again in a moment.'
        : `The hub answered with ${answer.status}.`,
    code: `HTTP_${answer.status}`,
    ...(correlationId === null ? {} : { correlationId }),
  };
}
