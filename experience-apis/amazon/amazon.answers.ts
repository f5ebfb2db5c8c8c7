import type { z } from 'zod';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { evidenceOf, type OutsideAnswer } from '../../src/platform/outside/outside-http.js';
import { AccessErrorWire, ErrorsWire } from './amazon-access.wire.js';
import { AMAZON } from './amazon.settings.js';

/** Reads a good answer by its schema; anything else breaks the contract. */
export function parseAnswer<S extends z.ZodType>(operation: string, answer: OutsideAnswer, schema: S): z.infer<S> {
  const result = schema.safeParse(parseJson(answer.text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new OutsideError(
    'contract',
    `${AMAZON} answered ${operation} against its contract: /${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`,
    { system: AMAZON, operation, status: answer.status, ...evidenceOf(answer) },
  );
}

/** Amazon's own sentence out of an SP-API error envelope. */
export function explainErrors(text: string): string | undefined {
  const envelope = ErrorsWire.safeParse(parseJson(text));
  if (!envelope.success) return undefined;
  return envelope.data.errors
    .map(({ code, message, details }) => [`${code}: ${message ?? ''}`, details].filter(Boolean).join(' '))
    .join('; ');
}

/** LWA's own sentence out of an OAuth error. */
export function explainAccess(text: string): string | undefined {
  const error = AccessErrorWire.safeParse(parseJson(text));
  return error.success ? [error.data.error, error.data.error_description].filter(Boolean).join(': ') : undefined;
}

/** The code of an error of Amazon's storage (XML). Its other parts repeat the signed request. */
export function explainStorage(text: string): string {
  return /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? 'no reason was given';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
