import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import { Kind, OperationTypeNode, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { extensionsOf, type ErrorFormatter } from './graphql-errors.js';
import type { OperationContext } from './operation-context.js';
import { namesDocument } from './trusted-documents.js';

type Http = GraphQLResponse['http'];

/**
 * Runs queries of trusted documents as code that is made of them once: they are asked over and over, and only so many.
 * Documents that anybody may send are not worth it, nor safe to compile.
 */
export class CompiledQueriesPlugin implements ApolloServerPlugin<OperationContext> {
  private readonly compiled = new WeakMap<DocumentNode, CompiledQuery | undefined>();

  constructor(private readonly errors: ErrorFormatter) {}

  async requestDidStart({
    request,
  }: GraphQLRequestContext<OperationContext>): ReturnType<NonNullable<ApolloServerPlugin['requestDidStart']>> {
    if (!namesDocument(request.http?.body)) return undefined;
    return {
      responseForOperation: async ({ schema, document, contextValue }) => {
        const query = this.queryOf(schema, document);
        if (query === undefined) return null;
        const result = await query(undefined, contextValue, request.variables ?? {});
        // Mistakes in variables: nothing was read yet, and the server's own words are better.
        return result.data === undefined ? null : this.answer(result);
      },
    };
  }

  private queryOf(schema: GraphQLSchema, document: DocumentNode): CompiledQuery['query'] | undefined {
    if (!this.compiled.has(document)) this.compiled.set(document, compile(schema, document));
    return this.compiled.get(document)?.query;
  }

  private answer({ data = null, errors }: ExecutionResult): GraphQLResponse {
    const http: Http = { headers: new HeaderMap() };
    if (errors === undefined) return { http, body: { kind: 'single', singleResult: { data } } };
    const told = errors.map((error) => {
      const { http: wanted, code } = extensionsOf(error);
      adopt(http, wanted);
      return this.errors.format(error, undefined, code);
    });
    return { http, body: { kind: 'single', singleResult: { data, errors: told } } };
  }
}

/** Absent for what is better run as it is: mutations, and documents with several operations. */
function compile(schema: GraphQLSchema, document: DocumentNode): CompiledQuery | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1 || operations[0]?.operation !== OperationTypeNode.QUERY) return undefined;
  const made = compileQuery(schema, document);
  return isCompiledQuery(made) ? made : undefined;
}

/** What an error wants of the answer, as the server takes it from those of its own execution. */
function adopt(http: Http, wanted: unknown): void {
  const { status, headers } = (wanted ?? {}) as Partial<Http>;
  if (status !== undefined) http.status = status;
  for (const [name, value] of headers ?? []) http.headers.set(name, value);
}
