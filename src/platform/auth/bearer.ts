import { ProblemError } from '../http/problem.js';

const REALM = 'Bearer realm="entrepot"';
const TOKEN_CHARS_MAX = 8192;
const BEARER = /^bearer +([\w~+/.-]+=*) *$/i;

/** The token of an Authorization header. Throws the 401 problem. */
export function bearerToken(header: string | undefined): string {
  if (header === undefined || header === '') throw missingToken();
  const token = header.length > TOKEN_CHARS_MAX ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) {
    throw invalidToken('The Authorization header does not hold a bearer token.');
  }
  return token;
}

/** The 401 of a caller that sent no token. */
export function missingToken(): ProblemError {
  return unauthenticated('Send a token in the header "Authorization: Bearer <token>".', REALM);
}

/** The 401 of a token that does not pass. `why` is a sentence without quotes in it. */
export function invalidToken(why: string, cause?: unknown): ProblemError {
  return unauthenticated(
    why,
    `${REALM}, error="invalid_token", error_description="${why.replaceAll('"', "'")}"`,
    cause,
  );
}

function unauthenticated(detail: string, challenge: string, cause?: unknown): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'UNAUTHENTICATED',
    title: 'A valid token is needed',
    detail,
    headers: { 'www-authenticate': challenge },
    cause,
  });
}

/** The 403 of a token without a scope that is needed. */
export function missingScope(scope: string): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'SCOPE_MISSING',
    title: 'The token does not allow this',
    detail: `The token needs the scope "${scope}".`,
    headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
  });
}

/** The 403 of a token that is bound to one channel, where everything is shown or nothing. */
export function notForChannels(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'NOT_FOR_CHANNELS',
    title: 'The token does not allow this',
    detail: 'The token is bound to one channel; this needs one that is bound to none.',
  });
}
