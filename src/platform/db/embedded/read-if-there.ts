import { readFile } from 'node:fs/promises';
import { isMissing } from './embedded-postgres-error.js';

/** A file's text, or undefined when there is no such file. A file that may not be read is an error, not a missing one. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}
