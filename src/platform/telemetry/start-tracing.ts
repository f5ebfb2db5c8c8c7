import {
  context,
  propagation,
  SamplingDecision,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Link,
  type SamplingResult,
  type SpanKind,
} from '@opentelemetry/api';
import { isSampled, TraceIds } from './trace-ids.js';
import { LINKS_MAX, Tracing, useTracing } from './tracing.js';

const TRACES_PATH = '/v1/traces';

/** How the SDK sends, where its own settings (`OTEL_…`) say nothing else: what is beyond the queue is dropped, not waited for. */
const SDK_SETTINGS: Readonly<Record<string, string>> = {
  OTEL_BSP_MAX_QUEUE_SIZE: '32768',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2048',
  OTEL_BSP_SCHEDULE_DELAY: '1000',
  OTEL_BSP_EXPORT_TIMEOUT: '5000',
  OTEL_TRACES_EXPORTER: 'otlp',
};

export interface TracingOptions {
  /** Of the collector, for OTLP over HTTP; `/v1/traces` is added where it has no path. Absent: no traces. */
  readonly url: string | undefined;
  /** The part of the traces that is written, from 0 to 1. */
  readonly ratio: number;
  readonly serviceName: string;
  /** How long the last spans may take to leave, in milliseconds. */
  readonly stopMs: number;
}

/**
 * Starts the OpenTelemetry SDK where there is a collector, and gives how to end it: with what is still to be sent. The SDK is
 * loaded for that alone. One at a time in a process.
 */
export async function startTracing({ url, ratio, serviceName, stopMs }: TracingOptions): Promise<() => Promise<void>> {
  if (url === undefined) return async () => undefined;
  const unset = giveSettings({ ...SDK_SETTINGS, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesUrl(url) });
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const idGenerator = new TraceIds();
  const sdk = new NodeSDK({
    serviceName,
    idGenerator,
    sampler: new SubjectSampler(ratio),
    spanLimits: { linkCountLimit: LINKS_MAX },
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
    // The hub reads and writes its headers itself.
    textMapPropagator: null,
  });
  sdk.start();
  useTracing(new Tracing(trace.getTracer('entrepot'), idGenerator, ratio));
  return async () => {
    useTracing(undefined);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, stopMs);
    // A collector that is away shall not keep the process.
    await Promise.race([sdk.shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
    for (const global of [trace, context, propagation]) global.disable();
    unset();
  };
}

/** The SDK reads its settings from the environment alone. Gives how to take back those that were not there. */
function giveSettings(settings: Readonly<Record<string, string>>): () => void {
  const given = Object.entries(settings).filter(([name]) => process.env[name] === undefined);
  for (const [name, value] of given) process.env[name] = value;
  return () => {
    for (const [name] of given) delete process.env[name];
  };
}

/**
 * Who has a parent is written when that is; who has none by the ratio, or when it is linked with something that is: a commit
 * of many is found from each.
 */
export class SubjectSampler {
  constructor(private readonly ratio: number) {}

  shouldSample(
    parentContext: Context,
    traceId: string,
    _name: string,
    _kind: SpanKind,
    _attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    const parent = trace.getSpanContext(parentContext);
    const written =
      parent === undefined
        ? isSampled(traceId, this.ratio) || links.some((link) => isWritten(link.context.traceFlags))
        : isWritten(parent.traceFlags);
    return { decision: written ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return `Subject{${this.ratio}}`;
  }
}

function isWritten(flags: number): boolean {
  return (flags & TraceFlags.SAMPLED) !== 0;
}

function tracesUrl(url: string): string {
  const { pathname } = new URL(url);
  return pathname === '/' ? `${url.replace(/\/$/, '')}${TRACES_PATH}` : url;
}
