import { buildSchema, graphql, type GraphQLResolveInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { selects } from './selected-fields.js';

const SCHEMA = buildSchema('type Query { thing: Thing } type Thing { name: String price: String part: Thing }');

async function isPriceSelected(source: string, variableValues: Readonly<Record<string, unknown>> = {}) {
  const found: boolean[] = [];
  const thing = (_: unknown, __: unknown, info: GraphQLResolveInfo): null => {
    found.push(selects(info, 'price'));
    return null;
  };
  const { errors } = await graphql({ schema: SCHEMA, source, variableValues, rootValue: { thing } });
  expect(errors).toBeUndefined();
  return found;
}

describe('a field that is asked for', () => {
  it.each([
    ['{ thing { name price } }', [true]],
    ['{ thing { name part { part { price } } } }', [true]],
    ['{ thing { ... { price } } }', [true]],
    ['{ thing { ...Costs } } fragment Costs on Thing { price }', [true]],
    ['{ thing { price: name } }', [false]],
    ['{ thing { price @skip(if: true) } }', [false]],
    ['{ thing { ...Costs @include(if: false) } } fragment Costs on Thing { price }', [false]],
    ['{ thing { part @include(if: false) { price } name } }', [false]],
  ])('in %s: %s', async (source, expected) => {
    expect(await isPriceSelected(source)).toEqual(expected);
  });

  it('may be so by a variable', async () => {
    const source = 'query ($wanted: Boolean!) { thing { name price @include(if: $wanted) } }';
    expect(await isPriceSelected(source, { wanted: true })).toEqual([true]);
    expect(await isPriceSelected(source, { wanted: false })).toEqual([false]);
  });
});
