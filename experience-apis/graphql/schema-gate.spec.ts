import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { currentGraphSchema, releasedGraphSchema, textOfSchema } from '../../test/support/graph-schema.js';
import { forbiddenChanges, undatedDeprecations } from '../../test/support/schema-gate.js';

const TODAY = '2026-11-21';

function changes(before: string, after: string): readonly string[] {
  return forbiddenChanges(buildSchema(before), buildSchema(after), TODAY);
}

const until = (day: string): string => `@deprecated(reason: "Use \`new\` instead. Removed after ${day}.")`;

describe('the graph', () => {
  it('keeps what its last release promised: see docs/changing-the-graph.md', async () => {
    const today = new Date().toISOString().slice(0, 10);
    expect(forbiddenChanges(await releasedGraphSchema(), await currentGraphSchema(), today)).toEqual([]);
  });

  it('says of each deprecation on which day the element goes', async () => {
    expect(undatedDeprecations(await currentGraphSchema())).toEqual([]);
  });
});

const of = (reason: string) =>
  undatedDeprecations(buildSchema(`type Query { a: Int b: Int @deprecated(reason: "${reason}") }`));

describe('the gate before changes of the graph', () => {
  it('lets everything through that is only more', () => {
    const before = 'type Query { a: Int } enum E { X } union U = Query';
    const after = 'type Query { a(more: Int): Int b: T } type T { c: E } enum E { X Y } union U = Query | T';
    expect(changes(before, after)).toEqual([]);
    expect(changes(before, before)).toEqual([]);
  });

  it('stops what callers would trip over', () => {
    expect(changes('type Query { a: Int b: Int }', 'type Query { a: Int }')).toEqual([
      'FIELD_REMOVED: Query.b was removed.',
    ]);
    expect(changes('type Query { a: Int! }', 'type Query { a: Int }')).toHaveLength(1);
    expect(changes('type Query { a: Int }', 'type Query { a(b: Int!): Int }')).toHaveLength(1);
    expect(changes('type Query { a(b: Int = 1): Int }', 'type Query { a(b: Int = 2): Int }')).toHaveLength(1);
    expect(changes('type Query { a: E } enum E { X Y }', 'type Query { a: E } enum E { X }')).toHaveLength(1);
    expect(changes('type Query { a: Int b: T } type T { c: Int }', 'type Query { a: Int }')).toHaveLength(2);
    expect(
      changes(
        'type Query { a(i: I): Int } input I { x: Int }',
        'type Query { a(i: I): Int } input I { x: Int y: Int! }',
      ),
    ).toHaveLength(1);
  });

  it('lets go what was deprecated until a day that has passed, and not a day before', () => {
    const field = (day: string) => `type Query { a: Int b: Int ${until(day)} }`;
    expect(changes(field('2026-11-20'), 'type Query { a: Int }')).toEqual([]);
    expect(changes(field('2026-11-21'), 'type Query { a: Int }')).toHaveLength(1);
    expect(changes('type Query { a: Int b: Int @deprecated(reason: "old") }', 'type Query { a: Int }')).toHaveLength(1);
    const value = `type Query { a: E } enum E { X Y ${until('2026-01-01')} }`;
    expect(changes(value, 'type Query { a: E } enum E { X }')).toEqual([]);
    const argument = `type Query { a(b: Int ${until('2026-01-01')}): Int }`;
    expect(changes(argument, 'type Query { a: Int }')).toEqual([]);
  });

  it('lets a type go with all that used it', () => {
    const before = `type Query { a: Int b(i: I): T ${until('2026-01-01')} } type T { c: E } enum E { X } input I { x: Int }`;
    expect(changes(before, 'type Query { a: Int }')).toEqual([]);
    const elsewhere = before.replace('a: Int', 'a: Int again: T');
    expect(changes(elsewhere, 'type Query { a: Int }')).toEqual([
      'TYPE_REMOVED: T was removed.',
      'TYPE_REMOVED: E was removed.',
      'FIELD_REMOVED: Query.again was removed.',
    ]);
  });

  it('finds deprecations without a day', () => {
    expect(of('Use a. Removed after 2027-06-30.')).toEqual([]);
    expect(of('Use a.')).toEqual(['Query.b']);
    expect(of('Removed after 2027-13-45.')).toEqual(['Query.b']);
    const parts = buildSchema(
      'type Query { a(b: Int @deprecated): E } enum E { X Y @deprecated } input I { x: Int y: Int @deprecated }',
    );
    expect(undatedDeprecations(parts)).toEqual(['Query.a(b:)', 'E.Y', 'I.y']);
  });

  it('writes the same schema always the same', () => {
    const [one, other] = ['type Query { b: Int a: E } enum E { Y X }', 'enum E { X Y } type Query { a: E b: Int }'].map(
      (text) => textOfSchema(buildSchema(text)),
    );
    expect(one).toBe(other);
  });
});
