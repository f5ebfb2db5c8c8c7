const PARTS_MAX = 3;
const CHARS_MAX = 1_000;

/** A record whose key is not a UUID of the hub. */
export interface KeyedId {
  readonly typename: string;
  readonly key: readonly string[];
}

/** The opaque id of a record that is known by a key of its own: of the same record always the same. */
export function globalId(typename: string, ...key: readonly string[]): string {
  return Buffer.from(JSON.stringify([typename, ...key])).toString('base64url');
}

/** What the id was made of; undefined for a text that is none. */
export function readGlobalId(id: string): KeyedId | undefined {
  if (id.length > CHARS_MAX) return undefined;
  const parts = parse(Buffer.from(id, 'base64url').toString('utf8'));
  if (!isTexts(parts) || parts.length < 2 || parts.length > PARTS_MAX) return undefined;
  const [typename = '', ...key] = parts;
  return { typename, key };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string' && !part.includes('\u0000'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
