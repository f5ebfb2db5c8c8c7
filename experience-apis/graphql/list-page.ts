import type { GraphQLError } from 'graphql';
import { badInput } from './graphql-errors.js';

const CURSOR_PARTS_MAX = 3;

/** A page as the schema's connections show it. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | undefined;
    readonly endCursor: string | undefined;
  };
}

export interface PageArguments {
  readonly first: number;
  readonly after?: string | null;
}

/** Throws a GraphQL error for a page size that is out of bounds. */
export function checkPageSize(first: number, max: number): void {
  if (first < 1 || first > max) throw badInput(`"first" must be from 1 to ${max}, not ${first}.`);
}

/** A page out of what was read: one entry more than asked for tells that there are more. `keyOf` makes the cursors. */
export function toConnection<Node>(
  read: readonly Node[],
  { first, after }: PageArguments,
  keyOf: (node: Node) => readonly string[],
): Connection<Node> {
  const edges = read.slice(0, first).map((node) => ({ cursor: toCursor(keyOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: read.length > first,
      hasPreviousPage: typeof after === 'string',
      startCursor: edges.at(0)?.cursor,
      endCursor: edges.at(-1)?.cursor,
    },
  };
}

/** The key that a cursor was made of; undefined for the first page. Throws a GraphQL error for one from elsewhere. */
export function keyOfCursor(after: string | null | undefined, parts: number): readonly string[] | undefined {
  if (typeof after !== 'string') return undefined;
  const key = readJson(Buffer.from(after, 'base64url').toString('utf8'));
  const fits =
    Array.isArray(key) &&
    key.length === parts &&
    key.length <= CURSOR_PARTS_MAX &&
    key.every((part) => typeof part === 'string');
  if (!fits) throw foreignCursor();
  return key;
}

/** For a cursor that fits no place of the list that it was given to. */
export function foreignCursor(): GraphQLError {
  return badInput('The cursor is not of this list: give the `endCursor` of its page before.');
}

function toCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
