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

export type CheckedDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

/** Parses and validates a document by the specification and these rules. */
export function checkDocument(
  schema: GraphQLSchema,
  source: string,
  rules: readonly ValidationRule[],
): CheckedDocument {
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: DOCUMENT_TOKENS_MAX });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] };
  }
  // By itself: a rule of the specification throws where the root field of a subscription depends on a variable.
  const first = validate(schema, document, [rootFieldStandsRule]);
  const errors = first.length > 0 ? first : validate(schema, document, [...specifiedRules, ...rules]);
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
