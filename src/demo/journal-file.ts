import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A sandbox's memory: one JSON line for each change, so that the next start goes on where this one ended. */
export class JournalFile {
  private readonly kept: unknown[];
  private readonly file: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.kept = existsSync(path) ? readLines(path) : [];
    this.file = openSync(path, 'a');
  }

  entries(): readonly unknown[] {
    return this.kept;
  }

  append(entry: unknown): void {
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** A process killed in the middle of a write leaves half a line at the end: it was never answered, so it never was. */
function readLines(path: string): unknown[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.map((line): unknown => JSON.parse(line));
}
