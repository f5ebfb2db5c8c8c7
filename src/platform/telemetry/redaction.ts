/** Fields that never reach a log, wherever a logged object holds them (down to `DEPTH_MAX`). */
const REDACTED_FIELDS: readonly string[] = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'secret',
  'clientSecret',
  'client_secret',
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'apiKey',
  'email',
  'phone',
  'fullName',
  'firstName',
  'lastName',
  'addressLines',
];
const DEPTH_MAX = 3;

/** The fields as paths of pino: `email`, `*.email`, `*.*.email` … */
export function redactedPaths(): string[] {
  const prefixes = Array.from({ length: DEPTH_MAX + 1 }, (_, depth) => '*.'.repeat(depth));
  return prefixes.flatMap((prefix) =>
    REDACTED_FIELDS.map((field) => (field.includes('-') ? `${prefix.slice(0, -1)}["${field}"]` : `${prefix}${field}`)),
  );
}
