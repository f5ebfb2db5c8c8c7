import type { ClientBase } from 'pg';
import type { ExceptionCategory, OwnerRole, Severity } from '../../src/model/exception.js';
import type { Instant } from '../../src/model/time.js';
import { utc } from '../../src/platform/db/utc.js';
import type { ExceptionRecord, ExceptionStatus } from './exceptions.types.js';

type Db = Pick<ClientBase, 'query'>;

export const EXCEPTION_FIELDS = `e.id, e.version, e.key, e.category, e.group_key as "groupKey", e.status, e.severity,
  e.owner, e.sentence, e.subject, e.scope, ${utc('e.raised_at')} as "raisedAt", ${utc('e.last_raised_at')} as "lastRaisedAt",
  e.raised, ${utc('e.due_at')} as "dueAt", e.assigned_to as "assignedTo", ${utc('e.ended_at')} as "endedAt",
  e.ended_by as "endedBy", e.ended_because as "endedBecause"`;

/** Before all ids: `order_id > $1` alone is a range of the index, whether a page came before or not. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** Keys of messages, as a range of the index: '0' comes behind '/'. */
const MESSAGE_KEYS = { from: 'message/', to: 'message0' };

const RANK = `array_position(array['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'], e.severity)`;

/** Which exceptions; what is absent does not narrow it. */
export interface ExceptionFilter {
  /** Open ones when absent. */
  readonly statuses?: readonly ExceptionStatus[];
  readonly categories?: readonly ExceptionCategory[];
  readonly owners?: readonly OwnerRole[];
  readonly severities?: readonly Severity[];
  readonly groupKey?: string;
  readonly channel?: string;
  /** The item, or the listing SKU. */
  readonly sku?: string;
  readonly node?: string;
  readonly overdue?: boolean;
  readonly assignedTo?: string;
  /** Whether anybody took it over. */
  readonly assigned?: boolean;
  /** Part of the sentence, whatever its case. */
  readonly text?: string;
  /** For someone bound to this channel account: the others are not there. */
  readonly scope?: string;
}

export const EXCEPTION_SORTS = ['DUE', 'SEVERITY', 'NEWEST'] as const;
export type ExceptionSort = (typeof EXCEPTION_SORTS)[number];

/** A place in the list: the sort's own values, as text, then the id. */
export type ExceptionPosition = readonly string[];

interface SortRule {
  readonly by: string;
  readonly after: (value: (given: unknown) => string, position: ExceptionPosition) => string;
  readonly keyOf: (exception: ExceptionRecord) => ExceptionPosition;
}

const SEVERITY_RANKS: Readonly<Record<Severity, number>> = { LOW: 1, MEDIUM: 2, HIGH: 3, CRITICAL: 4 };

export const EXCEPTION_SORTING: Readonly<Record<ExceptionSort, SortRule>> = {
  DUE: {
    by: 'e.due_at, e.id',
    after: (value, [due, id]) => `(e.due_at, e.id) > (${value(due)}::timestamptz, ${value(id)}::uuid)`,
    keyOf: ({ dueAt, id }) => [dueAt, id],
  },
  SEVERITY: {
    by: `${RANK} desc, e.due_at, e.id`,
    after: (value, [rank, due, id]) =>
      `(-${RANK}, e.due_at, e.id) > (-${value(rank)}::int, ${value(due)}::timestamptz, ${value(id)}::uuid)`,
    keyOf: ({ severity, dueAt, id }) => [String(SEVERITY_RANKS[severity]), dueAt, id],
  },
  NEWEST: {
    by: 'e.raised_at desc, e.id desc',
    after: (value, [raised, id]) => `(e.raised_at, e.id) < (${value(raised)}::timestamptz, ${value(id)}::uuid)`,
    keyOf: ({ raisedAt, id }) => [raisedAt, id],
  },
};

/** Built of the conditions that are asked for: a generic plan for "given or not" could use none of the indexes. */
export async function readExceptions(
  db: Db,
  filter: ExceptionFilter,
  sort: ExceptionSort,
  after: ExceptionPosition | undefined,
  limit: number,
): Promise<readonly ExceptionRecord[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const rule = EXCEPTION_SORTING[sort];
  const conditions = [...conditionsOf(filter, value), ...(after === undefined ? [] : [rule.after(value, after)])];
  const { rows } = await db.query<ExceptionRecord>(
    `select ${EXCEPTION_FIELDS} from exception e where ${conditions.join(' and ')} order by ${rule.by} limit ${value(limit)}`,
    values,
  );
  return rows;
}

/** Standing exceptions of one cause. */
export interface ExceptionGroup {
  readonly category: ExceptionCategory;
  readonly groupKey: string;
  readonly count: number;
  readonly overdue: number;
  /** The highest of them. */
  readonly severity: Severity;
  readonly oldestAt: Instant;
  readonly dueAt: Instant;
  /** Of the oldest. */
  readonly sentence: string;
}

/** The largest first; `after` is [count, category, group key]. */
export async function readExceptionGroups(
  db: Db,
  filter: ExceptionFilter,
  after: ExceptionPosition | undefined,
  limit: number,
): Promise<readonly ExceptionGroup[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = conditionsOf(filter, value);
  const having =
    after === undefined
      ? ''
      : `having (-count(*), e.category, e.group_key) > (-${value(after[0])}::int, ${value(after[1])}, ${value(after[2])})`;
  const { rows } = await db.query<ExceptionGroup>(
    `select e.category, e.group_key as "groupKey", count(*)::int as count,
            (count(*) filter (where e.due_at < now()))::int as overdue,
            (array['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'])[max(${RANK})] as severity, ${utc('min(e.raised_at)')} as "oldestAt",
            ${utc('min(e.due_at)')} as "dueAt", (array_agg(e.sentence order by e.raised_at, e.id))[1] as sentence
     from exception e where ${conditions.join(' and ')}
     group by e.category, e.group_key ${having}
     order by count(*) desc, e.category, e.group_key limit ${value(limit)}`,
    values,
  );
  return rows;
}

function conditionsOf(filter: ExceptionFilter, value: (given: unknown) => string): readonly string[] {
  const { statuses = ['OPEN'], categories, owners, severities, groupKey, channel, sku, node } = filter;
  const { overdue, assignedTo, assigned, text, scope } = filter;
  const oneOf = (column: string, wanted: readonly string[] | undefined): readonly string[] =>
    wanted === undefined ? [] : [`e.${column} = any(${value(wanted)}::text[])`];
  const equal = (expression: string, wanted: string | undefined): readonly string[] =>
    wanted === undefined ? [] : [`${expression} = ${value(wanted)}`];
  return [
    // As a constant where it can be: the indexes are of the open ones.
    ...(statuses.length === 1 && statuses[0] === 'OPEN' ? [`e.status = 'OPEN'`] : oneOf('status', statuses)),
    ...oneOf('category', categories),
    ...oneOf('owner', owners),
    ...oneOf('severity', severities),
    ...equal('e.group_key', groupKey),
    ...equal(`e.subject ->> 'channel'`, channel),
    ...equal(`e.subject ->> 'node'`, node),
    ...equal('e.assigned_to', assignedTo),
    ...(assigned === undefined ? [] : [`e.assigned_to is ${assigned ? 'not null' : 'null'}`]),
    ...equal('e.scope', scope),
    ...(sku === undefined ? [] : [`${value(sku)} in (e.subject ->> 'sku', e.subject ->> 'listingSku')`]),
    ...(overdue === undefined ? [] : [`e.due_at ${overdue ? '<' : '>='} now()`]),
    ...(text === undefined ? [] : [`position(lower(${value(text)}) in lower(e.sentence)) > 0`]),
  ];
}

export async function readExceptionsById(db: Db, ids: readonly string[]): Promise<readonly ExceptionRecord[]> {
  const { rows } = await db.query<ExceptionRecord>({
    name: 'exception.by-ids',
    text: `select ${EXCEPTION_FIELDS} from exception e where e.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

/** Of each order the standing ones, then the ended ones, the newest first; `perOrder` at most. */
export async function readExceptionsOfOrders(
  db: Db,
  orderIds: readonly string[],
  perOrder: number,
): Promise<readonly (ExceptionRecord & { readonly orderId: string })[]> {
  const { rows } = await db.query<ExceptionRecord & { readonly orderId: string }>({
    name: 'exception.of-orders',
    text: `select k.order_id as "orderId", ${EXCEPTION_FIELDS}
           from unnest($1::uuid[]) as k (order_id)
             cross join lateral (
               select * from exception e where e.order_id = k.order_id
               order by e.status = 'RESOLVED', e.raised_at desc, e.id desc limit $2
             ) e
           order by k.order_id, e.status = 'RESOLVED', e.raised_at desc, e.id desc`,
    values: [orderIds, perOrder],
  });
  return rows;
}

/** Keys that stand for these orders: what the register believes of them. */
export async function readStandingKeys(
  db: Db,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.query<{ orderId: string; keys: readonly string[] }>({
    name: 'exception.standing-keys',
    text: `select order_id as "orderId", array_agg(key) as keys from exception
           where order_id = any($1::uuid[]) and status <> 'RESOLVED' group by order_id`,
    values: [orderIds],
  });
  return new Map(rows.map(({ orderId, keys }) => [orderId, keys]));
}

/** An exception that stands, as it concerns those who work on it. */
export interface StandingException {
  readonly orderId: string;
  readonly status: Exclude<ExceptionStatus, 'RESOLVED'>;
  readonly owner: OwnerRole;
  readonly assignedTo: string | null;
}

/** The exceptions that stand for these orders. */
export async function readStandingOfOrders(
  db: Db,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StandingException[]>> {
  const { rows } = await db.query<StandingException>({
    name: 'exception.standing-of-orders',
    text: `select order_id as "orderId", status, owner, assigned_to as "assignedTo" from exception
           where order_id = any($1::uuid[]) and status <> 'RESOLVED'`,
    values: [orderIds],
  });
  return Map.groupBy(rows, ({ orderId }) => orderId);
}

/** The orders that these exceptions are of; those of no order are left out. */
export async function findOrdersOfExceptions(db: Db, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<{ order_id: string }>({
    name: 'exception.orders-of',
    text: 'select distinct order_id from exception where id = any($1::uuid[]) and order_id is not null',
    values: [ids],
  });
  return rows.map((row) => row.order_id);
}

/** Orders that have standing exceptions, in id order behind `after`. */
export async function findOrdersWithStanding(
  db: Db,
  after: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ order_id: string }>({
    name: 'exception.orders-with-standing',
    text: `select distinct order_id from exception
           where status <> 'RESOLVED' and order_id > $1::uuid order by order_id limit $2`,
    values: [after ?? FIRST_ID, limit],
  });
  return rows.map((row) => row.order_id);
}

/** Standing exceptions of messages, in key order behind `after`. */
export async function findStandingOfMessages(
  db: Db,
  after: string | undefined,
  limit: number,
): Promise<readonly { readonly key: string; readonly messageId: string }[]> {
  const { rows } = await db.query<{ key: string; messageId: string }>({
    name: 'exception.of-messages',
    text: `select key, subject ->> 'messageId' as "messageId" from exception
           where status <> 'RESOLVED' and key > $1 and key < $2 order by key limit $3`,
    values: [after ?? MESSAGE_KEYS.from, MESSAGE_KEYS.to, limit],
  });
  return rows;
}

/** Keys of standing exceptions that begin so. */
export async function findStandingWithPrefix(db: Db, prefix: string, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ key: string }>({
    name: 'exception.with-prefix',
    text: `select key from exception where status <> 'RESOLVED' and starts_with(key, $1) order by key limit $2`,
    values: [prefix, limit],
  });
  return rows.map(({ key }) => key);
}

export interface ExceptionCount {
  readonly category: ExceptionCategory;
  readonly severity: Severity;
  readonly open: number;
  readonly overdue: number;
  readonly oldestAt: Instant;
}

export async function countExceptions(db: Db): Promise<readonly ExceptionCount[]> {
  const { rows } = await db.query<ExceptionCount>({
    name: 'exception.counts',
    text: `select e.category, e.severity, count(*)::int as open, (count(*) filter (where e.due_at < now()))::int as overdue,
                  ${utc('min(e.raised_at)')} as "oldestAt"
           from exception e where e.status = 'OPEN' group by e.category, e.severity order by e.category, e.severity`,
  });
  return rows;
}
