import {
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { DOCUMENT_TOKENS_MAX } from './operation-rules.js';
import { rootFieldStandsRule } from './root-field-stands.rule.js';

const VALIDATION_FAILED = 'GRAPHQL_VALIDATION_FAILED';

export type CheckedDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

/** Parses and validates a document by the specification and these rules. */
export function checkDocument(
  schema: GraphQLSchema,
  source: string,
  rules: readonly ValidationRule[],
): CheckedDocument {
  const read = parsed(source);
  if ('errors' in read) return read;
  const { document } = read;
  // By itself: a rule of the specification throws where the root field of a subscription depends on a variable.
  const first = validate(schema, document, [rootFieldStandsRule]);
  const errors = first.length > 0 ? first : validate(schema, document, [...specifiedRules, ...rules]);
  if (errors.length === 0) return { document };
  return { errors: errors.map((error) => withCode(error, VALIDATION_FAILED)) };
}

/**
 * What is wrong with the root fields of a text's subscriptions; nothing, where there are none or the text cannot be read. Asked
 * before a server validates it, which fails where such a field depends on a variable.
 */
export function rootFieldErrors(schema: GraphQLSchema, source: string): readonly GraphQLError[] {
  // Almost all texts are spared a second reading.
  if (!source.includes('subscription') || !source.includes('@')) return [];
  const read = parsed(source);
  if ('errors' in read) return [];
  return validate(schema, read.document, [rootFieldStandsRule]).map((error) => withCode(error, VALIDATION_FAILED));
}

function parsed(source: string): CheckedDocument {
  try {
    return { document: parse(source, { maxTokens: DOCUMENT_TOKENS_MAX }) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] };
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code },
  });
}
