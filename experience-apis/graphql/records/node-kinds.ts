import { readAlertsById } from '../../../process-apis/alerts/index.js';
import { findOrdersOfParts } from '../../../process-apis/orders/index.js';
import { readMessagesWithoutBody } from '../../../process-apis/intake/index.js';
import type { Order } from '../../../src/model/order.js';
import { readAuditsById } from '../../../src/platform/audit/index.js';
import type { Principal } from '../../../src/platform/auth/principal.js';
import { ifVisible } from '../channel-sight.js';
import { ifSeen } from '../exception.resolver.js';
import type { OperationContext } from '../operation-context.js';
import { isSeen } from './channel.resolver.js';
import type { KeyedId } from './global-id.js';
import {
  AUDIT_READ,
  AVAILABILITY_READ,
  EXCEPTIONS_READ,
  isOfHouseWith,
  OPERATIONS_READ,
  ORDERS_READ,
  POLICIES_READ,
  STOCK_READ,
} from './record-access.js';
import type { RecordSources } from './record-sources.js';

/** Records by the id that they were asked for by, each with the name of its type. */
export type Records = ReadonlyMap<string, object & { readonly __typename: string }>;

interface Access {
  /** Whether the caller may see records of the kind at all: as the root fields of their types say. */
  readonly isOpenTo: (principal: Principal) => boolean;
}

interface UuidKind extends Access {
  readonly read: (ids: readonly string[], context: OperationContext, sources: RecordSources) => Promise<Records>;
}

interface Keyed extends KeyedId {
  readonly id: string;
}

interface KeyedKind extends Access {
  /** Texts that a key consists of. */
  readonly parts: number;
  readonly read: (asked: readonly Keyed[], context: OperationContext) => Promise<Records>;
}

const withScope =
  (scope: string) =>
  ({ scopes }: Principal): boolean =>
    scopes.has(scope);
const houseWith =
  (scope: string) =>
  (principal: Principal): boolean =>
    isOfHouseWith(principal, scope);

/** Kinds whose ids are the hub's own. An id is of one kind alone: all are asked. */
export const UUID_KINDS: readonly UuidKind[] = [
  {
    isOpenTo: withScope(ORDERS_READ),
    read: async (ids, { principal }, { orders }) =>
      named(
        'Order',
        [...(await orders.byIds(ids)).values()].filter((order) => ifVisible(principal, order)),
      ),
  },
  { isOpenTo: withScope(ORDERS_READ), read: readParts },
  {
    isOpenTo: withScope(EXCEPTIONS_READ),
    read: async (ids, { principal }, { exceptions }) => {
      const found = [...(await exceptions.byIds(ids)).values()];
      return named(
        'Exception',
        found.filter((exception) => ifSeen(principal, exception)),
      );
    },
  },
  {
    isOpenTo: withScope(EXCEPTIONS_READ),
    read: async (ids, { principal: { channel } }, { pool }) => {
      const found = await readAlertsById(pool, ids);
      return named(
        'Alert',
        found.filter((alert) => channel === undefined || alert.channel === channel),
      );
    },
  },
  {
    isOpenTo: houseWith(AUDIT_READ),
    read: async (ids, _, { pool }) => named('AuditEntry', await readAuditsById(pool, ids)),
  },
  {
    isOpenTo: houseWith(OPERATIONS_READ),
    read: async (ids, _, { pool }) => named('StoredMessage', await readMessagesWithoutBody(pool, ids)),
  },
  {
    isOpenTo: houseWith(OPERATIONS_READ),
    read: async (ids, _, { work }) => named('DriftRun', (await work.drift.byIds(ids)).values()),
  },
  {
    isOpenTo: houseWith(OPERATIONS_READ),
    read: async (ids, _, { work }) => named('Task', (await work.tasks.byIds(ids)).values()),
  },
  {
    isOpenTo: houseWith('replay:run'),
    read: async (ids, _, { work }) => named('ReplayRun', (await work.replays.byIds(ids)).values()),
  },
];

/** Kinds whose ids are made of their keys, by the name of the type. */
export const KEYED_KINDS: ReadonlyMap<string, KeyedKind> = new Map<string, KeyedKind>([
  ['Item', oneKey('Item', houseWith(STOCK_READ), ({ records }, sku) => records.items.item.load(sku))],
  [
    'FulfillmentNode',
    oneKey('FulfillmentNode', houseWith(STOCK_READ), async ({ records }, id) =>
      (await records.nodes()).find((node) => node.id === id),
    ),
  ],
  [
    'Channel',
    oneKey('Channel', withScope(STOCK_READ), async ({ records, principal }, key) =>
      (await records.channels()).find((channel) => channel.account.id === key && isSeen(principal, channel)),
    ),
  ],
  [
    'Listing',
    twoKeys('Listing', houseWith(STOCK_READ), ({ records }, channel, listingSku) =>
      records.items.listing.load({ channel, listingSku }),
    ),
  ],
  [
    'Position',
    twoKeys('Position', houseWith(STOCK_READ), ({ records }, sku, node) => records.items.position.load({ sku, node })),
  ],
  [
    'Publication',
    twoKeys('Publication', withScope(AVAILABILITY_READ), async ({ records, principal }, channel, listingSku) =>
      principal.channel === undefined || principal.channel === channel
        ? records.items.publication.load({ channel, listingSku })
        : undefined,
    ),
  ],
  [
    'Operation',
    twoKeys('Operation', houseWith(POLICIES_READ), async ({ records }, system, operation) =>
      (await records.operations()).find((each) => each.system === system && each.operation === operation),
    ),
  ],
]);

type Found = Promise<object | undefined>;

function oneKey(
  typename: string,
  isOpenTo: Access['isOpenTo'],
  find: (context: OperationContext, key: string) => Found,
): KeyedKind {
  return keyed(typename, isOpenTo, 1, (context, [key = '']) => find(context, key));
}

function twoKeys(
  typename: string,
  isOpenTo: Access['isOpenTo'],
  find: (context: OperationContext, first: string, second: string) => Found,
): KeyedKind {
  return keyed(typename, isOpenTo, 2, (context, [first = '', second = '']) => find(context, first, second));
}

/** The loaders make one statement of what is asked for together. */
function keyed(
  typename: string,
  isOpenTo: Access['isOpenTo'],
  parts: number,
  find: (context: OperationContext, key: readonly string[]) => Found,
): KeyedKind {
  return {
    isOpenTo,
    parts,
    read: async (asked, context) => {
      const found = await Promise.all(asked.map(({ key }) => find(context, key)));
      return new Map(
        asked.flatMap(({ id }, index) => {
          const record = found[index];
          return record === undefined ? [] : [[id, { ...record, __typename: typename }] as const];
        }),
      );
    },
  };
}

/** Lines, fulfillment orders, shipments and packages lie in their orders. */
async function readParts(
  ids: readonly string[],
  { principal }: OperationContext,
  { pool, orders }: RecordSources,
): Promise<Records> {
  const ofParts = await findOrdersOfParts(pool, ids);
  const found = await orders.byIds([...new Set(ofParts.values())]);
  const visible = [...found.values()].filter((order) => ifVisible(principal, order));
  const wanted = new Set(ids);
  return new Map(visible.flatMap((order) => [...partsOf(order)].filter(([id]) => wanted.has(id))));
}

function partsOf({ lines, fulfillmentOrders, shipments }: Order): Records {
  return new Map([
    ...named('OrderLine', lines),
    ...named('FulfillmentOrder', fulfillmentOrders),
    ...named('Shipment', shipments),
    ...named(
      'Package',
      shipments.flatMap(({ packages }) => packages),
    ),
  ]);
}

function named(typename: string, records: Iterable<{ readonly id: string }>): Records {
  return new Map([...records].map((record) => [record.id, { ...record, __typename: typename }]));
}
