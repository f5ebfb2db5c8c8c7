import { randomUUIDv7 } from 'node:crypto';
import { SpanKind, type Span } from '@opentelemetry/api';
import { inWork, Work } from '../telemetry/correlation.js';
import { activeTracing, failSpan, LINKS_MAX, type Tracing } from '../telemetry/tracing.js';
import type { TaskHandler, TaskResult, TaskRun } from './task.js';

const works = new WeakMap<TaskRun, Work>();

/** Does what one task of a batch needs as its work: log entries, spans and calls in it belong to what the task is about. */
export function inTask<T>(task: TaskRun, act: () => T): T {
  return inWork(works.get(task) ?? new Work(task.key), act);
}

/**
 * Runs a batch as its handler's work. A task that is alone is the work itself; of several, what is done for all together is
 * a work of its own, which is linked with each of them. `subjectMember` of a payload says what the task is about: a UUID.
 */
export async function runInWork(
  runs: readonly TaskRun[],
  handler: TaskHandler,
  subjectMember: string,
): Promise<readonly TaskResult[]> {
  const tracing = activeTracing();
  const spans = runs.map((run) => {
    const subject = textAt(run.payload, subjectMember);
    const span = tracing === undefined ? undefined : startSpan(tracing, run, subject);
    works.set(run, new Work(subject ?? run.key, span === undefined ? undefined : () => span));
    return span;
  });
  const [only] = runs;
  const batch = runs.length === 1 && only !== undefined ? works.get(only) : undefined;
  const work = batch ?? new Work(randomUUIDv7(), batchSpan(runs, spans));
  try {
    const results = await inWork(work, () => handler(runs));
    spans.forEach((span, index) => endSpan(span, results[index]));
    return results;
  } catch (error) {
    for (const span of spans) endSpan(span, undefined);
    throw error;
  } finally {
    if (batch === undefined) work.spanIfBegun?.end();
  }
}

function textAt(payload: object, member: string): string | undefined {
  const value: unknown = Object.entries(payload).find(([name]) => name === member)?.[1];
  return typeof value === 'string' ? value : undefined;
}

function startSpan(tracing: Tracing, { kind, attempt }: TaskRun, subject: string | undefined): Span {
  return tracing.start({
    name: kind,
    kind: SpanKind.CONSUMER,
    subject,
    attributes: { 'entrepot.task': kind, 'entrepot.attempt': attempt },
  });
}

/** Begun when a call is made or something is committed for all of them together. */
function batchSpan(
  runs: readonly TaskRun[],
  spans: readonly (Span | undefined)[],
): ((at: number) => Span | undefined) | undefined {
  if (activeTracing() === undefined) return undefined;
  return (startedAt) => {
    const causes = spans.flatMap((span) => (span?.isRecording() === true ? [span.spanContext()] : []));
    const span = activeTracing()?.startAlone({
      name: `${runs[0]?.kind ?? 'tasks'} batch`,
      kind: SpanKind.CONSUMER,
      startedAt,
      causes: causes.slice(0, LINKS_MAX),
      attributes: { 'entrepot.tasks': runs.length },
    });
    if (span !== undefined) for (const of of spans) of?.addLink({ context: span.spanContext() });
    return span;
  };
}

function endSpan(span: Span | undefined, result: TaskResult | undefined): void {
  if (span === undefined) return;
  span.setAttribute('entrepot.outcome', result?.outcome ?? 'FAILED');
  if (result?.outcome !== 'DONE') failSpan(span, result?.outcome ?? 'FAILED');
  span.end();
}
