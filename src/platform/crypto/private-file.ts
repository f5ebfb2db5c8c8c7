import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/**
 * The content of a file that only its owner may read. Where there is none, it is created with what `create` gives.
 * Processes that start together agree on one content.
 */
export function readOrCreatePrivateFile(path: string, create: () => string): string {
  const existing = readPrivateFile(path);
  if (existing !== undefined) return existing;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  writeDurably(draft, create());
  try {
    // A link, not a rename: it fails where another process was faster, and never shows a half-written file.
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(path, 'utf8');
}

/** The content, or undefined where there is no such file. Refuses a file that others may read. */
export function readPrivateFile(path: string): string | undefined {
  try {
    // Windows has no such permission bits.
    if (process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0) {
      throw new Error(`${path} holds secrets but others may read it: run "chmod 600 ${path}".`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Puts the content in the place of what is there, at once: no reader sees a part of it. Its owner alone may read it. */
export function replacePrivateFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  writeDurably(draft, content);
  renameSync(draft, path);
}

function writeDurably(path: string, content: string): void {
  const file = openSync(path, 'wx', OWNER_ONLY);
  try {
    writeFileSync(file, content);
    // What is encrypted with a key must not outlive it in a power cut.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
