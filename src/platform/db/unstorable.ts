/** SQLSTATE of a text with a character that no column holds (NUL, half a surrogate pair), and of a time beyond the calendar. */
const UNSTORABLE: ReadonlySet<unknown> = new Set(['22021', '22P05', '22008']);

/** The server refused a value for what it is, before it did anything with it: whoever sent it must send another. */
export function isUnstorableValue(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNSTORABLE.has(error.code);
}
