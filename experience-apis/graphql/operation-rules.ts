import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { GraphQLError, OperationTypeNode, type ValidationContext, type ValidationRule } from 'graphql';
import { MOVEMENTS_PAGE_MAX, POSITION_PARTS_MAX, POSITIONS_PAGE_MAX } from '../../process-apis/availability/index.js';
import { EXCEPTION_HISTORY_MAX, EXCEPTIONS_PAGE_MAX } from '../../process-apis/exceptions/index.js';
import { ORDERS_PAGE_MAX, TIMELINE_EVENTS_MAX } from '../../process-apis/orders/index.js';
import { CHANGES_PAGE_MAX, RUNS_PAGE_MAX } from '../../process-apis/replay/index.js';
import type { Config } from '../../src/platform/config/config.js';
import { ALERT_PAGE_SIZES } from './alerts/index.js';
import { AVAILABILITY_ITEMS_MAX } from './availability.resolver.js';
import { EXCEPTIONS_OF_ORDER_MAX } from './exception.resolver.js';
import { FINDING_PAGE_SIZES } from './finding/index.js';
import { KPI_PAGE_SIZES } from './kpi/index.js';
import { RECORD_PAGE_SIZES, WAYS_BACK } from './records/index.js';
import { operationCostRule, type PageSizes } from './operation-cost.rule.js';
import { PUBLICATIONS_PAGE_MAX, STOCK_FEEDS_PAGE_MAX, TELLINGS_MAX } from './stock.resolver.js';

/** Words and signs of one document; more is refused before it is read. */
export const DOCUMENT_TOKENS_MAX = 4_000;

const PAGE_SIZES: PageSizes = {
  ...FINDING_PAGE_SIZES,
  ...RECORD_PAGE_SIZES,
  ...ALERT_PAGE_SIZES,
  ...KPI_PAGE_SIZES,
  'Query.orders': ORDERS_PAGE_MAX,
  'Order.timeline': TIMELINE_EVENTS_MAX,
  'Order.exceptions': EXCEPTIONS_OF_ORDER_MAX,
  'Query.exceptions': EXCEPTIONS_PAGE_MAX,
  'Query.exceptionGroups': EXCEPTIONS_PAGE_MAX,
  'Exception.history': EXCEPTION_HISTORY_MAX,
  'Availability.items': AVAILABILITY_ITEMS_MAX,
  'Query.positions': POSITIONS_PAGE_MAX,
  'Position.movements': MOVEMENTS_PAGE_MAX,
  'Position.lots': POSITION_PARTS_MAX,
  'Position.expectedSupply': POSITION_PARTS_MAX,
  'Query.publications': PUBLICATIONS_PAGE_MAX,
  'Publication.tellings': TELLINGS_MAX,
  'Query.stockFeeds': STOCK_FEEDS_PAGE_MAX,
  'Query.replayRuns': RUNS_PAGE_MAX,
  'Query.replayChanges': CHANGES_PAGE_MAX,
};

export type OperationLimits = Pick<Config, 'graphqlDepthMax' | 'graphqlCostMax' | 'graphqlAliasesMax'>;

/** What an operation must keep to besides the GraphQL specification, whichever way it comes in. */
export function operationRules(limits: OperationLimits): readonly ValidationRule[] {
  const depth = maxDepthRule({
    n: limits.graphqlDepthMax,
    flattenFragments: true,
    ...reporting(`The selections of the operation nest deeper than ${limits.graphqlDepthMax} levels.`),
  });
  const aliases = maxAliasesRule({
    n: limits.graphqlAliasesMax,
    ...reporting(`The operation has more than ${limits.graphqlAliasesMax} aliases.`),
  });
  return [depth, aliases, operationCostRule(limits.graphqlCostMax, PAGE_SIZES, WAYS_BACK)];
}

/** Over WebSocket queries and mutations would go around everything that guards HTTP: rates, logs, timeouts. */
export const subscriptionsOnlyRule: ValidationRule = (context) => ({
  OperationDefinition(operation) {
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
      context.reportError(
        new GraphQLError(`Over WebSocket only subscriptions are taken: send the ${operation.operation} over HTTP.`, {
          nodes: operation,
        }),
      );
  },
});

/** By default these rules throw in the middle of the validation; like all others they shall report. */
function reporting(message: string): {
  readonly propagateOnRejection: false;
  readonly onReject: ((context: ValidationContext | null) => void)[];
} {
  return { propagateOnRejection: false, onReject: [(context) => context?.reportError(new GraphQLError(message))] };
}
