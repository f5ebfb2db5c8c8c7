import type { Entity } from './entity-check.js';
import { unquote } from './odata-request.js';
import { badRequest } from './sap-fault.js';

/** The part of `$filter` that the sandbox knows: eq, and, or, parentheses. */
export type Filter =
  | { readonly kind: 'eq'; readonly property: string; readonly value: string }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter };

const TOKEN = /\s*('(?:[^']|'')*'|[()]|[^\s()']+)/gy;
const TOKENS_MAX = 2_000;

/** Reads a filter expression; `and` binds tighter than `or`. */
export function parseFilter(text: string): Filter {
  const tokens = [...text.matchAll(TOKEN)].map(([, token = '']) => token);
  if (tokens.length > TOKENS_MAX) throw badRequest('The filter expression is too long');
  const reader = new TokenReader(tokens);
  const filter = readOr(reader);
  if (reader.peek() !== undefined) throw badRequest(`Invalid filter expression near '${reader.peek()}'`);
  return filter;
}

export function matches(filter: Filter, entity: Entity): boolean {
  if (filter.kind === 'eq') return entity[filter.property] === filter.value;
  if (filter.kind === 'and') return matches(filter.left, entity) && matches(filter.right, entity);
  return matches(filter.left, entity) || matches(filter.right, entity);
}

/** The only values of `property` that can match, so that an index can be used; undefined when any could. */
export function valuesOf(filter: Filter, property: string): readonly string[] | undefined {
  if (filter.kind === 'eq') return filter.property === property ? [filter.value] : undefined;
  const left = valuesOf(filter.left, property);
  const right = valuesOf(filter.right, property);
  if (filter.kind === 'and') return left ?? right;
  return left === undefined || right === undefined ? undefined : [...left, ...right];
}

class TokenReader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  peek(): string | undefined {
    return this.tokens[this.at];
  }

  next(): string {
    const token = this.peek();
    if (token === undefined) throw badRequest('The filter expression ends too early');
    this.at += 1;
    return token;
  }

  expect(wanted: string): void {
    const token = this.next();
    if (token !== wanted) throw badRequest(`Invalid filter expression: '${token}' where '${wanted}' was expected`);
  }
}

function readOr(reader: TokenReader): Filter {
  let left = readAnd(reader);
  while (reader.peek() === 'or') {
    reader.next();
    left = { kind: 'or', left, right: readAnd(reader) };
  }
  return left;
}

function readAnd(reader: TokenReader): Filter {
  let left = readComparison(reader);
  while (reader.peek() === 'and') {
    reader.next();
    left = { kind: 'and', left, right: readComparison(reader) };
  }
  return left;
}

function readComparison(reader: TokenReader): Filter {
  const token = reader.next();
  if (token === '(') {
    const inner = readOr(reader);
    reader.expect(')');
    return inner;
  }
  reader.expect('eq');
  return { kind: 'eq', property: token, value: unquote(reader.next()) };
}
