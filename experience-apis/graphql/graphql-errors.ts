import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLErrorExtensions, type GraphQLFormattedError } from 'graphql';
import { CommitQueueFullError } from '../../src/platform/commit/index.js';
import { isDatabaseUnavailable } from '../../src/platform/db/unavailable.js';
import { isUnstorableValue } from '../../src/platform/db/unstorable.js';
import { CursorError, SlowConsumerError } from '../../src/platform/event-log/index.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { currentCorrelationId } from '../../src/platform/telemetry/correlation.js';
import { OrderCursorError } from '../../process-apis/orders/index.js';

const INTERNAL_CODE = 'INTERNAL_SERVER_ERROR';
const BAD_INPUT_CODE = 'BAD_USER_INPUT';
const UNSTORABLE_SENTENCE =
  'A text holds NUL or half a surrogate pair, or a time lies beyond the calendar: send another value.';
/** The database cannot be reached now: nothing is wrong with what was asked. */
export const UNAVAILABLE_CODE = 'SERVICE_UNAVAILABLE';
export const RETRY_AFTER_SECONDS = 5;
const UNAVAILABLE_SENTENCE = 'The hub cannot reach its database now. Nothing is lost: try again in a few seconds.';
const INTERNAL_SENTENCE = 'Something went wrong inside. The correlation id leads to the cause in the log.';
/** graphql-js stops counting mistakes in variables; Apollo takes that last error for a fault of the server. */
const TOO_MANY_MISTAKES = /^Too many errors processing variables/;
/** graphql-js names fields and types that are close to a misspelt one: an answer to whoever may not read the schema. */
const SUGGESTION = / ?Did you mean .+\?$/s;

/** A mistake of the caller that validation cannot see. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: BAD_INPUT_CODE } });
}

/** What an error carries; one of compiled code may carry nothing at all, whatever its type says. */
export function extensionsOf({ extensions }: { readonly extensions?: GraphQLErrorExtensions }): GraphQLErrorExtensions {
  return extensions ?? {};
}

/** Errors whose words are meant for the caller, as GraphQL errors; others as they are. */
export function toGraphQLError(error: unknown): Error {
  if (error instanceof GraphQLError) return error;
  if (error instanceof ProblemError) {
    const { status, code, detail, headers = {} } = error.problem;
    const http = { status, headers: new Map(Object.entries(headers)) };
    return new GraphQLError(detail, { originalError: error, extensions: { code, http } });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Turns any error of an operation into what the caller is told. The same for HTTP and WebSocket. */
export class ErrorFormatter {
  private readonly logger = new Logger('GraphQL');

  /** @param code what the transport made of the error, where it knows more than the error itself. */
  format(error: unknown, correlationId = currentCorrelationId(), code?: unknown): GraphQLFormattedError {
    const told = this.told(error, code);
    if (told.code === INTERNAL_CODE) this.logger.error('operation failed', error, { correlationId });
    const { locations, path }: Partial<GraphQLFormattedError> = error instanceof GraphQLError ? error.toJSON() : {};
    return {
      message: told.message,
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
      extensions: {
        code: told.code,
        ...(correlationId === undefined ? {} : { correlationId }),
        ...(told.code === UNAVAILABLE_CODE ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}),
        ...resumption(error),
      },
    };
  }

  private told(error: unknown, code: unknown): { readonly message: string; readonly code: string } {
    const cause = rootCause(error);
    if (cause instanceof ProblemError) return { message: cause.problem.detail, code: cause.code };
    if (isForCaller(cause)) return { message: cause.message, code: cause.code };
    if (isDatabaseUnavailable(cause)) return { message: UNAVAILABLE_SENTENCE, code: UNAVAILABLE_CODE };
    if (isUnstorableValue(cause)) return { message: UNSTORABLE_SENTENCE, code: BAD_INPUT_CODE };
    if (!(cause instanceof GraphQLError))
      return isAboutVariable(error)
        ? { message: error.message, code: BAD_INPUT_CODE }
        : { message: INTERNAL_SENTENCE, code: INTERNAL_CODE };
    const known = TOO_MANY_MISTAKES.test(cause.message)
      ? BAD_INPUT_CODE
      : (extensionsOf(cause)['code'] ?? code ?? codeOf(cause));
    if (typeof known !== 'string' || known === INTERNAL_CODE)
      return { message: INTERNAL_SENTENCE, code: INTERNAL_CODE };
    return { message: cause.message.replace(SUGGESTION, ''), code: known };
  }
}

/** A mistake in an operation is found before a field is resolved; a GraphQL error at a field is a fault of the hub. */
function codeOf(error: GraphQLError): string {
  return error.path === undefined ? BAD_INPUT_CODE : INTERNAL_CODE;
}

/** A scalar may fail on a value in any way (one that is nested too deep to be shown): the value is the mistake. */
function isAboutVariable(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.path === undefined && error.message.startsWith('Variable "$');
}

/** Where a stream that ended can be taken up again. */
function resumption(error: unknown): { readonly cursor?: string } {
  const cursor = error instanceof GraphQLError ? extensionsOf(error)['cursor'] : undefined;
  return typeof cursor === 'string' ? { cursor } : {};
}

function isForCaller(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof CursorError ||
    error instanceof OrderCursorError ||
    error instanceof SlowConsumerError ||
    error instanceof CommitQueueFullError
  );
}

/** graphql-js wraps what a resolver throws, to say where it happened. */
export function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}
