import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUIDv7 } from 'node:crypto';
import type { Span } from '@opentelemetry/api';

/** What others may hand in: long enough to be an id, short and plain enough for logs and headers. */
const SANE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/;

/** What is done for one business case, carried through all awaits. Its span, if it has one, starts when it is first needed. */
export class Work {
  private begun: Span | undefined;

  constructor(
    readonly correlationId: string,
    /** Absent, or gives nothing, where no traces are written. */
    private readonly begin?: (startedAt: number) => Span | undefined,
    /** Unix milliseconds. */
    readonly startedAt = Date.now(),
  ) {}

  /** Its span, begun by now. */
  span(): Span | undefined {
    this.begun ??= this.begin?.(this.startedAt);
    return this.begun;
  }

  /** Its span, where something needed it. */
  get spanIfBegun(): Span | undefined {
    return this.begun;
  }
}

const storage = new AsyncLocalStorage<Work>();

export function inWork<T>(work: Work, act: () => T): T {
  return storage.run(work, act);
}

export function currentWork(): Work | undefined {
  return storage.getStore();
}

/** Runs the work so that every log entry and record made in it carries the id. It stays part of the span that it is in. */
export function withCorrelation<T>(correlationId: string, work: () => T): T {
  const outer = storage.getStore();
  const inner = outer === undefined ? undefined : () => outer.span();
  return storage.run(new Work(correlationId, inner, outer?.startedAt), work);
}

/** The id of the business case in work, if any. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore()?.correlationId;
}

/** The id that the caller gave, where it is one, else a fresh one. */
export function correlationIdOrNew(given: unknown): string {
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUIDv7();
}
