import { ITEMS_PAGE_MAX } from '../../../process-apis/catalog/index.js';
import { MESSAGES_PAGE_MAX } from '../../../process-apis/intake/index.js';
import { ACCURACY_DAYS_MAX } from '../../../process-apis/reconciliation/index.js';
import { TASKS_PAGE_MAX } from '../../../src/platform/jobs/index.js';
import { AuditResolver, AUDITS_PAGE_MAX } from './audit.resolver.js';
import { ChannelFieldsResolver, ChannelQueryResolver } from './channel.resolver.js';
import { DRIFT_PAGE_MAX, DriftActionResolver, DriftQueryResolver, DriftRunFieldsResolver } from './drift.resolver.js';
import {
  ITEM_PARTS_MAX,
  ItemFieldsResolver,
  ItemQueryResolver,
  ListingFieldsResolver,
  NodeFieldsResolver,
  PositionIdResolver,
  PublicationIdResolver,
} from './item.resolver.js';
import {
  FactFieldsResolver,
  FACTS_MAX,
  MessageActionResolver,
  MessageFieldsResolver,
  MessageQueryResolver,
} from './message.resolver.js';
import {
  FulfillmentOrderLinksResolver,
  ListingLinksResolver,
  OrderLineLinksResolver,
  PackageLinksResolver,
  PositionLinksResolver,
  PublicationLinksResolver,
  ShipmentLinksResolver,
  WAYS_BACK,
} from './links.resolver.js';
import { NodeResolver, NODES_MAX } from './node.resolver.js';
import { OperationActionResolver } from './operation-action.resolver.js';
import { ORDER_RECORDS_MAX, OrderRecordsResolver } from './order-records.resolver.js';
import { SourcingResolver } from './sourcing.resolver.js';
import { CHANNELS_PRICED, SystemFieldsResolver, SystemQueryResolver } from './system.resolver.js';
import { TaskActionResolver } from './task-action.resolver.js';
import { TaskFieldsResolver, TaskQueryResolver } from './task.resolver.js';

export { WAYS_BACK };
export { RecordLoaders } from './record-loaders.js';
export { RecordSources, WorkSources } from './record-sources.js';

/** Records of the hub beside orders, exceptions and stock: what they are, what is done about them, and each by its id. */
export const RECORD_RESOLVERS = [
  NodeResolver,
  ItemQueryResolver,
  ItemFieldsResolver,
  ListingFieldsResolver,
  NodeFieldsResolver,
  PositionIdResolver,
  PublicationIdResolver,
  ChannelQueryResolver,
  ChannelFieldsResolver,
  SourcingResolver,
  SystemQueryResolver,
  SystemFieldsResolver,
  OperationActionResolver,
  TaskQueryResolver,
  TaskFieldsResolver,
  TaskActionResolver,
  MessageQueryResolver,
  MessageActionResolver,
  MessageFieldsResolver,
  FactFieldsResolver,
  OrderRecordsResolver,
  OrderLineLinksResolver,
  FulfillmentOrderLinksResolver,
  ShipmentLinksResolver,
  PackageLinksResolver,
  PositionLinksResolver,
  ListingLinksResolver,
  PublicationLinksResolver,
  AuditResolver,
  DriftQueryResolver,
  DriftRunFieldsResolver,
  DriftActionResolver,
];

/** The most entries of each paged field, by `Type.field`. */
export const RECORD_PAGE_SIZES = {
  'Query.nodes': NODES_MAX,
  'Query.items': ITEMS_PAGE_MAX,
  'Item.positions': ITEM_PARTS_MAX,
  'Item.listings': ITEM_PARTS_MAX,
  'Item.publications': ITEM_PARTS_MAX,
  'Query.tasks': TASKS_PAGE_MAX,
  'Query.messages': MESSAGES_PAGE_MAX,
  'Query.facts': FACTS_MAX,
  'Query.audits': AUDITS_PAGE_MAX,
  'Order.tasks': ORDER_RECORDS_MAX,
  'Order.messages': ORDER_RECORDS_MAX,
  'Order.facts': ORDER_RECORDS_MAX,
  'Query.driftRuns': DRIFT_PAGE_MAX,
  'DriftRun.drifts': DRIFT_PAGE_MAX,
  'Query.inventoryAccuracy': ACCURACY_DAYS_MAX,
  'System.channels': CHANNELS_PRICED,
};
