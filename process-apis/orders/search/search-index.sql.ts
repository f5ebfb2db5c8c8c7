import type { ClientBase } from 'pg';
import { orderStatus, type Order } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import { plainArray } from '../../../src/platform/db/set-parameters.js';
import { utc } from '../../../src/platform/db/utc.js';
import type { StandingException } from '../../exceptions/index.js';
import { facetsOf, firstDueAt } from './order-facets.js';
import type { SearchTerm } from './search-terms.js';

type Db = Pick<ClientBase, 'query'>;

/** Stored for orders in which no clock runs: they come last. */
export const NO_DUE = '9999-12-31T00:00:00.000Z';

/** An order as it is, with what lists need besides. */
export interface IndexedOrder {
  readonly order: Order;
  readonly updatedAt: Instant;
  /** Those that stand. */
  readonly exceptions: readonly StandingException[];
}

export interface OrderTerms {
  readonly orderId: string;
  readonly channel: string;
  readonly terms: readonly SearchTerm[];
}

export interface OrderEmail {
  readonly orderId: string;
  readonly channel: string;
  readonly digest: Buffer;
}

interface StateRow {
  readonly state: Order;
  readonly updatedAt: Instant;
}

const STATE = `o.state, ${utc('o.updated_at')} as "updatedAt"`;

export async function readChangedOrders(db: Db, ids: readonly string[]): Promise<readonly StateRow[]> {
  const { rows } = await db.query<StateRow>({
    name: 'search.changed-orders',
    text: `select ${STATE} from orders o where o.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

/** In id order, behind `after`. */
export async function readOrderPage(db: Db, after: string, limit: number): Promise<readonly StateRow[]> {
  const { rows } = await db.query<StateRow>({
    name: 'search.order-page',
    text: `select ${STATE} from orders o where o.id > $1 order by o.id limit $2`,
    values: [after, limit],
  });
  return rows;
}

/** Moves the cursor on from where it was read; where somebody set it elsewhere meanwhile, that stands. */
export async function moveCursor(db: Db, name: string, from: string, to: string): Promise<void> {
  await db.query({
    name: 'search.move-cursor',
    text: 'update cursor set value = $3, updated_at = now() where name = $1 and value = $2',
    values: [name, from, to],
  });
}

export async function writeListed(db: Db, orders: readonly IndexedOrder[]): Promise<void> {
  if (orders.length === 0) return;
  await db.query({
    name: 'search.write-listed',
    text: `insert into listed_order
             (order_id, channel, reference, status, completed, placed_at, updated_at, due_at, facets)
           select id, channel, reference, status, completed, placed_at, updated_at, due_at,
                  array(select json_array_elements_text(facets))
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::timestamptz[], $7::timestamptz[],
                       $8::timestamptz[], $9::json[])
             as l (id, channel, reference, status, completed, placed_at, updated_at, due_at, facets)
           on conflict (order_id) do update set
             status = excluded.status, completed = excluded.completed, updated_at = excluded.updated_at,
             due_at = excluded.due_at, facets = excluded.facets`,
    values: [
      plainArray(orders.map(({ order }) => order.id)),
      orders.map(({ order }) => order.channel),
      orders.map(({ order }) => order.reference),
      plainArray(orders.map(({ order }) => orderStatus(order))),
      plainArray(orders.map(({ order }) => order.completedAt !== undefined)),
      plainArray(orders.map(({ order }) => new Date(order.placedAt).toISOString())),
      plainArray(orders.map(({ updatedAt }) => updatedAt)),
      plainArray(orders.map(({ order }) => firstDueAt(order) ?? NO_DUE)),
      orders.map(({ order, exceptions }) => JSON.stringify(facetsOf(order, exceptions))),
    ],
  });
}

/** The orders are found by these terms and no others. */
export async function writeTerms(db: Db, orders: readonly OrderTerms[]): Promise<void> {
  if (orders.length === 0) return;
  const rows = orders.flatMap(({ orderId, channel, terms }) => terms.map((term) => ({ orderId, channel, ...term })));
  await db.query({
    name: 'search.write-terms',
    text: `with wanted as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
               as t (order_id, channel, kind, term, shown)
           ), gone as (
             delete from search_term s where s.order_id = any($1::uuid[]) and not exists (
               select from wanted w where w.order_id = s.order_id and w.kind = s.kind and w.term = s.term collate "C")
           )
           insert into search_term (order_id, channel, kind, term, shown) select * from wanted
           on conflict (order_id, kind, term) do nothing`,
    values: [
      plainArray(orders.map(({ orderId }) => orderId)),
      plainArray(rows.map(({ orderId }) => orderId)),
      rows.map(({ channel }) => channel),
      rows.map(({ kind }) => kind),
      rows.map(({ term }) => term),
      rows.map(({ shown }) => shown),
    ],
  });
}

/** The orders are found by these addresses; those without one by none. Addresses of parties that are gone are left out. */
export async function writeEmails(db: Db, orderIds: readonly string[], emails: readonly OrderEmail[]): Promise<void> {
  if (orderIds.length === 0) return;
  await db.query({
    name: 'search.write-emails',
    text: `with wanted as (
             select w.* from unnest($2::uuid[], $3::text[], $4::bytea[]) as w (order_id, channel, digest)
               join order_parties p on p.order_id = w.order_id
           ), gone as (
             delete from search_email e where e.order_id = any($1::uuid[]) and e.order_id <> all ($2::uuid[])
           )
           insert into search_email (order_id, channel, digest) select * from wanted
           on conflict (order_id) do update set digest = excluded.digest where search_email.digest <> excluded.digest`,
    values: [
      plainArray(orderIds),
      plainArray(emails.map(({ orderId }) => orderId)),
      emails.map(({ channel }) => channel),
      emails.map(({ digest }) => digest),
    ],
  });
}
