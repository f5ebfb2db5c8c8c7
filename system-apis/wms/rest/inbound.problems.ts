import { ProblemError, type ProblemDetail } from '../../../src/platform/http/problem.js';

export function notSigned(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'SIGNATURE_NOT_VALID',
    title: 'The signature is not valid',
    detail: 'Sign the body as Standard Webhooks says, with the secret of this hub and the present time.',
  });
}

export function notReadable(): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'BODY_NOT_READABLE',
    title: 'The body is not JSON',
    detail: 'The body must be JSON in UTF-8. It was kept for inspection and nothing of it was taken.',
  });
}

export function notInContract(errors: readonly ProblemDetail[]): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'CONTRACT_MISMATCH',
    title: 'The body does not fit the contract',
    detail: 'None of the events was taken. Set aside those that the pointers name and send the others again.',
    errors,
  });
}
