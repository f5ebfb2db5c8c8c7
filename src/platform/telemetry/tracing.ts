import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { currentWork } from './correlation.js';
import { parseTraceparent, rootOf, type TraceIds } from './trace-ids.js';

/** Links of one span; the SDK drops what is beyond its own bound, which is the same. */
export const LINKS_MAX = 128;
/** Characters of what a span tells of an error. */
const ERROR_CHARS_MAX = 200;

export interface NewSpan {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Whose trace it belongs to, a UUID. Absent: that of the work it is part of, or one of its own. */
  readonly subject?: string | undefined;
  /** What led to it, where that is not its parent; LINKS_MAX at most. */
  readonly causes?: readonly SpanContext[];
  /** Unix milliseconds. */
  readonly startedAt?: number;
}

/**
 * Writes spans. Each subject (a UUID that is opaque here) has one trace, whose ids follow from it: every process finds
 * it, however much later. Names and attributes are bounded and hold no personal data.
 */
export class Tracing {
  constructor(
    private readonly tracer: Tracer,
    private readonly ids: TraceIds,
    /** The part of the traces that is written, from 0 to 1. */
    private readonly ratio: number,
  ) {}

  /** False where nothing of its trace is written: what would only be written need not be made. */
  isWritten(subject: string): boolean {
    return (rootOf(subject, this.ratio)?.traceFlags ?? 0) !== 0;
  }

  /** The first span of the subject's trace, which all others hang from. Ended at once: a subject may live for weeks. */
  begin(subject: string, span: Pick<NewSpan, 'name' | 'attributes' | 'causes' | 'startedAt'>): void {
    const root = rootOf(subject, this.ratio);
    if (root === undefined) return;
    this.ids.with(root, () => this.tracer.startSpan(span.name, options(span), ROOT_CONTEXT)).end();
  }

  /**
   * Part of the work under way when that is in the same trace; else it hangs from the subject's root, and is linked with the
   * work that led to it.
   */
  start(span: NewSpan): Span {
    const active = currentWork()?.span()?.spanContext();
    const root = span.subject === undefined ? undefined : rootOf(span.subject, this.ratio);
    const isPart = active !== undefined && (root === undefined || root.traceId === active.traceId);
    const parent = isPart ? active : root;
    const cause = isPart || active === undefined ? [] : [active];
    return this.tracer.startSpan(span.name, options(span, cause), contextOf(parent));
  }

  /**
   * For what comes in from outside: part of the caller's trace, if it names one. Anybody may ask for it to be written; the
   * ratio holds for them too.
   */
  accept(span: Omit<NewSpan, 'subject'>, traceparent: unknown): Span {
    const caller = parseTraceparent(traceparent);
    // By chance, not by the trace id, which the caller chooses.
    const parent =
      caller === undefined || Math.random() < this.ratio ? caller : { ...caller, traceFlags: TraceFlags.NONE };
    return this.tracer.startSpan(span.name, options({ ...span, kind: SpanKind.SERVER }), contextOf(parent));
  }

  /** The first span of a trace of its own. */
  startAlone(span: Omit<NewSpan, 'subject'>): Span {
    return this.tracer.startSpan(span.name, options(span), ROOT_CONTEXT);
  }

  /** Within a span that was started here. */
  startWithin(parent: SpanContext, span: Omit<NewSpan, 'subject'>): Span {
    return this.tracer.startSpan(span.name, options(span), contextOf(parent));
  }
}

let active: Tracing | undefined;

/** Undefined while no traces are written: then nothing of them costs anything. */
export function activeTracing(): Tracing | undefined {
  return active;
}

/** For the start and the end of the process, and for tests. */
export function useTracing(tracing: Tracing | undefined): void {
  active = tracing;
}

/** Marks a span as failed. The sentence must be free of personal data. */
export function failSpan(span: Span, type: string, sentence?: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({
    code: SpanStatusCode.ERROR,
    ...(sentence === undefined ? {} : { message: sentence.slice(0, ERROR_CHARS_MAX) }),
  });
}

function options(
  { kind = SpanKind.INTERNAL, attributes, causes = [], startedAt }: Omit<NewSpan, 'name' | 'subject'>,
  more: readonly SpanContext[] = [],
): SpanOptions {
  const links: Link[] = [...more, ...causes].slice(0, LINKS_MAX).map((context) => ({ context }));
  return {
    kind,
    ...(attributes === undefined ? {} : { attributes }),
    ...(links.length === 0 ? {} : { links }),
    ...(startedAt === undefined ? {} : { startTime: startedAt }),
  };
}

function contextOf(parent: SpanContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}
