import { SpanKind, type Span } from '@opentelemetry/api';
import { traceparentOf } from '../telemetry/trace-ids.js';
import { activeTracing, failSpan } from '../telemetry/tracing.js';

/** One call to an outside system as a span, and what tells the other side of it. Nothing while no traces are written. */
export class CallSpan {
  private readonly span: Span | undefined;

  constructor(system: string, operation: string, method: string, url: string) {
    this.span = activeTracing()?.start({
      name: `${system} ${operation}`,
      kind: SpanKind.CLIENT,
      attributes: {
        'entrepot.system': system,
        'entrepot.operation': operation,
        'http.request.method': method,
        // Without path and query: they may hold what is confidential.
        'server.address': URL.parse(url)?.host ?? '',
      },
    });
  }

  /** To be sent with the call: W3C Trace Context. */
  get headers(): Readonly<Record<string, string>> {
    return this.span === undefined ? {} : { traceparent: traceparentOf(this.span.spanContext()) };
  }

  answered(status: number): void {
    if (this.span === undefined) return;
    this.span.setAttribute('http.response.status_code', status);
    if (status >= 400) failSpan(this.span, String(status));
    this.span.end();
  }

  /** `code`: of the connection or the time-out. */
  failed(code: string): void {
    if (this.span === undefined) return;
    failSpan(this.span, code);
    this.span.end();
  }
}
