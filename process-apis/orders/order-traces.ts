import { SpanKind, type Span, type SpanContext } from '@opentelemetry/api';
import { currentWork, inWork, type Work } from '../../src/platform/telemetry/correlation.js';
import { activeTracing, LINKS_MAX, type Tracing } from '../../src/platform/telemetry/tracing.js';
import type { OrderFact, SubmitOutcome } from './orders.facts.js';

/** What a submission was part of. */
export interface SubmissionTrace {
  readonly work: Work | undefined;
  /** Unix milliseconds. */
  readonly submittedAt: number;
}

interface TracedSubmission {
  readonly facts: readonly OrderFact[];
  /** It is a whole message. */
  readonly claim?: object;
  readonly trace?: SubmissionTrace;
}

/** At the time of the submission; undefined while no traces are written. */
export function submissionTrace(): { readonly trace?: SubmissionTrace } {
  return activeTracing() === undefined ? {} : { trace: { work: currentWork(), submittedAt: Date.now() } };
}

/**
 * Tells what a commit did: in the trace of each order a span for each fact that changed it, and one span of the commit, with
 * links to all of those. Told afterwards, since only then it is known which orders they were. `startedAt`: Unix milliseconds.
 */
export function traceCommit(
  submissions: readonly TracedSubmission[],
  results: readonly { readonly outcomes: readonly SubmitOutcome[]; readonly duplicate: boolean }[],
  startedAt: number,
): void {
  const tracing = activeTracing();
  if (tracing === undefined) return;
  const spans = submissions.flatMap((submission, index) => {
    const result = results[index];
    return result === undefined || result.duplicate ? [] : factSpans(tracing, submission, result.outcomes);
  });
  if (spans.length === 0) return;
  const causes = spans.slice(0, LINKS_MAX).map((span) => span.spanContext());
  const attributes = { 'entrepot.submissions': submissions.length, 'entrepot.facts': spans.length };
  const commit = tracing.startAlone({ name: 'commit', startedAt, causes, attributes });
  for (const span of spans) span.addLink({ context: commit.spanContext() }).end();
  commit.end();
}

function factSpans(
  tracing: Tracing,
  { facts, claim, trace }: TracedSubmission,
  outcomes: readonly SubmitOutcome[],
): readonly Span[] {
  if (trace === undefined) return [];
  return facts.flatMap((fact, index) => {
    const outcome = outcomes[index];
    const orderId = outcome === undefined ? undefined : changedOrder(outcome);
    if (outcome === undefined || orderId === undefined || !tracing.isWritten(orderId)) return [];
    if (outcome.created === true) beginOrder(tracing, orderId, fact, trace);
    const message = claim === undefined ? undefined : receiveSpan(tracing, orderId, fact, trace);
    const span = factSpan(tracing, orderId, { fact, outcome, trace }, message?.spanContext());
    message?.end();
    return [span];
  });
}

/** The order that the fact did something to; undefined where it changed nothing, and its span would be noise. */
function changedOrder({ result, duplicate, orderId }: SubmitOutcome): string | undefined {
  return duplicate || result === 'UNCHANGED' ? undefined : orderId;
}

function beginOrder(
  tracing: Tracing,
  orderId: string,
  { source }: OrderFact,
  { work, submittedAt }: SubmissionTrace,
): void {
  const startedAt = work?.startedAt ?? submittedAt;
  tracing.begin(orderId, { name: 'order', startedAt, attributes: { 'entrepot.source': source } });
}

/** From the first byte of the request, or the beginning of the poll, that brought the message. */
function receiveSpan(tracing: Tracing, orderId: string, { source }: OrderFact, trace: SubmissionTrace): Span {
  const { work, submittedAt } = trace;
  return startIn(trace, () =>
    tracing.start({
      name: 'receive',
      kind: SpanKind.CONSUMER,
      subject: orderId,
      startedAt: work?.startedAt ?? submittedAt,
      attributes: {
        'entrepot.source': source,
        ...(work === undefined ? {} : { 'entrepot.correlation_id': work.correlationId }),
      },
    }),
  );
}

/** Decided and committed: from the submission to the end of the commit. */
function factSpan(
  tracing: Tracing,
  orderId: string,
  {
    fact,
    outcome,
    trace,
  }: { readonly fact: OrderFact; readonly outcome: SubmitOutcome; readonly trace: SubmissionTrace },
  message: SpanContext | undefined,
): Span {
  const span = {
    name: fact.body.kind,
    startedAt: trace.submittedAt,
    attributes: { 'entrepot.source': fact.source, 'entrepot.result': outcome.result },
  };
  if (message !== undefined) return tracing.startWithin(message, span);
  return startIn(trace, () => tracing.start({ ...span, subject: orderId }));
}

function startIn({ work }: SubmissionTrace, start: () => Span): Span {
  return work === undefined ? start() : inWork(work, start);
}
