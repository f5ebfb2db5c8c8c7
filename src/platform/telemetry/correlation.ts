import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUIDv7 } from 'node:crypto';

/** What others may hand in: long enough to be an id, short and plain enough for logs and headers. */
const SANE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/;

const storage = new AsyncLocalStorage<string>();

/** Runs the work so that every log entry and record made in it carries the id. */
export function withCorrelation<T>(correlationId: string, work: () => T): T {
  return storage.run(correlationId, work);
}

/** The id of the business case in work, if any. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore();
}

/** The id that the caller gave, where it is one, else a fresh one. */
export function correlationIdOrNew(given: unknown): string {
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUIDv7();
}
