import type { z } from 'zod';
import type { RefusedReason } from '../../src/model/channel-order.js';
import { jsonPointer, type ProblemDetail } from '../../src/platform/http/problem.js';

/** More are not told at once: who sends so many errors mends the first ones first. */
export const FINDINGS_MAX = 100;

/** One thing that is wrong in a body: where, and what to send instead. Never holds what was sent: it may be personal. */
export interface Finding extends ProblemDetail {
  readonly reason: RefusedReason;
}

export function finding(
  path: readonly PropertyKey[],
  detail: string,
  reason: RefusedReason = 'CONTRACT_MISMATCH',
): Finding {
  return { pointer: jsonPointer(path), detail, reason };
}

export function findingOf(issue: z.core.$ZodIssue): Finding {
  return finding(issue.path, issue.message, reasonOf(issue));
}

function reasonOf(issue: z.core.$ZodIssue): RefusedReason {
  const ofLines = issue.path.length === 1 && issue.path[0] === 'lines';
  if (ofLines && issue.code === 'too_small') return 'NO_LINES';
  if (ofLines && issue.code === 'too_big') return 'TOO_MANY_LINES';
  if (issue.code === 'invalid_format' && issue.format === 'datetime') return 'TIME_NOT_READABLE';
  return 'CONTRACT_MISMATCH';
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a JSON array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a JSON object',
  record: 'a JSON object',
  string: 'a JSON string',
};

/** The sentence for what a schema says nothing of itself about: what to send there. */
export function explain(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = TYPES[issue.expected] ?? issue.expected;
      if (issue.input === undefined) return `Is missing: send ${wanted}.`;
      return issue.input === null ? `Must be ${wanted}: leave it out instead of null.` : `Must be ${wanted}.`;
    }
    case 'invalid_value':
      return `Must be one of ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      return `Must ${atLeast(issue.origin, Number(issue.minimum))}.`;
    case 'too_big':
      return `Must ${atMost(issue.origin, Number(issue.maximum))}.`;
    case 'invalid_key':
      return 'Its name must be 1 to 100 characters, without control characters.';
    default:
      return undefined;
  }
}

function atLeast(origin: string, minimum: number): string {
  if (origin === 'string') return minimum === 1 ? 'not be empty' : `have at least ${minimum} characters`;
  if (origin === 'array') return `have at least ${minimum} ${minimum === 1 ? 'entry' : 'entries'}`;
  return `be ${minimum} or more`;
}

function atMost(origin: string, maximum: number): string {
  if (origin === 'string') return `have at most ${maximum} characters`;
  if (origin === 'array') return `have at most ${maximum} entries`;
  return `be ${maximum} or less`;
}
