import { randomFillSync } from 'node:crypto';
import { TraceFlags, type SpanContext } from '@opentelemetry/api';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Version 00 of W3C Trace Context; of a later version the same four parts come first. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
/** Asked of the system at once: for each id by itself that would be the larger part of what a span costs. */
const RANDOM_BYTES = 4_096;
/** Hexadecimal digits of a trace id that the ratio looks at: in them a UUID of any version is even. */
const RATIO_DIGITS = 12;
const RATIO_RANGE = 16 ** RATIO_DIGITS;

/**
 * The root of the trace of whatever has this UUID: nothing needs to be stored for one trace over processes and days.
 * Undefined for what is no UUID.
 */
export function rootOf(subject: string, ratio: number): SpanContext | undefined {
  if (!UUID.test(subject)) return undefined;
  const traceId = subject.replaceAll('-', '');
  return {
    traceId,
    // The variant of a UUID stands in it: it is never zero.
    spanId: traceId.slice(-2 * SPAN_BYTES),
    traceFlags: isSampled(traceId, ratio) ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
}

/** The same in each process, and of a larger ratio whatever a smaller one has. */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-RATIO_DIGITS), 16) < ratio * RATIO_RANGE;
}

/** The W3C header `traceparent`, version 00. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${(traceFlags & TraceFlags.SAMPLED).toString(16)}`;
}

/** Undefined for what is no header of W3C Trace Context. */
export function parseTraceparent(header: unknown): SpanContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', rest] =
    (typeof header === 'string' ? TRACEPARENT.exec(header) : null) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

/** Random ids, and for one span those that it is given. */
export class TraceIds {
  private readonly random = Buffer.alloc(RANDOM_BYTES);
  private used = RANDOM_BYTES;
  private given: Pick<SpanContext, 'traceId' | 'spanId'> | undefined;

  /** The span that the work starts first gets these ids. */
  with<T>(ids: Pick<SpanContext, 'traceId' | 'spanId'>, work: () => T): T {
    this.given = ids;
    try {
      return work();
    } finally {
      this.given = undefined;
    }
  }

  generateTraceId(): string {
    return this.given?.traceId ?? this.randomHex(TRACE_BYTES);
  }

  generateSpanId(): string {
    return this.given?.spanId ?? this.randomHex(SPAN_BYTES);
  }

  private randomHex(bytes: number): string {
    if (this.used + bytes > RANDOM_BYTES) {
      randomFillSync(this.random);
      this.used = 0;
    }
    this.used += bytes;
    return this.random.toString('hex', this.used - bytes, this.used);
  }
}
