import { join } from 'node:path';
import type { GraphQLFormattedError } from 'graphql';
import { Module } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../src/platform/config/config.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { ALERT_RESOLVERS } from './alerts/index.js';
import { AvailabilityResolver } from './availability.resolver.js';
import { ExceptionActionResolver } from './exception-action.resolver.js';
import {
  ExceptionFieldsResolver,
  ExceptionGroupFieldsResolver,
  ExceptionQueryResolver,
  MessageBodyResolver,
  OrderExceptionsResolver,
} from './exception.resolver.js';
import { ExceptionChangeFieldsResolver, ExceptionSubscriptionResolver } from './exception-subscription.resolver.js';
import { ErrorFormatter } from './graphql-errors.js';
import { HttpPolicyPlugin } from './http-policy.plugin.js';
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
import { ReplayChangeFieldsResolver, ReplayResolver } from './replay.resolver.js';
import { SCALARS } from './scalars.js';
import {
  PositionFieldsResolver,
  PublicationFieldsResolver,
  PublicationQueryResolver,
  StockFeedFieldsResolver,
  StockQueryResolver,
} from './stock.resolver.js';
import { GRAPHQL_PATH, SubscriptionServer } from './subscription-server.js';

@Module({ providers: [OperationContexts], exports: [OperationContexts] })
class OperationContextModule {}

/**
 * The graph at `/graphql`: queries and mutations over HTTP, subscriptions over WebSocket.
 * Needs globally: CONFIG, PG_POOL, TokenVerifier, the AuthGuard, EventFeed, OrderReader, OrderCommit, Availability,
 * StockReader, StockFeeds, ReplayDesk.
 */
@Module({
  imports: [
    OperationContextModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      imports: [OperationContextModule],
      inject: [CONFIG, OperationContexts],
      useFactory: apolloOptions,
    }),
  ],
  providers: [
    ...ALERT_RESOLVERS,
    LiveOrders,
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
    StockQueryResolver,
    PositionFieldsResolver,
    StockFeedFieldsResolver,
    PublicationQueryResolver,
    PublicationFieldsResolver,
    ReplayResolver,
    ReplayChangeFieldsResolver,
    SubscriptionServer,
  ],
})
export class GraphqlModule {}

function apolloOptions(config: Config, contexts: OperationContexts): Omit<ApolloDriverConfig, 'driver'> {
  const errors = new ErrorFormatter(config.graphiql);
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
    plugins: [new HttpPolicyPlugin(config.graphiql)],
    // A browser that keeps the headers would keep the token.
    graphiql: config.graphiql ? { shouldPersistHeaders: false } : false,
    autoTransformHttpErrors: false,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
  };
}
