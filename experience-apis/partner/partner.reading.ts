import type { z } from 'zod';
import { cancellationSchema, type WireCancellation } from './partner-cancellation.wire.js';
import { orderSchema, type WireOrder } from './partner-order.wire.js';
import { checkCancellation, checkOrder } from './partner.checks.js';
import { explain, findingOf, type Finding } from './partner.findings.js';

/** What a body says, or everything that is wrong in it. */
export type Reading<T> =
  | { readonly outcome: 'READ'; readonly value: T }
  | { readonly outcome: 'NOT_JSON'; readonly detail: string }
  | { readonly outcome: 'WRONG'; /** At least one. */ readonly findings: readonly Finding[] };

export function readOrder(body: Buffer): Reading<WireOrder> {
  return read(body, orderSchema, checkOrder);
}

export function readCancellation(body: Buffer): Reading<WireCancellation> {
  return read(body, cancellationSchema, checkCancellation);
}

function read<T extends z.ZodType>(
  body: Buffer,
  schema: T,
  check: (value: z.output<T>) => readonly Finding[],
): Reading<z.output<T>> {
  const parsed = parseJson(body);
  if (parsed.outcome !== 'READ') return parsed;
  const result = schema.safeParse(parsed.value, { error: explain });
  const findings = result.success ? check(result.data) : result.error.issues.map(findingOf);
  if (result.success && findings.length === 0) return { outcome: 'READ', value: result.data };
  return { outcome: 'WRONG', findings };
}

export function parseJson(body: Buffer): Exclude<Reading<unknown>, { outcome: 'WRONG' }> {
  try {
    return { outcome: 'READ', value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch (error) {
    // Not the error's own words: they quote the body.
    if (error instanceof TypeError) return { outcome: 'NOT_JSON', detail: 'The body is not text in UTF-8.' };
    if (error instanceof SyntaxError) return { outcome: 'NOT_JSON', detail: 'The body is not JSON.' };
    throw error;
  }
}
