import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';

const CURSOR_CHARS_MAX = 256;

/** Only the shape is checked here; whoever gave the cursor out reads it. */
const GraphQLCursor = new GraphQLScalarType<string, string>({
  name: 'Cursor',
  serialize: toCursor,
  parseValue: toCursor,
  parseLiteral: (node) => toCursor(node.kind === Kind.STRING ? node.value : undefined),
});

function toCursor(value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= CURSOR_CHARS_MAX) return value;
  throw new GraphQLError('A cursor is a text that the hub gave out.', { extensions: { code: 'BAD_USER_INPUT' } });
}

/** As the hub writes instants everywhere. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const dateTime = GraphQLDateTime.toConfig();

/** Instants of the hub go out as they are: a page of an order has dozens, and the library would read and write each anew. */
const GraphQLInstant = new GraphQLScalarType<Date, Date | string>({
  ...dateTime,
  serialize: (value) => (typeof value === 'string' && INSTANT.test(value) ? value : dateTime.serialize(value)),
});

/** How the scalars of the schema are read and written, by name. */
export const SCALARS = {
  Cursor: GraphQLCursor,
  DateTime: GraphQLInstant,
  JSON: GraphQLJSON,
  JSONObject: GraphQLJSONObject,
  SafeInt: GraphQLSafeInt,
} as const;
