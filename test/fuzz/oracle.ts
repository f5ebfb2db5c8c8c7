import type { AnswerForm } from './target.js';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const PROBLEM = 'https://entrepot.dev/problems/';
/** What a hub may say that cannot answer now; with the time to wait. */
const UNAVAILABLE: ReadonlySet<string> = new Set([`${PROBLEM}busy`, `${PROBLEM}database-unavailable`]);
/** What a fault of the hub itself is called. */
const FAULTS: ReadonlySet<unknown> = new Set([
  `${PROBLEM}internal-error`,
  `${PROBLEM}failed-inside`,
  'INTERNAL_SERVER_ERROR',
]);

/** Why the answer is none that the hub may give, or undefined. */
export function faultOf(form: AnswerForm, answer: FuzzAnswer): string | undefined {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return form === 'graphql' ? graphFault(body) : undefined;
  if (status < 400) return form === 'page' ? undefined : `answered ${status}`;
  const type = String(answer.headers['content-type'] ?? '').split(';', 1)[0];
  if (type === 'application/problem+json') return problemFault(answer);
  if (status < 500 && form === 'page' && type === 'text/html') return undefined;
  if (status < 500 && form === 'graphql') return graphFault(body);
  if (status < 500 && form === 'oauth')
    return typeof jsonOf(body)?.['error'] === 'string' ? undefined : `no OAuth error: ${body}`;
  return `${status} as ${type === '' ? 'no type at all' : type}: ${body.slice(0, 300)}`;
}

function problemFault({ status, headers, body }: FuzzAnswer): string | undefined {
  const problem = jsonOf(body);
  if (problem === undefined) return `${status} whose problem document is no JSON`;
  const { type, detail, title } = problem;
  if (FAULTS.has(type)) return `${status} ${String(type)}: ${String(detail)}`;
  if (typeof type !== 'string' || !type.startsWith(PROBLEM) || type.length === PROBLEM.length)
    return `${status} without a code`;
  if (typeof detail !== 'string' || detail === '' || typeof title !== 'string')
    return `${status} ${type} without a sentence`;
  if (problem['status'] !== status) return `${status} whose document says ${String(problem['status'])}`;
  if (status < 500) return undefined;
  return UNAVAILABLE.has(type) && headers['retry-after'] !== undefined ? undefined : `${status} ${type}`;
}

function graphFault(body: string): string | undefined {
  const answer = jsonOf(body);
  if (answer === undefined) return `no JSON: ${body.slice(0, 300)}`;
  const errors = answer['errors'];
  if (errors === undefined) return answer['data'] === undefined ? 'neither data nor errors' : undefined;
  if (!Array.isArray(errors) || errors.length === 0) return 'errors that are none';
  for (const error of errors as readonly {
    readonly message?: unknown;
    readonly extensions?: { readonly code?: unknown };
  }[]) {
    const code = error.extensions?.code;
    if (typeof code !== 'string' || typeof error.message !== 'string')
      return `an error without a code: ${body.slice(0, 300)}`;
    if (FAULTS.has(code)) return `${code}: ${body.slice(0, 300)}`;
  }
  return undefined;
}

function jsonOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
