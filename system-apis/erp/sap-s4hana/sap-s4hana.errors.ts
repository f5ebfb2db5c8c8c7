import type { z } from 'zod';
import { evidenceOf, type OutsideAnswer, type OutsideHttp } from '../../../src/platform/outside/outside-http.js';
import { OutsideError } from '../../../src/platform/outside/outside-error.js';
import { sapErrorSchema, type SapProcessingMessage } from './sap-s4hana.wire.js';

export const SAP_SYSTEM = 'sap-s4hana';

const SENTENCES_MAX = 5;

// "Someone has the document open" comes as 400 like every business error, but goes away by itself.
const LOCK_CODES: ReadonlySet<string> = new Set(['V1/042', 'VL/046', 'MC/601', 'M3/682']);

/** What messages mean in the hub's words, by class and number. An installation adds its own (`messageReasons`). */
const REASONS: Readonly<Record<string, string>> = {
  // "Material … is not defined for sales org. …", "The material … does not exist".
  'V1/382': 'UNKNOWN_ITEM',
  'M3/305': 'UNKNOWN_ITEM',
};

/** The OutsideError that a bad answer of SAP means. */
export function sapFailure(
  http: OutsideHttp,
  operation: string,
  answer: OutsideAnswer,
  ownReasons: Readonly<Record<string, string>> = {},
): OutsideError {
  const said = readSapError(answer.text);
  const failure = http.failure(operation, answer, () => said?.sentences.join(' ') ?? plainText(answer.text));
  // 412 means that our copy was stale. Nothing was done, and a fresh read makes the next try good.
  const passes = answer.status === 412 || said?.codes.some((code) => LOCK_CODES.has(code)) === true;
  if (passes) return new OutsideError('transient', failure.message, failure.details);
  const reason = failure.kind === 'rejected' ? reasonOf(said?.codes ?? [], ownReasons) : undefined;
  return reason === undefined
    ? failure
    : new OutsideError(failure.kind, failure.message, { ...failure.details, reason });
}

/** Function imports tell errors as messages of type E, A or X in an answer of 200. */
export function refuseErrorMessages(
  operation: string,
  messages: readonly SapProcessingMessage[],
  ownReasons: Readonly<Record<string, string>> = {},
): void {
  const errors = messages.filter((message) => ['E', 'A', 'X'].includes(message.SystemMessageType));
  if (errors.length === 0) return;
  const codes = errors.map(messageCode);
  const locked = codes.some((code) => LOCK_CODES.has(code));
  const reason = locked ? undefined : reasonOf(codes, ownReasons);
  throw new OutsideError(
    locked ? 'transient' : 'rejected',
    `${SAP_SYSTEM} refused ${operation}: ${errors.slice(0, SENTENCES_MAX).map(describeMessage).join('; ')}`,
    { system: SAP_SYSTEM, operation, ...(reason === undefined ? {} : { reason }) },
  );
}

/** The hub's word for why, of the first message that has one. */
function reasonOf(codes: readonly string[], own: Readonly<Record<string, string>>): string | undefined {
  return codes.map((code) => own[code] ?? REASONS[code]).find((reason) => reason !== undefined);
}

/** Reads an answer's body by its schema. The error names the paths that do not fit, never the values. */
export function readBody<Schema extends z.ZodType>(
  operation: string,
  answer: OutsideAnswer,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.slice(0, SENTENCES_MAX).map((issue) => issue.path.join('.') || '(body)');
  throw new OutsideError(
    'contract',
    `${SAP_SYSTEM} answered ${operation} with a body that does not fit: ${paths.join(', ')}`,
    { system: SAP_SYSTEM, operation, status: answer.status, outcomeUnknown: true, ...evidenceOf(answer) },
  );
}

function readSapError(text: string): { codes: readonly string[]; sentences: readonly string[] } | undefined {
  const parsed = sapErrorSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { code, message, innererror } = parsed.data.error;
  const errors = (innererror?.errordetails ?? []).filter((detail) => (detail.severity ?? 'error') === 'error');
  return {
    codes: [code, ...errors.map((detail) => detail.code)],
    sentences: [...new Set([message.value, ...errors.map((detail) => detail.message)])].slice(0, SENTENCES_MAX),
  };
}

// A gateway in front of SAP answers in HTML; its markup would drown the sentence.
function plainText(text: string): string | undefined {
  return text.trimStart().startsWith('<') ? '(an HTML page)' : undefined;
}

function messageCode(message: SapProcessingMessage): string {
  return `${message.SystemMessageIdentification}/${message.SystemMessageNumber}`;
}

function describeMessage(message: SapProcessingMessage): string {
  const variables = [
    message.SystemMessageVariable1,
    message.SystemMessageVariable2,
    message.SystemMessageVariable3,
    message.SystemMessageVariable4,
  ].filter((variable) => variable !== '');
  return `message ${messageCode(message)}${variables.length > 0 ? ` (${variables.join(', ')})` : ''}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
