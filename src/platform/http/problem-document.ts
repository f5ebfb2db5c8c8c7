import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommitQueueFullError } from '../commit/group-commit.js';
import { isDatabaseUnavailable } from '../db/unavailable.js';
import { isUnstorableValue } from '../db/unstorable.js';
import { ProblemError, type ProblemDetail, type ProblemOptions } from './problem.js';

const TYPE_PREFIX = 'https://entrepot.dev/problems/';

/** The RFC 9457 body. */
interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request, without its query. */
  readonly instance: string;
  readonly correlationId: string;
  readonly errors?: readonly ProblemDetail[];
}

/** Answers a request with a problem. */
export function sendProblem(reply: FastifyReply, problem: ProblemOptions, request: FastifyRequest): void {
  const document = problemDocument(problem, pathOf(request), request.id);
  void reply
    .status(problem.status)
    .headers({ ...problem.headers })
    .type('application/problem+json')
    // As text: the reply of an address that meets no route has no serializer for this content type.
    .send(JSON.stringify(document));
}

/** The address without its query, which may hold personal data. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function problemDocument(problem: ProblemOptions, instance: string, correlationId: string): ProblemDocument {
  const { code, title, status, detail, errors } = problem;
  return {
    type: `${TYPE_PREFIX}${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail,
    instance,
    correlationId,
    ...(errors === undefined ? {} : { errors }),
  };
}

/** What a client is told of an error. Of one that nobody foresaw, and of any server fault of a library: nothing but the status. */
export function problemOf(error: unknown): ProblemOptions {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof CommitQueueFullError) return BUSY;
  if (isDatabaseUnavailable(error)) return DATABASE_UNAVAILABLE;
  if (isUnstorableValue(error)) return UNSTORABLE;
  const status = error instanceof HttpException ? error.getStatus() : statusOfFastify(error);
  if (status === undefined || status < 400) return INTERNAL;
  const known = KNOWN[status] ?? ordinary(status);
  if (status >= 500) return known;
  return { ...known, detail: known.detail || sentenceOf(error), ...nestErrors(error) };
}

const INTERNAL: ProblemOptions = {
  status: 500,
  code: 'INTERNAL_ERROR',
  title: 'Internal error',
  detail: 'Something went wrong inside. The correlation id leads to the cause in the log.',
};

/** More waits to be committed than the hub will hold. */
const BUSY: ProblemOptions = {
  status: 503,
  code: 'BUSY',
  title: 'The hub is busy',
  detail: 'Nothing was done. Send the same request again after the time in Retry-After.',
  headers: { 'retry-after': '1' },
};

const DATABASE_UNAVAILABLE: ProblemOptions = {
  status: 503,
  code: 'DATABASE_UNAVAILABLE',
  title: 'The hub cannot reach its database',
  detail: 'Send the same request again after the time in Retry-After: nothing happens twice.',
  headers: { 'retry-after': '5' },
};

/** What a schema of the edge let through, and the database cannot hold. */
const UNSTORABLE: ProblemOptions = {
  status: 422,
  code: 'VALUE_NOT_STORABLE',
  title: 'A value cannot be stored',
  detail:
    'Nothing was done. A text holds NUL or half a surrogate pair, or a time lies beyond the calendar: send another value.',
};

/** Errors of the HTTP layer itself, in words that say what to do. An empty detail takes the error's own message. */
const KNOWN: Readonly<Record<number, ProblemOptions>> = {
  400: { status: 400, code: 'BAD_REQUEST', title: 'The request cannot be read', detail: '' },
  404: { status: 404, code: 'NOT_FOUND', title: 'Nothing is here', detail: 'There is nothing at this address.' },
  413: { status: 413, code: 'BODY_TOO_LARGE', title: 'The body is too large', detail: 'Send a smaller body.' },
  415: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    title: 'The content type is not accepted here',
    detail: 'Send the body as application/json.',
  },
  500: INTERNAL,
};

function ordinary(status: number): ProblemOptions {
  const title = STATUS_CODES[status] ?? 'Error';
  const detail = status >= 500 ? 'The hub cannot answer now. Try again later.' : '';
  return { status, code: title.toUpperCase().replaceAll(/[^A-Z]+/g, '_'), title, detail };
}

function statusOfFastify(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  // Only errors that Fastify names its own speak of the request; others may carry the status of an outside call.
  const fromFastify = 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
  return fromFastify && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/** Nest's validation pipes give their findings as a list of texts. */
function nestErrors(error: unknown): { readonly errors?: readonly ProblemDetail[] } {
  const response = error instanceof HttpException ? error.getResponse() : undefined;
  if (typeof response !== 'object' || !('message' in response) || !Array.isArray(response.message)) return {};
  return { errors: response.message.map((message) => ({ pointer: '', detail: String(message) })) };
}
