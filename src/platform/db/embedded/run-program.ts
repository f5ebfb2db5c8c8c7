import { spawn } from 'node:child_process';
import { USE_OWN_SERVER, EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { RunAs } from './run-as.js';

const OUTPUT_CHARS_MAX = 64 * 1024;

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs one of PostgreSQL's programs to its end and gives its exit code and output. */
export async function runProgram(file: string, args: readonly string[], runAs: RunAs): Promise<ProgramResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult>();
  const child = spawn(file, args, {
    ...runAs.ids,
    // The working folder of the hub may be closed to the other user, and messages are matched in English.
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.on('error', (cause) => reject(cannotRun(file, runAs, cause)));
  // `exit`, not `close`: a server started in the background may keep the pipes open for ever.
  child.on('exit', (exitCode) => setImmediate(() => resolve({ exitCode, output })));
  return promise;
}

function cannotRun(file: string, runAs: RunAs, cause: Error): EmbeddedPostgresError {
  const code = 'code' in cause ? cause.code : undefined;
  const why =
    code === 'ENOENT'
      ? 'The system cannot load it; it needs a Linux with glibc (Debian, Ubuntu, Fedora …; Alpine has none).'
      : `As user ${runAs.name} the system answers: ${cause.message}.`;
  return new EmbeddedPostgresError(`Cannot run ${file}. ${why} ${USE_OWN_SERVER}`, cause);
}
