import { z } from 'zod';
import type { ListPage } from '../../process-apis/catalog/index.js';
import { InvalidInputError, invalidRequest } from '../../src/platform/http/invalid-input.js';
import { jsonPointer, type ProblemDetail } from '../../src/platform/http/problem.js';

/** Entries of one request, where nothing else is said. */
export const ENTRIES_MAX = 500;
/** Entries of one page of a list. */
export const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;
const CURSOR_CHARS_MAX = 2_000;

/** A body `{ <name>: [entry, …] }` of so many entries. */
export function bodyOf<Name extends string, Entry>(
  name: Name,
  entry: z.ZodType<Entry>,
  entriesMax = ENTRIES_MAX,
): z.ZodType<Readonly<Record<Name, readonly Entry[]>>> {
  const says = `Must hold 1 to ${entriesMax} entries.`;
  const entries = z.array(entry).min(1, says).max(entriesMax, says);
  return z.strictObject({ [name]: entries } as Record<Name, typeof entries>) as z.ZodType<Record<Name, Entry[]>>;
}

export const limitSchema = z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT);

/** Query of a list whose entries have a key of so many parts. */
export function pageQuery(keyParts: number): z.ZodType<ListPage> {
  return z.strictObject({ limit: limitSchema, after: cursorSchema(keyParts).exactOptional() });
}

export function cursorSchema(keyParts: number): z.ZodType<readonly string[]> {
  return z
    .string()
    .max(CURSOR_CHARS_MAX)
    .transform((cursor, context): readonly string[] => {
      const key = readCursor(cursor);
      if (key?.length === keyParts) return key;
      context.addIssue({ code: 'custom', message: 'Must be the "next" of an earlier page, as it was given.' });
      return z.NEVER;
    });
}

function readCursor(cursor: string): readonly string[] | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return z.array(z.string()).safeParse(key).data;
  } catch {
    return undefined;
  }
}

/** Where the next page starts; absent behind the last one. */
export function nextOf<Entry>(
  entries: readonly Entry[],
  limit: number,
  keyOf: (entry: Entry) => readonly string[],
): { readonly next?: string } {
  const last = entries.at(-1);
  if (entries.length < limit || last === undefined) return {};
  return { next: Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') };
}

/** Reads a body or query; a ProblemError says each place that does not fit. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues.flatMap(findingsOf));
}

function findingsOf(issue: z.core.$ZodIssue): readonly ProblemDetail[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: jsonPointer(issue.path), detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: jsonPointer([...issue.path, key]),
    detail: 'There is no such field here: remove it.',
  }));
}

/** Saves the list of this name of a body; what is refused is told with pointers into the body. */
export async function saving(name: string, save: Promise<void>): Promise<void> {
  try {
    await save;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw invalidRequest(error.errors.map(({ pointer, detail }) => ({ pointer: `/${name}${pointer}`, detail })));
  }
}
