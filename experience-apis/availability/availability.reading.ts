import type { z } from 'zod';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';
import { jsonPointer, type ProblemDetail } from '../../src/platform/http/problem.js';

const TYPES: Readonly<Record<string, string>> = {
  array: 'a JSON array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a JSON object',
  string: 'a JSON string',
};

/** The value as the schema reads it. Throws the 422 problem that says where and what. */
export function readAs<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value, { error: explain });
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues.flatMap(detailsOf));
}

function detailsOf(issue: z.core.$ZodIssue): readonly ProblemDetail[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: jsonPointer(issue.path), detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: jsonPointer([...issue.path, key]),
    detail: 'There is no such field here: remove it, or correct its name.',
  }));
}

/** The sentence for what a schema says nothing of itself about: what to send there. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = TYPES[issue.expected] ?? issue.expected;
      if (issue.input === undefined) return `Is missing: send ${wanted}.`;
      return issue.input === null ? `Must be ${wanted}: leave it out instead of null.` : `Must be ${wanted}.`;
    }
    case 'invalid_value':
      return `Must be one of ${issue.values.map(String).join(', ')}.`;
    case 'too_small':
      return `Must ${bound(issue.origin, Number(issue.minimum), 'at least', 'or more')}.`;
    case 'too_big':
      return `Must ${bound(issue.origin, Number(issue.maximum), 'at most', 'or less')}.`;
    default:
      return undefined;
  }
}

function bound(origin: string, limit: number, some: string, beyond: string): string {
  if (origin === 'string') return `have ${some} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `have ${some} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `be ${limit} ${beyond}`;
}
