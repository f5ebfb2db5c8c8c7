import { ProblemError, type ProblemDetail } from './problem.js';

/** More are not told at once: who sends so many errors mends the first ones first. */
const ERRORS_TOLD_MAX = 100;

/** Input that cannot be taken as a whole: nothing of it was done. Each error says where, as a JSON Pointer, and how to mend it. */
export class InvalidInputError extends Error {
  readonly code = 'INVALID_INPUT';
  readonly errors: readonly ProblemDetail[];

  constructor(errors: readonly ProblemDetail[]) {
    const told = errors.slice(0, ERRORS_TOLD_MAX);
    super(told.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '));
    this.name = 'InvalidInputError';
    this.errors = told;
  }
}

/** What a request is answered that was understood and cannot be taken: where, and what to send instead. */
export function invalidRequest(errors: readonly ProblemDetail[]): ProblemError {
  const more = errors.length > ERRORS_TOLD_MAX ? ` The first ${ERRORS_TOLD_MAX} of ${errors.length} are listed.` : '';
  return new ProblemError({
    status: 422,
    code: 'INVALID_REQUEST',
    title: 'The request does not fit',
    detail: `Nothing was done. See errors: each says where and what.${more}`,
    errors: errors.slice(0, ERRORS_TOLD_MAX),
  });
}

/** @throws InvalidInputError when there is any. */
export function refuseIfAny(errors: readonly ProblemDetail[]): void {
  if (errors.length > 0) throw new InvalidInputError(errors);
}

/** Entries that say again what an earlier one says, by the key of each. `at` is the pointer's last part. */
export function repeatedEntries(keys: readonly string[], what: string, at = ''): readonly ProblemDetail[] {
  const first = new Map<string, number>();
  return keys.flatMap((key, index) => {
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    return earlier === undefined
      ? []
      : [{ pointer: `/${index}${at}`, detail: `${what} stands in entry ${earlier} already: say it once.` }];
  });
}
