/** Why the embedded PostgreSQL cannot run, as a sentence that also says what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly code = 'EMBEDDED_POSTGRES';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'EmbeddedPostgresError';
  }
}

/** The way out that every sentence may offer. */
export const USE_OWN_SERVER = 'Or set DATABASE_URL to a PostgreSQL 17 or newer of your own.';

const KNOWN_CAUSES: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [/No space left on device|Disk quota exceeded/i, 'The disk is full. Free some space and start again.'],
  [
    /error while loading shared libraries|Library not loaded/i,
    'Its libraries are incomplete: run `npm ci` again, without --ignore-scripts.',
  ],
  [/could not (map|create) .*shared memory/i, 'The machine refused shared memory: it has too little memory left.'],
  [
    /database files are incompatible|not compatible with this version/i,
    'The data was written by another major version of PostgreSQL. Start with the Entrepot release that wrote it.',
  ],
  [/lock file ".*" already exists/i, 'Another process started on the same data at the same moment.'],
  [/Permission denied|Operation not permitted/i, 'It may not read or write its data or programs: check their owner.'],
];

/** Turns the output of a PostgreSQL program into a sentence; unknown causes keep the last lines of the output. */
export function explainFailure(what: string, output: string): EmbeddedPostgresError {
  const known = KNOWN_CAUSES.find(([pattern]) => pattern.test(output))?.[1];
  const lastLines = output.trim().split('\n').slice(-8).join('\n');
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL could not ${what}. ${known ?? USE_OWN_SERVER}\n${lastLines}`,
  );
}

const SYSTEM_CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'They belong to another user. Start Entrepot as the user that started it first.',
  EPERM: 'They belong to another user. Start Entrepot as the user that started it first.',
  EROFS: 'They are on a disk that cannot be written.',
  ENOSPC: 'The disk is full. Free some space and start again.',
  EDQUOT: 'The disk is full. Free some space and start again.',
};

/** Turns what the file system said into a sentence; gives everything else back as it is. */
export function explainSystemError(folder: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const sentence = SYSTEM_CAUSES[code];
  if (sentence === undefined) return cause;
  return new EmbeddedPostgresError(`The database's files in ${folder} cannot be used. ${sentence}`, cause);
}

export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
