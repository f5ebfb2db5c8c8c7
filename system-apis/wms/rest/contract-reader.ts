import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';
import { jsonPointer } from '../../../src/platform/http/problem.js';

/** As many as a person reads; the first ones are enough to find the mistake. */
const ERRORS_MAX = 50;

export type Reading<T> =
  | { readonly outcome: 'READ'; readonly value: T }
  | { readonly outcome: 'NOT_JSON' }
  | { readonly outcome: 'MISMATCH'; readonly errors: readonly ProblemDetail[] };

/** Reads JSON bytes by a schema. What is wrong is named by place and rule, never by value: values may be personal. */
export function readContract<T>(schema: z.ZodType<T>, body: Buffer): Reading<T> {
  const json = parseJson(body);
  if (json === undefined) return { outcome: 'NOT_JSON' };
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { outcome: 'READ', value: parsed.data };
  const errors = parsed.error.issues
    .slice(0, ERRORS_MAX)
    .map((issue) => ({ pointer: jsonPointer(issue.path), detail: issue.message }));
  return { outcome: 'MISMATCH', errors };
}

function parseJson(body: Buffer): { readonly value: unknown } | undefined {
  if (!isUtf8(body)) return undefined;
  try {
    return { value: JSON.parse(body.toString('utf8')) };
  } catch {
    // The parser's own message quotes the body, so it goes nowhere.
    return undefined;
  }
}
