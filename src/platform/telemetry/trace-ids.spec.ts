import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSampled, parseTraceparent, rootOf, TraceIds, traceparentOf } from './trace-ids.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('the trace of a subject', () => {
  it('follows from its UUID alone', () => {
    expect(rootOf('0198c0de-0000-7abc-8def-0123456789ab', 1)).toEqual({
      traceId: '0198c0de00007abc8def0123456789ab',
      spanId: '8def0123456789ab',
      traceFlags: 1,
      isRemote: true,
    });
  });

  it.each(['', 'web-eu/1001', '0198C0DE-0000-7ABC-8DEF-0123456789AB', '00000000-0000-0000-0000-000000000000'])(
    'is none for %j',
    (subject) => expect(rootOf(subject, 1)).toBeUndefined(),
  );

  it('is written for about the part that is asked for, and of a larger part whatever a smaller one has', () => {
    const roots = Array.from({ length: 4_000 }, () => rootOf(randomUUIDv7(), 1)?.traceId ?? '');
    const written = (ratio: number): readonly string[] => roots.filter((traceId) => isSampled(traceId, ratio));
    expect(written(0)).toEqual([]);
    expect(written(1)).toEqual(roots);
    const tenth = written(0.1);
    expect(tenth.length).toBeGreaterThan(300);
    expect(tenth.length).toBeLessThan(500);
    const fifth = new Set(written(0.2));
    expect(tenth.filter((traceId) => !fifth.has(traceId))).toEqual([]);
  });
});

describe('traceparent', () => {
  it('is read as it is written', () => {
    for (const flags of ['00', '01']) {
      const header = `00-${TRACE}-${SPAN}-${flags}`;
      const context = parseTraceparent(header);
      expect(context).toMatchObject({ traceId: TRACE, spanId: SPAN });
      expect(context && traceparentOf(context)).toBe(header);
    }
  });

  it('of a later version is read by its first parts', () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-03-more`)).toMatchObject({ traceId: TRACE, traceFlags: 1 });
  });

  it.each([
    undefined,
    ['00', TRACE],
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
  ])('is not taken: %j', (header) => expect(parseTraceparent(header)).toBeUndefined());
});

describe('new ids', () => {
  it('have the length that is wanted, and never come again', () => {
    const ids = new TraceIds();
    const traces = Array.from({ length: 2_000 }, () => ids.generateTraceId());
    const spans = Array.from({ length: 2_000 }, () => ids.generateSpanId());
    for (const id of traces) expect(id).toMatch(/^[0-9a-f]{32}$/);
    for (const id of spans) expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set([...traces, ...spans]).size).toBe(4_000);
  });

  it('are those that are given, for the work alone that they are given for', () => {
    const ids = new TraceIds();
    const given = { traceId: TRACE, spanId: SPAN };
    expect(ids.with(given, () => [ids.generateTraceId(), ids.generateSpanId()])).toEqual([TRACE, SPAN]);
    expect([ids.generateTraceId(), ids.generateSpanId()]).not.toContain(TRACE);
  });
});
