import { Agent, request, type Dispatcher } from 'undici';
import { OutsideError, type OutsideErrorKind } from './outside-error.js';

const CONNECTIONS_MAX = 32;
const ANSWER_BYTES_MAX = 10 * 1024 * 1024;
const ERROR_TEXT_CHARS_MAX = 500;

export interface OutsideRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** The operation's name in errors and metrics. */
  readonly operation: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Time to the whole answer. */
  readonly timeoutMs?: number;
}

export interface OutsideAnswer {
  readonly status: number;
  /** Lower-case names; several values joined by ", " (set-cookie stays in `cookies`). */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
}

export interface ReceivedAnswer extends OutsideAnswer {
  /** The body as it came, for what is not text (a compressed file). */
  readonly bytes: Buffer;
}

/**
 * The only way out: one HTTP exchange with an outside system, bounded in time, connections and size.
 * Gives every HTTP answer back as it is; throws OutsideError only when there is none.
 * Retrying is the caller's (the task queue's) business.
 */
export class OutsideHttp {
  private readonly agent: Agent;

  constructor(
    readonly system: string,
    private readonly timeoutMs = 15_000,
  ) {
    this.agent = new Agent({ connections: CONNECTIONS_MAX, maxResponseSize: ANSWER_BYTES_MAX });
  }

  async send(outgoing: OutsideRequest): Promise<ReceivedAnswer> {
    const timeout = outgoing.timeoutMs ?? this.timeoutMs;
    try {
      const answer = await request(outgoing.url, {
        method: outgoing.method,
        headers: { ...outgoing.headers },
        body: outgoing.body ?? null,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(timeout),
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      return { status: answer.statusCode, ...flatten(answer.headers), text: bytes.toString('utf8'), bytes };
    } catch (cause) {
      const code = causeCode(cause);
      // A refused or unresolved connection never reached the other side; anything later may have.
      const notSent = code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
      throw new OutsideError('transient', `${this.system} did not answer ${outgoing.operation}: ${code}`, {
        system: this.system,
        operation: outgoing.operation,
        outcomeUnknown: !notSent && outgoing.method !== 'GET' && outgoing.method !== 'HEAD',
        cause,
      });
    }
  }

  /** Turns a bad HTTP answer into the error that says what to do. `explain` reads the vendor's own sentence out of the body. */
  failure(operation: string, answer: OutsideAnswer, explain?: (text: string) => string | undefined): OutsideError {
    const said = explain?.(answer.text) ?? answer.text.slice(0, ERROR_TEXT_CHARS_MAX);
    const retryAfterMs = parseRetryAfter(answer.headers['retry-after']);
    return new OutsideError(
      kindOfStatus(answer.status),
      `${this.system} answered ${operation} with ${answer.status}: ${said || '(no text)'}`,
      {
        system: this.system,
        operation,
        status: answer.status,
        outcomeUnknown: answer.status >= 500,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      },
    );
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

export function kindOfStatus(status: number): OutsideErrorKind {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'authentication';
  if (status === 408 || status === 425 || status >= 500) return 'transient';
  return 'rejected';
}

/** `Retry-After` as seconds or HTTP date, in milliseconds from now. */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function flatten(raw: Dispatcher.ResponseData['headers']): Pick<OutsideAnswer, 'headers' | 'cookies'> {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    const values = Array.isArray(value) ? value : [value];
    if (name === 'set-cookie') cookies.push(...values);
    else headers[name] = values.join(', ');
  }
  return { headers, cookies };
}

function causeCode(cause: unknown): string {
  if (cause instanceof Error) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    return cause.name === 'TimeoutError' ? 'time-out' : cause.message;
  }
  return String(cause);
}
