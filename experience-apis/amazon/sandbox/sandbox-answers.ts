/** An answer of the sandbox, in the vendor's own error envelope when it is a refusal. */
export interface SandboxAnswer {
  readonly status: number;
  readonly body?: unknown;
}

export function errorAnswer(status: number, code: string, message: string, details = ''): SandboxAnswer {
  return { status, body: { errors: [{ code, message, details }] } };
}

export function invalidInput(message: string): SandboxAnswer {
  return errorAnswer(400, 'InvalidInput', message);
}
