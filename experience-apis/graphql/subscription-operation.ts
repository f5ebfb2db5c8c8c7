import { NoSchemaIntrospectionCustomRule, type DocumentNode, type GraphQLError, type GraphQLSchema } from 'graphql';
import { checkDocument } from './check-document.js';
import { DocumentCache } from './document-cache.js';
import { operationRules, subscriptionsOnlyRule, type OperationLimits } from './operation-rules.js';

export interface PreparedDocument {
  readonly source: string;
  readonly document: DocumentNode;
}

/**
 * Parses and validates what comes over WebSocket by the rules of HTTP, and two more: subscriptions only, and no
 * introspection, which belongs to queries. Nothing of what guards the HTTP server applies to a socket by itself.
 */
export class SubscriptionDocuments {
  private readonly prepared = new DocumentCache<PreparedDocument>(({ source }) => source.length);

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: OperationLimits,
  ) {}

  prepare(source: string): PreparedDocument | { readonly errors: readonly GraphQLError[] } {
    const known = this.prepared.get(source);
    if (known !== undefined) return known;
    const rules = [...operationRules(this.limits), NoSchemaIntrospectionCustomRule, subscriptionsOnlyRule];
    const checked = checkDocument(this.schema, source, rules);
    if ('errors' in checked) return checked;
    const prepared = { source, document: checked.document };
    this.prepared.set(source, prepared);
    return prepared;
  }
}
