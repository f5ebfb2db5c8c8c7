import { join } from 'node:path';
import type { DocumentNode, GraphQLFormattedError } from 'graphql';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { Module } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../src/platform/config/config.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { ALERT_RESOLVERS } from './alerts/index.js';
import { AvailabilityResolver, ExplanationResolver } from './availability.resolver.js';
import { ExceptionActionResolver } from './exception-action.resolver.js';
import {
  ExceptionFieldsResolver,
  ExceptionGroupFieldsResolver,
  ExceptionQueryResolver,
  MessageBodyResolver,
  OrderExceptionsResolver,
} from './exception.resolver.js';
import { ExceptionChangeFieldsResolver, ExceptionSubscriptionResolver } from './exception-subscription.resolver.js';
import { Broadcasts } from './broadcasts.js';
import { CompiledQueriesPlugin } from './compiled-queries.plugin.js';
import { DocumentCache } from './document-cache.js';
import { FINDING_RESOLVERS } from './finding/index.js';
import { ErrorFormatter } from './graphql-errors.js';
import { HttpPolicyPlugin } from './http-policy.plugin.js';
import { KPI_RESOLVERS } from './kpi/index.js';
import { LiveOrders } from './live-orders.js';
import { OperationContexts } from './operation-context.js';
import { DOCUMENT_TOKENS_MAX, operationRules } from './operation-rules.js';
import { OrderActionResolver } from './order-action.resolver.js';
import { OrderActions } from './order-actions.js';
import { OrderCorrectionResolver } from './order-correction.resolver.js';
import {
  OrderChangeFieldsResolver,
  OrderSubscriptionResolver,
  ShipmentUpdateFieldsResolver,
} from './order-subscription.resolver.js';
import {
  MoneyFieldsResolver,
  OrderEventFieldsResolver,
  OrderFieldsResolver,
  OrderQueryResolver,
} from './order.resolver.js';
import { RECORD_RESOLVERS, RecordSources, WorkSources } from './records/index.js';
import { ReplayChangeFieldsResolver, ReplayResolver } from './replay.resolver.js';
import { SCALARS } from './scalars.js';
import { SchemaController } from './schema.controller.js';
import {
  PositionFieldsResolver,
  PublicationFieldsResolver,
  PublicationQueryResolver,
  StockFeedFieldsResolver,
  StockQueryResolver,
} from './stock.resolver.js';
import { OperationMetricsPlugin } from './operation-metrics.plugin.js';
import { SocketMetrics } from './socket-metrics.js';
import { GRAPHQL_PATH, SubscriptionServer } from './subscription-server.js';
import { TrustedDocuments } from './trusted-documents.js';

/** What both transports share. */
@Module({
  providers: [
    OperationContexts,
    WorkSources,
    RecordSources,
    {
      provide: TrustedDocuments,
      inject: [CONFIG],
      useFactory: (config: Config) =>
        new TrustedDocuments({ manifests: [manifestOf(config)], directory: config.trustedDocumentsDir }, config),
    },
  ],
  exports: [OperationContexts, RecordSources, TrustedDocuments],
})
class TransportModule {}

/**
 * The graph at `/graphql`: queries and mutations over HTTP, subscriptions over WebSocket.
 * Needs globally: CONFIG, PG_POOL, TokenVerifier, the AuthGuard, EventFeed, OrderReader, OrderCommit, Availability,
 * StockReader, StockFeeds, ReplayDesk.
 */
@Module({
  imports: [
    TransportModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      imports: [TransportModule],
      inject: [CONFIG, OperationContexts, TrustedDocuments],
      useFactory: apolloOptions,
    }),
  ],
  providers: [
    ...ALERT_RESOLVERS,
    ...KPI_RESOLVERS,
    LiveOrders,
    ...FINDING_RESOLVERS,
    ...RECORD_RESOLVERS,
    OrderQueryResolver,
    OrderFieldsResolver,
    OrderEventFieldsResolver,
    MoneyFieldsResolver,
    OrderActions,
    OrderActionResolver,
    OrderCorrectionResolver,
    ExceptionQueryResolver,
    ExceptionFieldsResolver,
    ExceptionGroupFieldsResolver,
    ExceptionActionResolver,
    ExceptionSubscriptionResolver,
    ExceptionChangeFieldsResolver,
    OrderExceptionsResolver,
    MessageBodyResolver,
    OrderSubscriptionResolver,
    OrderChangeFieldsResolver,
    ShipmentUpdateFieldsResolver,
    AvailabilityResolver,
    ExplanationResolver,
    StockQueryResolver,
    PositionFieldsResolver,
    StockFeedFieldsResolver,
    PublicationQueryResolver,
    PublicationFieldsResolver,
    ReplayResolver,
    ReplayChangeFieldsResolver,
    Broadcasts,
    OperationMetricsPlugin,
    SocketMetrics,
    SubscriptionServer,
  ],
  controllers: [SchemaController],
})
export class GraphqlModule {}

/** Where the build of the console leaves the documents that it sends. */
function manifestOf({ consoleDir }: Config): string {
  return join(consoleDir, 'documents.json');
}

function apolloOptions(
  config: Config,
  contexts: OperationContexts,
  trusted: TrustedDocuments,
): Omit<ApolloDriverConfig, 'driver'> {
  const errors = new ErrorFormatter();
  const documents = new DocumentCache<DocumentNode>(({ loc }) => loc?.end ?? 0);
  return {
    path: GRAPHQL_PATH,
    // Not beside the code that runs, which is under dist/.
    typePaths: [join(packageRoot(), 'schema', 'graphql', '*.graphql')],
    resolvers: SCALARS,
    context: (request: FastifyRequest) => contexts.forRequest(request),
    formatError: (formatted: GraphQLFormattedError, error: unknown) =>
      errors.format(error, undefined, formatted.extensions?.['code']),
    validationRules: [...operationRules(config)],
    parseOptions: { maxTokens: DOCUMENT_TOKENS_MAX },
    // The scope decides, which a rule without a caller cannot: see the plugin.
    introspection: true,
    // Answers are for one caller at one instant. With the plugin for caching, each field of each answer would be looked at.
    plugins: [
      new HttpPolicyPlugin(trusted),
      new CompiledQueriesPlugin(errors),
      ApolloServerPluginCacheControlDisabled(),
    ],
    graphiql: false,
    documentStore: {
      get: async (key) => documents.get(key),
      set: async (key, document) => documents.set(key, document),
      delete: async (key) => documents.delete(key),
    },
    autoTransformHttpErrors: false,
    // The plugin sets the status of each answer.
    preserveHttpStatusForExecutionErrors: false,
    includeStacktraceInErrorResponses: false,
    // A browser asks before it sends this header for another site, and nothing is answered without it.
    csrfPrevention: { requestHeaders: ['authorization', 'apollo-require-preflight'] },
    allowBatchedHttpRequests: false,
    persistedQueries: false,
  };
}
