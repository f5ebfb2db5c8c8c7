import {
  buildClientSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import type { FuzzedHub, Target } from './target.js';

const INPUT_DEPTH_MAX = 4;
const FIELDS_MAX = 12;

/** Every query and mutation of the graph, with values for all its arguments; whatever is added to the graph is fuzzed as well. */
export function graphqlTargets(hub: FuzzedHub): readonly Target[] {
  const schema = buildClientSchema(hub.schema as IntrospectionQuery);
  return [
    ...operations(hub, schema, 'query', schema.getQueryType()?.getFields() ?? {}),
    ...operations(hub, schema, 'mutation', schema.getMutationType()?.getFields() ?? {}),
  ];
}

function operations(
  hub: FuzzedHub,
  schema: GraphQLSchema,
  kind: 'query' | 'mutation',
  fields: Readonly<Record<string, GraphQLField<unknown, unknown>>>,
): readonly Target[] {
  const [known] = hub.orders;
  return Object.values(fields).map((field): Target => {
    const given = field.args.map(({ name, type }) => ({ name, type: String(type), value: sample(name, type, known) }));
    const variables = given.map(({ name, type }) => `$${name}: ${type}`).join(', ');
    const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
    const selection = selectionOf(getNamedType(field.type));
    const query = `${kind} Fuzz${variables && `(${variables})`} { ${field.name}${passed && `(${passed})`}${selection} }`;
    return {
      name: `POST /graphql ${kind} ${field.name}`,
      method: 'POST',
      path: '/graphql',
      seeds: [{ query, variables: Object.fromEntries(given.map(({ name, value }) => [name, value])) }],
      contentType: 'application/json',
      form: 'graphql',
      query: ['query', 'variables', 'operationName', 'extensions'],
      headers: () => ({ authorization: `Bearer ${hub.bearer}` }),
    };
  });
}

/** Fields of a type that are values; of a union and of a connection what lies one deeper. */
function selectionOf(type: GraphQLNamedType, depth = 0): string {
  if (isUnionType(type))
    return ` { __typename ${type
      .getTypes()
      .map((one) => `... on ${one.name}${selectionOf(one, 1)}`)
      .join(' ')} }`;
  if (!isObjectType(type)) return isCompositeType(type) ? ' { __typename }' : '';
  const fields = Object.values(type.getFields()).filter(({ args }) => args.length === 0);
  const values = fields.filter((field) => !isCompositeType(getNamedType(field.type))).slice(0, FIELDS_MAX);
  const inner = depth === 0 ? fields.filter((field) => isObjectType(getNamedType(field.type))).slice(0, 3) : [];
  return ` { __typename ${[
    ...values.map(({ name }) => name),
    ...inner.map((field) => `${field.name}${selectionOf(getNamedType(field.type), 1)}`),
  ].join(' ')} }`;
}

function sample(
  name: string,
  type: GraphQLInputType,
  known: FuzzedHub['orders'][number] | undefined,
  depth = 0,
): unknown {
  if (isNonNullType(type)) return sample(name, type.ofType, known, depth);
  if (isListType(type)) return [sample(name, type.ofType, known, depth)];
  if (isEnumType(type)) return type.getValues()[0]?.name ?? null;
  if (isInputObjectType(type)) {
    if (depth >= INPUT_DEPTH_MAX) return null;
    const fields = Object.values(type.getFields());
    return Object.fromEntries(fields.map((field) => [field.name, sample(field.name, field.type, known, depth + 1)]));
  }
  return sampleScalar(name, type.name, known);
}

function sampleScalar(name: string, type: string, known: FuzzedHub['orders'][number] | undefined): unknown {
  if (name === 'orderId' || (name === 'id' && type === 'ID')) return known?.id ?? '';
  if (name === 'channel') return known?.channel ?? '';
  if (name === 'reference') return known?.reference ?? '';
  switch (type) {
    case 'Int':
    case 'SafeInt':
      return 2;
    case 'Float':
      return 0.5;
    case 'Boolean':
      return true;
    case 'DateTime':
      return '2026-03-01T10:00:00.000Z';
    case 'JSONObject':
      return { a: 1 };
    default:
      return name === 'after' || name === 'before' ? null : 'fuzz';
  }
}
