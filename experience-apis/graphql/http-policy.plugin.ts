import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  validate,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { rootFieldErrors } from './check-document.js';
import { RETRY_AFTER_SECONDS, UNAVAILABLE_CODE } from './graphql-errors.js';
import type { OperationContext } from './operation-context.js';
import type { AskedDocument, TrustedDocuments } from './trusted-documents.js';

export const INTROSPECTION_SCOPE = 'graphql:introspect';

const RESPONSE_MEDIA_TYPE = 'application/graphql-response+json';
/** Mistakes in an operation: clients that know `application/json` alone take another status for a broken transport. */
const OPERATION_MISTAKES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
]);
/** The server reads forms too, for others. */
const JSON_BODY = /^application\/json\s*(?:;|$)/i;
/** Stands for a document that is refused: Apollo answers nothing before it has read one. */
const NO_DOCUMENT = '{ __typename }';

/**
 * What depends on the caller or the transport and so cannot be a validation rule: the server remembers documents that
 * passed validation, whoever sent them.
 */
export class HttpPolicyPlugin implements ApolloServerPlugin<OperationContext> {
  private readonly introspecting = new WeakMap<DocumentNode, boolean>();

  constructor(private readonly trusted: TrustedDocuments) {}

  async serverWillStart({ schema }: { readonly schema: GraphQLSchema }): Promise<void> {
    this.trusted.load(schema);
  }

  async requestDidStart(
    request: GraphQLRequestContext<OperationContext>,
  ): ReturnType<NonNullable<ApolloServerPlugin<OperationContext>['requestDidStart']>> {
    const refusal = this.chooseDocument(request);
    return {
      didResolveOperation: async ({ operation, document, schema, contextValue }) => {
        if (refusal !== undefined) throw refusal;
        if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
          throw refused('Subscriptions are taken over WebSocket alone.', 'SUBSCRIPTION_OVER_HTTP', 400);
        if (contextValue.principal.scopes.has(INTROSPECTION_SCOPE)) return;
        if (this.introspects(schema, document))
          throw refused(
            `Reading the schema needs the scope "${INTROSPECTION_SCOPE}".`,
            'INTROSPECTION_NOT_ALLOWED',
            403,
          );
      },
      willSendResponse: async (answered) => settleStatus(answered),
    };
  }

  /** Puts the document that is to be run into the request. Gives why none is. */
  private chooseDocument({
    request,
    contextValue,
    schema,
  }: GraphQLRequestContext<OperationContext>): GraphQLError | undefined {
    const asked = { query: request.query, documentId: documentIdOf(request.http?.body) };
    if (request.http?.method === 'POST' && !JSON_BODY.test(request.http.headers.get('content-type') ?? '')) {
      request.query = NO_DOCUMENT;
      return refused('Send the operation as "application/json".', 'UNSUPPORTED_MEDIA_TYPE', 415);
    }
    // Without any document Apollo says what is missing.
    if (asked.documentId === undefined && asked.query === undefined) return undefined;
    const found = this.trusted.find(asked, contextValue.principal);
    const error = 'error' in found ? found.error : whyNoDocument(schema, found.source);
    request.query = 'error' in found || error !== undefined ? NO_DOCUMENT : found.source;
    return error;
  }

  private introspects(schema: GraphQLSchema, document: DocumentNode): boolean {
    const known = this.introspecting.get(document);
    if (known !== undefined) return known;
    const found = validate(schema, document, [NoSchemaIntrospectionCustomRule]).length > 0;
    this.introspecting.set(document, found);
    return found;
  }
}

/** Why a text must not come before the server's own rules, which would fail on it. */
function whyNoDocument(schema: GraphQLSchema, source: string): GraphQLError | undefined {
  const [error] = rootFieldErrors(schema, source);
  if (error !== undefined) error.extensions['http'] = { status: 400 };
  return error;
}

function documentIdOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? (body as AskedDocument).documentId : undefined;
}

/** The status as GraphQL over HTTP has it for what the client takes, and for a hub that cannot answer now. */
function settleStatus({ request, response }: GraphQLRequestContextWillSendResponse<OperationContext>): void {
  if (response.body.kind !== 'single') return;
  const { http, body } = response;
  const { data, errors = [] } = body.singleResult;
  if (errors.some(isUnavailable) && !hasAnswer(data)) {
    http.status = 503;
    http.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
  }
  if (request.http?.headers.get('accept')?.includes(RESPONSE_MEDIA_TYPE) === true)
    http.headers.set('content-type', `${RESPONSE_MEDIA_TYPE}; charset=utf-8`);
  else if (http.status === 400 && errors.every(({ extensions }) => OPERATION_MISTAKES.has(extensions?.['code'])))
    http.status = 200;
}

function isUnavailable({ extensions }: GraphQLFormattedError): boolean {
  return extensions?.['code'] === UNAVAILABLE_CODE;
}

function hasAnswer(data: Readonly<Record<string, unknown>> | null | undefined): boolean {
  return Object.values(data ?? {}).some((value) => value !== null);
}

function refused(message: string, code: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
