import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { DOCUMENT_TOKENS_MAX, operationRules, subscriptionsOnlyRule, type OperationLimits } from './operation-rules.js';

export type PreparedDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

/**
 * Parses and validates what comes over WebSocket by the rules of HTTP, and two more: subscriptions only, and no
 * introspection, which belongs to queries. Nothing of what guards the HTTP server applies to a socket by itself.
 */
export function prepareDocument(schema: GraphQLSchema, query: string, limits: OperationLimits): PreparedDocument {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: DOCUMENT_TOKENS_MAX });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] };
  }
  const errors = validate(schema, document, [
    ...specifiedRules,
    ...operationRules(limits),
    NoSchemaIntrospectionCustomRule,
    subscriptionsOnlyRule,
  ]);
  if (errors.length === 0) return { document };
  return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) };
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code },
  });
}
