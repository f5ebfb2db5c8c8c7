import { Agent, request, type Dispatcher } from 'undici';
import { CallSpan } from './call-span.js';
import type { OperationPolicy } from './operation-policy.js';
import {
  OutsideError,
  type OutsideErrorDetails,
  type OutsideErrorKind,
  type OutsideExchange,
} from './outside-error.js';
import { OutsideGate, type OutsideAccount, type Verdict } from './outside-gate.js';
import { REST_MS_MAX } from './retry-delay.js';

/** Sockets to one host. Calls at once are bound by each operation's policy. */
const CONNECTIONS_MAX = 64;
const ANSWER_BYTES_MAX = 10 * 1024 * 1024;
const ERROR_TEXT_CHARS_MAX = 500;
/** Of each text that is kept as evidence. */
const EVIDENCE_CHARS_MAX = 4_000;

export interface OutsideRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** The operation's name in its adapter's policies, in errors and metrics. */
  readonly operation: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whose limits it counts against, where the vendor counts by account. */
  readonly account?: OutsideAccount;
  /** Tokens of the vendor's budget; 1 when absent. */
  readonly cost?: number;
}

export interface OutsideAnswer {
  readonly status: number;
  /** Lower-case names; several values joined by ", " (set-cookie stays in `cookies`). */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
  /** What was said, for sealed evidence; absent where it is confidential. */
  readonly exchange?: OutsideExchange;
}

export interface ReceivedAnswer extends OutsideAnswer {
  /** The body as it came, for what is not text (a compressed file). */
  readonly bytes: Buffer;
}

/**
 * The only way out: one HTTP exchange with an outside system, let through by the gate as its operation's policy says, and
 * bounded in time, connections and size. Gives every HTTP answer back as it is; throws OutsideError only when there is none.
 * Retrying is the caller's (the task queue's) business.
 */
export class OutsideHttp {
  private readonly agent: Agent;

  constructor(
    readonly system: string,
    policies: readonly OperationPolicy[],
    private readonly gate: OutsideGate,
    /** Of this installation, for all operations; else each operation's own. Operators' changes go before both. */
    private readonly timeoutMs?: number,
  ) {
    gate.policies.declare(policies);
    this.agent = new Agent({ connections: CONNECTIONS_MAX, maxResponseSize: ANSWER_BYTES_MAX });
  }

  send(outgoing: OutsideRequest): Promise<ReceivedAnswer> {
    const { operation, account, cost } = outgoing;
    const call = {
      system: this.system,
      operation,
      ...(account === undefined ? {} : { account }),
      ...(cost === undefined ? {} : { cost }),
    };
    return this.gate.pass(call, (policy) => this.exchange(outgoing, policy), verdictOf);
  }

  private async exchange(outgoing: OutsideRequest, policy: OperationPolicy): Promise<ReceivedAnswer> {
    const span = new CallSpan(this.system, outgoing.operation, outgoing.method, outgoing.url);
    try {
      const answer = await request(outgoing.url, {
        method: outgoing.method,
        headers: { ...outgoing.headers, ...span.headers },
        body: outgoing.body ?? null,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.timeoutOf(policy)),
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      const text = bytes.toString('utf8');
      const exchange = evidence(outgoing, policy, { status: answer.statusCode, text });
      span.answered(answer.statusCode);
      return { status: answer.statusCode, ...flatten(answer.headers), text, bytes, ...exchange };
    } catch (cause) {
      const code = causeCode(cause);
      span.failed(code);
      // A refused or unresolved connection never reached the other side; anything later may have.
      const notSent = code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
      throw new OutsideError('transient', `${this.system} did not answer ${outgoing.operation}: ${code}`, {
        system: this.system,
        operation: outgoing.operation,
        outcomeUnknown: !notSent && outgoing.method !== 'GET' && outgoing.method !== 'HEAD',
        cause,
        ...evidence(outgoing, policy),
      });
    }
  }

  private timeoutOf({ operation, timeoutMs }: OperationPolicy): number {
    const changed = this.gate.policies.isChanged(this.system, operation, 'timeoutMs');
    return changed ? timeoutMs : (this.timeoutMs ?? timeoutMs);
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
        ...evidenceOf(answer),
      },
    );
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

/** The evidence of an answer, for the details of an error that an adapter makes of it. */
export function evidenceOf({ exchange }: OutsideAnswer): Pick<OutsideErrorDetails, 'exchange'> {
  return exchange === undefined ? {} : { exchange };
}

export function kindOfStatus(status: number): OutsideErrorKind {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'authentication';
  if (status === 408 || status === 425 || status >= 500) return 'transient';
  return 'rejected';
}

/** `Retry-After` as seconds or HTTP date, in milliseconds from now; REST_MS_MAX at most. */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(REST_MS_MAX, Math.max(0, ms));
}

/** What an answer tells the gate. */
function verdictOf(answer: OutsideAnswer, { system, operation, rate }: OperationPolicy): Verdict {
  const kind = answer.status < 400 ? 'ok' : kindOfStatus(answer.status);
  const told = rate?.header === undefined ? Number.NaN : Number(answer.headers[rate.header]);
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after']);
  return {
    outcome: kind,
    throttled: kind === 'throttled',
    ...(kind === 'transient' ? { down: `${system} answered ${operation} with ${answer.status}` } : {}),
    ...(kind !== 'ok' && retryAfterMs !== undefined ? { retryAfterMs } : {}),
    ...(told > 0 && Number.isFinite(told) ? { perSecond: told } : {}),
  };
}

function evidence(
  { method, url, body }: OutsideRequest,
  { confidential }: OperationPolicy,
  answer?: { readonly status: number; readonly text: string },
): Pick<OutsideErrorDetails, 'exchange'> {
  if (confidential === true) return {};
  return {
    exchange: {
      method,
      url: url.split('?', 1)[0] ?? '',
      ...(body === undefined ? {} : { request: body.slice(0, EVIDENCE_CHARS_MAX) }),
      ...(answer === undefined ? {} : { status: answer.status, answer: answer.text.slice(0, EVIDENCE_CHARS_MAX) }),
    },
  };
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
