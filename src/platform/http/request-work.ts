import type { Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inWork, Work } from '../telemetry/correlation.js';
import { activeTracing, failSpan } from '../telemetry/tracing.js';

/** Asked every few seconds by machines: their spans would say nothing. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/**
 * Whatever is done for a request is one work: its correlation id is `request.id` (the caller's where it is sane, else a new
 * one), which is sent back, and its span is part of the caller's trace where `traceparent` names one.
 */
export function carryWork(fastify: FastifyInstance, correlationHeader: string): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(correlationHeader, request.id);
    const span = startSpan(request);
    if (span !== undefined) spans.set(request, span);
    inWork(new Work(request.id, span === undefined ? undefined : () => span), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    endSpan(spans.get(request), reply);
    done();
  });
}

function startSpan(request: FastifyRequest): Span | undefined {
  const tracing = activeTracing();
  const { url: route = '(none)' } = request.routeOptions;
  if (tracing === undefined || PROBES.has(route)) return undefined;
  const attributes = {
    'http.request.method': request.method,
    'http.route': route,
    'entrepot.correlation_id': request.id,
  };
  return tracing.accept({ name: `${request.method} ${route}`, attributes }, request.headers.traceparent);
}

function endSpan(span: Span | undefined, { statusCode }: FastifyReply): void {
  if (span === undefined) return;
  span.setAttribute('http.response.status_code', statusCode);
  if (statusCode >= 500) failSpan(span, String(statusCode));
  span.end();
}
