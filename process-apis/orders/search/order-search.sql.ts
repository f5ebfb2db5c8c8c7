import type { ClientBase } from 'pg';
import type { TermKind } from './search-terms.js';

type Db = Pick<ClientBase, 'query'>;

/**
 * Terms that begin with a text and are looked at for the newest: of a short text that begins more than these, some newer
 * order may be missing.
 */
export const PREFIX_CANDIDATES_MAX = 20_000;

/** Behind every text that begins like another. */
const LAST_CHARACTER = '\u{10FFFF}';

export interface FoundTerm {
  readonly kind: TermKind;
  readonly shown: string;
  readonly orderId: string;
}

export interface TermQuery {
  readonly text: string;
  readonly channel: string | undefined;
  readonly limit: number;
}

/** Newest first: ids of orders grow with time. */
export async function findExactTerms(db: Db, { text, channel, limit }: TermQuery): Promise<readonly FoundTerm[]> {
  const { rows } = await db.query<FoundTerm>({
    name: channel === undefined ? 'search.exact' : 'search.exact-of-channel',
    text: `select s.kind, s.shown, s.order_id as "orderId" from search_term s
           where s.term = $1 ${channel === undefined ? '' : 'and s.channel = $3'}
           order by s.order_id desc, s.kind limit $2`,
    values: [text, limit, ...(channel === undefined ? [] : [channel])],
  });
  return rows;
}

/** Terms that begin with the text and are longer, newest first. */
export async function findTermsFrom(db: Db, { text, channel, limit }: TermQuery): Promise<readonly FoundTerm[]> {
  const { rows } = await db.query<FoundTerm>({
    name: channel === undefined ? 'search.prefix' : 'search.prefix-of-channel',
    text: `with found as materialized (
             select s.term, s.order_id from search_term s
             where s.term > $1 and s.term < $2 ${channel === undefined ? '' : 'and s.channel = $5'} limit $4
           ), newest as (
             select f.term, f.order_id from found f order by f.order_id desc, f.term limit $3
           )
           select s.kind, s.shown, s.order_id as "orderId" from newest n
             join search_term s on s.order_id = n.order_id and s.term = n.term
           order by s.order_id desc, s.term, s.kind`,
    values: [
      text,
      `${text}${LAST_CHARACTER}`,
      limit,
      PREFIX_CANDIDATES_MAX,
      ...(channel === undefined ? [] : [channel]),
    ],
  });
  return rows;
}

/** Orders whose buyer's address has one of these digests, newest first. */
export async function findByEmail(
  db: Db,
  digests: readonly Buffer[],
  channel: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ order_id: string }>({
    name: 'search.email',
    text: `select e.order_id from search_email e
           where e.digest = any($1::bytea[]) and ($2::text is null or e.channel = $2)
           order by e.order_id desc limit $3`,
    values: [digests, channel ?? null, limit],
  });
  return rows.map((row) => row.order_id);
}

/** Orders by the hub's id, or by how it begins, newest first. */
export async function findByHubId(
  db: Db,
  [first, last]: readonly [string, string],
  channel: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'search.hub-id',
    text: `select o.id from orders o
           where o.id >= $1::uuid and o.id <= $2::uuid and ($3::text is null or o.channel = $3)
           order by o.id desc limit $4`,
    values: [first, last, channel ?? null, limit],
  });
  return rows.map(({ id }) => id);
}

/** Orders of which one of these is true, newest placed first. Not prepared by name: how many there are decides the plan. */
export async function findByFacets(
  db: Db,
  facets: readonly string[],
  channel: string | undefined,
  limit: number,
): Promise<readonly { readonly orderId: string; readonly facets: readonly string[] }[]> {
  const { rows } = await db.query<{ orderId: string; facets: readonly string[] }>(
    `select l.order_id as "orderId", l.facets from listed_order l
     where l.facets && $1::text[] ${channel === undefined ? '' : 'and l.channel = $3'}
     order by l.placed_at desc, l.order_id desc limit $2`,
    [facets, limit, ...(channel === undefined ? [] : [channel])],
  );
  return rows;
}
