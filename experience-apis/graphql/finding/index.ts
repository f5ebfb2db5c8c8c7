import { LINEAGE_VALUES_MAX, SEARCH_HITS_MAX } from '../../../process-apis/orders/index.js';
import type { PageSizes } from '../operation-cost.rule.js';
import { LineageResolver } from './lineage.resolver.js';
import { OrderEventPlaceResolver, OrderTimesResolver } from './order-times.resolver.js';
import { OrderPartiesResolver } from './parties.resolver.js';
import { SearchResolver } from './search.resolver.js';
import { ToldResolver } from './told.resolver.js';

export const FINDING_RESOLVERS = [
  SearchResolver,
  OrderTimesResolver,
  OrderEventPlaceResolver,
  OrderPartiesResolver,
  LineageResolver,
  ToldResolver,
];

export const FINDING_PAGE_SIZES: PageSizes = {
  'Query.search': SEARCH_HITS_MAX,
  'Order.lineage': LINEAGE_VALUES_MAX,
};
