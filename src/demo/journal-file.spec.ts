import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalFile } from './journal-file.js';

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'entrepot-journal-'));
  path = join(dir, 'sandboxes', 'one.jsonl');
});

afterEach(() => rmSync(dir, { recursive: true }));

/** What one life of a sandbox finds, and then appends. */
function live(...appended: readonly unknown[]): readonly unknown[] {
  const journal = new JournalFile(path);
  const found = [...journal.entries()];
  for (const entry of appended) journal.append(entry);
  journal.close();
  return found;
}

describe('a journal', () => {
  it('gives back what was appended in all lives before, in its order', () => {
    expect(live({ n: 1 }, { n: 2 })).toEqual([]);
    expect(live({ n: 3, text: 'two\nlines, ünd 箱' })).toEqual([{ n: 1 }, { n: 2 }]);
    expect(live()).toEqual([{ n: 1 }, { n: 2 }, { n: 3, text: 'two\nlines, ünd 箱' }]);
  });

  it.each(['{"n":', '{"n":2}'])('leaves away what a kill cut short (%s), now and in all lives after', (half) => {
    live({ n: 1 });
    appendFileSync(path, half);
    expect(live({ n: 3 })).toEqual([{ n: 1 }]);
    expect(live()).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it('that holds half a line alone is empty', () => {
    live();
    appendFileSync(path, '{"n":1');
    expect(live()).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('reads entries of any length', () => {
    const long = Array.from({ length: 6 }, (_, n) => ({ n, text: 'é'.repeat(n * 400_000) }));
    live(...long, { n: 6 });
    appendFileSync(path, 'x'.repeat(2_500_000));
    expect(live()).toEqual([...long, { n: 6 }]);
  });
});
