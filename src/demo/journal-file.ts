import { appendFileSync, closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

const NEWLINE = 0x0a;
const READ_BYTES = 1024 * 1024;

/**
 * A sandbox's memory: one JSON line for each change, so that the next start goes on where this one ended. It grows with what
 * happens, by about 15 KB for each order of the demo, all sandboxes together.
 */
export class JournalFile {
  private readonly file: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a+');
    // A process killed in the middle of a write leaves half a line: it was never answered, so it never was. The next line
    // must not go on behind it.
    ftruncateSync(this.file, endOfLastLine(this.file));
  }

  /** What was appended so far, read as it is asked for: none of it is kept. */
  *entries(): Generator<unknown, void, undefined> {
    const block = Buffer.alloc(READ_BYTES);
    let begun = Buffer.alloc(0);
    for (let position = 0; ;) {
      const read = readSync(this.file, block, 0, READ_BYTES, position);
      if (read === 0) return;
      position += read;
      const bytes = Buffer.concat([begun, block.subarray(0, read)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      for (const line of bytes.toString('utf8', 0, end).split('\n')) if (line !== '') yield JSON.parse(line) as unknown;
      begun = bytes.subarray(end);
    }
  }

  append(entry: unknown): void {
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Where the last whole line ends, in bytes. */
function endOfLastLine(file: number): number {
  const block = Buffer.alloc(READ_BYTES);
  for (let end = fstatSync(file).size; end > 0; end -= READ_BYTES) {
    const start = Math.max(0, end - READ_BYTES);
    const read = readSync(file, block, 0, end - start, start);
    const newline = block.subarray(0, read).lastIndexOf(NEWLINE);
    if (newline >= 0) return start + newline + 1;
  }
  return 0;
}
