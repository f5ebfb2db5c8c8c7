import { z } from 'zod';
import { FEEDS_PAGE_MAX } from '../../process-apis/availability/index.js';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';
import { jsonPointer } from '../../src/platform/http/problem.js';

const CURSOR_CHARS_MAX = 2_000;
const FEEDS_DEFAULT = 50;

/** Reads a body or query; a ProblemError says each place that does not fit. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    parsed.error.issues.map(({ path, message }) => ({ pointer: jsonPointer(path), detail: message })),
  );
}

interface FeedKey {
  readonly source: string;
  readonly node: string;
}

const cursor = z
  .string()
  .max(CURSOR_CHARS_MAX)
  .transform((given, context): FeedKey => {
    const [source, node] = readCursor(given);
    if (source !== undefined && node !== undefined) return { source, node };
    context.addIssue({ code: 'custom', message: 'Must be the "next" of an earlier page, as it was given.' });
    return z.NEVER;
  });

export const feedsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(FEEDS_PAGE_MAX).default(FEEDS_DEFAULT),
  after: cursor.exactOptional(),
});

/** Where the next page starts; absent behind the last one. */
export function nextOf(feeds: readonly FeedKey[], limit: number): { readonly next?: string } {
  const last = feeds.at(-1);
  if (feeds.length < limit || last === undefined) return {};
  return { next: Buffer.from(JSON.stringify([last.source, last.node])).toString('base64url') };
}

function readCursor(text: string): readonly string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return z.array(z.string()).safeParse(key).data ?? [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
