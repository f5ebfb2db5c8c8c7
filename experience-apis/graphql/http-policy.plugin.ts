import type { ApolloServerPlugin } from '@apollo/server';
import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { OperationContext } from './operation-context.js';

export const INTROSPECTION_SCOPE = 'graphql:introspect';

/**
 * What depends on the caller or the transport and so cannot be a validation rule: the server remembers documents that
 * passed validation, whoever sent them.
 */
export class HttpPolicyPlugin implements ApolloServerPlugin<OperationContext> {
  private readonly introspecting = new WeakMap<DocumentNode, boolean>();

  /** @param introspectionForAll whether a token without the scope may read the schema. */
  constructor(private readonly introspectionForAll: boolean) {}

  async requestDidStart(): ReturnType<NonNullable<ApolloServerPlugin<OperationContext>['requestDidStart']>> {
    return {
      didResolveOperation: async ({ operation, document, schema, contextValue }) => {
        if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
          throw refused('Subscriptions are taken over WebSocket alone.', 'SUBSCRIPTION_OVER_HTTP', 400);
        if (this.introspectionForAll || contextValue.principal.scopes.has(INTROSPECTION_SCOPE)) return;
        if (this.introspects(schema, document))
          throw refused(
            `Reading the schema needs the scope "${INTROSPECTION_SCOPE}".`,
            'INTROSPECTION_NOT_ALLOWED',
            403,
          );
      },
    };
  }

  private introspects(schema: GraphQLSchema, document: DocumentNode): boolean {
    const known = this.introspecting.get(document);
    if (known !== undefined) return known;
    const found = validate(schema, document, [NoSchemaIntrospectionCustomRule]).length > 0;
    this.introspecting.set(document, found);
    return found;
  }
}

function refused(message: string, code: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
