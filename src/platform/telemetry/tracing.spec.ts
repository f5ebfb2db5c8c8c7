import {
  SamplingDecision,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { SubjectSampler } from './start-tracing.js';
import { TraceIds } from './trace-ids.js';
import { Tracing } from './tracing.js';

/** By its trace id it would be written at any ratio. */
const TRACE = '0af7651916cd43dd8448000000000000';
const REQUESTS = 1_000;

/** Spans that say whether they would be written. */
class DecidingTracer implements Tracer {
  constructor(private readonly sampler: SubjectSampler) {}

  startSpan(name: string, _: unknown, context: Context): Span {
    const parent = trace.getSpanContext(context);
    if (parent === undefined) throw new Error('the span is part of no trace');
    const { decision } = this.sampler.shouldSample(context, parent.traceId, name, SpanKind.SERVER, {}, []);
    const written = decision === SamplingDecision.RECORD_AND_SAMPLED;
    return trace.wrapSpanContext({ ...parent, traceFlags: written ? TraceFlags.SAMPLED : TraceFlags.NONE });
  }

  startActiveSpan(): never {
    throw new Error('the hub carries its spans itself');
  }
}

const SAMPLED: number = TraceFlags.SAMPLED;

function writtenOf(ratio: number, flags: '00' | '01'): number {
  const tracing = new Tracing(new DecidingTracer(new SubjectSampler(ratio)), new TraceIds(), ratio);
  const contexts = Array.from({ length: REQUESTS }, () =>
    tracing.accept({ name: 'GET /' }, `00-${TRACE}-b7ad6b7169203331-${flags}`).spanContext(),
  );
  expect(new Set(contexts.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  return contexts.filter(({ traceFlags }) => traceFlags === SAMPLED).length;
}

describe('a request that names a trace', () => {
  it('is part of it, and written when its caller is', () => {
    expect(writtenOf(1, '01')).toBe(REQUESTS);
    expect(writtenOf(1, '00')).toBe(0);
  });

  it('cannot have more written than the ratio lets', () => {
    expect(writtenOf(0, '01')).toBe(0);
    const tenth = writtenOf(0.1, '01');
    expect(tenth).toBeGreaterThan(REQUESTS * 0.05);
    expect(tenth).toBeLessThan(REQUESTS * 0.15);
  });
});
