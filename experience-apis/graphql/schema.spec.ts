import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  type GraphQLSchema,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXCEPTION_EVENTS, EXCEPTION_SORTS, EXCEPTION_STATUSES } from '../../process-apis/exceptions/index.js';
import type { ChargeKind } from '../../src/model/channel-order.js';
import type { OrderEvent } from '../../src/model/events.js';
import type {
  ErpStatus,
  FulfillmentOrderStatus,
  OrderStatus,
  OutsideSystem,
  TrackingStatus,
} from '../../src/model/order.js';
import { TRACKINGS } from '../../process-apis/catalog/index.js';
import type { MessageStatus } from '../../process-apis/intake/index.js';
import { DRIFT_SYSTEMS, type Drift, type DriftRun } from '../../process-apis/reconciliation/index.js';
import type { TaskRefusal } from '../../process-apis/replay/index.js';
import type { SystemState } from '../../process-apis/systems/index.js';
import { ORDER_SORTS, SEARCH_KINDS } from '../../process-apis/orders/index.js';
import type { CheckStatus } from '../../process-apis/availability/index.js';
import type { Telling } from '../../process-apis/publishing/index.js';
import { EXCEPTION_ACTIONS, EXCEPTION_CATEGORIES, OWNER_ROLES, SEVERITIES } from '../../src/model/exception.js';
import { HOLD_KINDS } from '../../src/model/hold-kind.js';
import { SHORTAGE_POLICIES } from '../../src/model/channel.js';
import { STOCK_BUCKETS, type MovementReason, type NodeKind, type SupplyKind } from '../../src/model/stock.js';
import type { BreakerState } from '../../src/platform/outside/outside-lane.js';
import { TASK_STATES } from '../../src/platform/jobs/index.js';
import { currentGraphSchema } from '../../test/support/graph-schema.js';

let schema: GraphQLSchema;

beforeAll(async () => {
  schema = await currentGraphSchema();
});

/** What lacks a description, by its coordinate in the schema. */
function undescribed(): readonly string[] {
  const missing: string[] = [];
  const check = (coordinate: string, { description }: { readonly description?: string | null | undefined }): void => {
    if (description === undefined || description === null || description.trim() === '') missing.push(coordinate);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || ['Int', 'String', 'Boolean', 'ID', 'Float'].includes(type.name)) continue;
    check(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field);
        for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name}:)`, argument);
      }
  }
  return missing;
}

function valuesOf(name: string): readonly string[] {
  const type = schema.getType(name);
  if (!isEnumType(type)) throw new Error(`${name} is no enum`);
  return type.getValues().map((value) => value.name);
}

describe('the schema', () => {
  it('describes every type, field, argument and value', () => {
    expect(undescribed()).toEqual([]);
    expect(Object.keys(schema.getTypeMap()).length).toBeGreaterThan(40);
  });

  it('has no union or interface of nothing, and one shape of connections', () => {
    const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
    const abstract = types.filter((type) => isUnionType(type) || isInterfaceType(type));
    expect(abstract.filter((type) => schema.getPossibleTypes(type).length === 0)).toEqual([]);
    const connections = types.filter(isObjectType).filter(({ name }) => name.endsWith('Connection'));
    expect(connections.length).toBeGreaterThan(10);
    const shapes = connections.map((type) => Object.keys(type.getFields()).join(' '));
    expect(new Set(shapes)).toEqual(new Set(['edges pageInfo']));
  });

  // The records fail to compile as soon as the model knows a value that they do not.
  const events: Record<OrderEvent['type'], true> = {
    OrderAccepted: true,
    OrderAmended: true,
    ListingMapped: true,
    LineSubstituted: true,
    OrderBackordered: true,
    InventoryReserved: true,
    InventoryUnreserved: true,
    SalesOrderRequested: true,
    SalesOrderPosted: true,
    SalesOrderConfirmed: true,
    SalesOrderRejected: true,
    SalesOrderReduceRequested: true,
    SalesOrderReduced: true,
    SalesOrderNotNeeded: true,
    FulfillmentRequested: true,
    FulfillmentReleased: true,
    FulfillmentRejected: true,
    FulfillmentPicked: true,
    FulfillmentPacked: true,
    FulfillmentShortPicked: true,
    FulfillmentCancelRequested: true,
    FulfillmentCancelled: true,
    FulfillmentCancelRefused: true,
    ShipmentConfirmed: true,
    ChannelShipmentConfirmed: true,
    GoodsIssuePosted: true,
    InvoicePosted: true,
    CancellationRequested: true,
    LinesCancelled: true,
    CancellationRefused: true,
    OrderCancelled: true,
    OrderRejected: true,
    FulfilledOutside: true,
    RefundIssued: true,
    OutsideCallFailed: true,
    FulfillmentRefusedAsDifferent: true,
    FulfillmentRecalled: true,
    FulfillmentRevived: true,
    CarrierRefused: true,
    WaitBecameOverdue: true,
    StepRetried: true,
    OrderHeld: true,
    HoldReleased: true,
    AddressCorrected: true,
    ShipMethodCorrected: true,
    ReSourceRequested: true,
    PackageInTransit: true,
    PackageDelivered: true,
    PackageDeliveryFailed: true,
    PackageReturning: true,
    ReturnAnnounced: true,
    OrderCompleted: true,
  };
  const orderStatuses: Record<OrderStatus, true> = {
    OPEN: true,
    BACKORDERED: true,
    RESERVED: true,
    IN_FULFILLMENT: true,
    PARTIALLY_SHIPPED: true,
    SHIPPED: true,
    CANCELLED: true,
  };
  const fulfillmentStatuses: Record<FulfillmentOrderStatus, true> = {
    PLANNED: true,
    RELEASE_REQUESTED: true,
    RELEASED: true,
    CANCEL_REQUESTED: true,
    CANCELLED: true,
    REJECTED: true,
    CLOSED: true,
  };
  const erpStatuses: Record<ErpStatus, true> = {
    NONE: true,
    REQUESTED: true,
    POSTED: true,
    CONFIRMED: true,
    REJECTED: true,
    NOT_NEEDED: true,
  };
  const systems: Record<OutsideSystem, true> = {
    CHANNEL: true,
    ERP: true,
    WMS: true,
    CARRIER: true,
    CATALOG: true,
    STOCK: true,
    PERSON: true,
  };
  const charges: Record<ChargeKind, true> = {
    ITEM: true,
    SHIPPING: true,
    TAX: true,
    SHIPPING_TAX: true,
    DISCOUNT: true,
    SHIPPING_DISCOUNT: true,
    GIFT_WRAP: true,
    GIFT_WRAP_TAX: true,
    DUTY: true,
    TIP: true,
    FEE: true,
    OTHER: true,
  };

  const trackings: Record<TrackingStatus, true> = {
    IN_TRANSIT: true,
    OUT_FOR_DELIVERY: true,
    DELIVERED: true,
    FAILED: true,
    RETURNING: true,
  };
  const checks: Record<CheckStatus, true> = { IN_STOCK: true, BY_DATE: true, NOT_AVAILABLE: true };
  const supplies: Record<SupplyKind, true> = { ASN: true, PURCHASE_ORDER: true, TRANSFER: true };
  const tellings: Record<Telling['outcome'], true> = { ACCEPTED: true, REFUSED: true, FAILED: true, PENDING: true };

  const systemStates: Record<SystemState, true> = { OK: true, DEGRADED: true, DOWN: true, PAUSED: true };
  const breakers: Record<BreakerState, true> = { CLOSED: true, HALF_OPEN: true, OPEN: true };
  const refusals: Record<TaskRefusal, true> = { NOT_FOUND: true, UNDER_WAY: true, AGAINST_THE_RULES: true };
  const messages: Record<MessageStatus, true> = {
    COMMITTED: true,
    IGNORED: true,
    REFUSED: true,
    PARKED: true,
    DISMISSED: true,
  };
  const triggers: Record<DriftRun['trigger'], true> = { SCHEDULE: true, DEMAND: true, GAP: true };
  const explanations: Record<Drift['explanation'], true> = {
    IN_FLIGHT: true,
    MISSED_EVENT: true,
    CHANGED_OUTSIDE: true,
    UNKNOWN: true,
  };
  const healings: Record<Drift['healing'], true> = {
    NONE: true,
    TOLD_AGAIN: true,
    COUNT_TAKEN: true,
    SNAPSHOT_ASKED: true,
    EXCEPTION: true,
  };
  const reasons: Record<MovementReason, true> = {
    RECEIPT: true,
    COUNT: true,
    IN_COUNT: true,
    ADJUSTMENT: true,
    SALE: true,
    RETURN: true,
    DAMAGE: true,
    LOSS: true,
    FOUND: true,
    QUALITY_HOLD: true,
    QUALITY_RELEASE: true,
    EXPIRED: true,
    SAFETY_STOCK: true,
    THRESHOLD: true,
    ANNOUNCED: true,
    ANNOUNCEMENT_CANCELLED: true,
    TRANSFER_OUT: true,
    TRANSFER_IN: true,
    RESERVE: true,
    UNRESERVE: true,
    SOFT_RESERVE: true,
    SOFT_RELEASE: true,
    FIRM: true,
    SHIP: true,
    SHORT_PICK: true,
    EARMARK: true,
    EARMARK_END: true,
  };
  const nodeKinds: Record<NodeKind, true> = { DC: true, STORE: true, THIRD_PARTY: true, DROP_SHIPPER: true };

  it.each([
    ['OrderEventType', events],
    ['AvailabilityStatus', checks],
    ['SupplyKind', supplies],
    ['TellingOutcome', tellings],
    ['OrderStatus', orderStatuses],
    ['FulfillmentOrderStatus', fulfillmentStatuses],
    ['ErpStatus', erpStatuses],
    ['TrackingStatus', trackings],
    ['OutsideSystem', systems],
    ['ChargeKind', charges],
    ['SystemState', systemStates],
    ['BreakerState', breakers],
    ['TaskRefusal', refusals],
    ['MessageStatus', messages],
    ['DriftTrigger', triggers],
    ['DriftExplanation', explanations],
    ['DriftHealing', healings],
    ['FulfillmentNodeKind', nodeKinds],
    ['MovementReason', reasons],
  ])('knows all of the model’s values of %s', (name, model) => {
    expect(valuesOf(name).toSorted()).toEqual(Object.keys(model).toSorted());
  });

  it.each<[string, readonly string[]]>([
    ['ExceptionCategory', Object.keys(EXCEPTION_CATEGORIES)],
    ['ExceptionEventType', Object.keys(EXCEPTION_EVENTS)],
    ['ExceptionAction', EXCEPTION_ACTIONS],
    ['ExceptionSort', EXCEPTION_SORTS],
    ['OrderSort', ORDER_SORTS],
    ['SearchKind', SEARCH_KINDS],
    ['ExceptionStatus', EXCEPTION_STATUSES],
    ['OwnerRole', OWNER_ROLES],
    ['Severity', SEVERITIES],
    ['HoldKind', HOLD_KINDS],
    ['TaskState', TASK_STATES],
    ['DriftSystem', DRIFT_SYSTEMS],
    ['ItemTracking', TRACKINGS],
    ['ShortagePolicy', SHORTAGE_POLICIES],
    ['StockBucket', STOCK_BUCKETS],
  ])('has the words of the model for %s', (name, words) => {
    expect(valuesOf(name).toSorted()).toEqual([...words].toSorted());
  });
});
