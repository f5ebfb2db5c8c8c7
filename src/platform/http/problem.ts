/** One thing that is wrong in a request: where (JSON Pointer into the body) and what. */
export interface ProblemDetail {
  readonly pointer: string;
  readonly detail: string;
}

/** A JSON Pointer (RFC 6901) from the path of a schema's finding. The whole body is the empty text. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export interface ProblemOptions {
  readonly status: number;
  /** Stable, upper snake case; the last part of the problem's `type` URI. */
  readonly code: string;
  /** The same for each problem of this code. */
  readonly title: string;
  /** What is wrong this time and how to fix it. */
  readonly detail: string;
  readonly errors?: readonly ProblemDetail[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error that reaches a client as RFC 9457 problem+json. */
export class ProblemError extends Error {
  readonly code: string;

  constructor(readonly problem: ProblemOptions) {
    super(problem.detail, { cause: problem.cause });
    this.name = 'ProblemError';
    this.code = problem.code;
  }
}
