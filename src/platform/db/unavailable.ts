/** SQLSTATE classes and codes of a server that is away, starting, stopping or full: 08, 53300, 57P01 to 57P03. */
const SERVER_AWAY = /^(?:08...|53300|57P0[1-3])$/;

const SOCKET_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What pg and its pool say without a code. */
const SAID =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** The database cannot be reached now. What was asked of it says nothing about this, and may be asked again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  const code = 'code' in error ? error.code : undefined;
  return (typeof code === 'string' && SERVER_AWAY.test(code)) || SOCKET_CODES.has(code) || SAID.test(error.message);
}
