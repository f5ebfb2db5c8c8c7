/** Only what PostgreSQL cannot read back is escaped like this: NUL and half surrogate pairs. Whole pairs stand unescaped. */
const UNREADABLE = /\\u(?:0000|d[89a-f])/;
const ESCAPE = /\\(?:u(0000|d[89a-f][0-9a-f]{2})|.)/g;
const REPLACEMENT = '\ufffd';

/**
 * JSON for a column of type json or jsonb. The type json takes an escaped NUL or half of a surrogate pair (a text that
 * someone cut in the middle of an emoji), and fails later, in every query that looks inside: those become U+FFFD here.
 */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!UNREADABLE.test(json)) return json;
  return json.replaceAll(ESCAPE, (escape, unreadable) => (unreadable === undefined ? escape : REPLACEMENT));
}
