import type { ClientBase } from 'pg';
import { utc } from '../../../src/platform/db/utc.js';
import type { StockFeed } from './stock-feed.js';

type Db = Pick<ClientBase, 'query'>;

export type FeedKey = Pick<StockFeed, 'source' | 'node'>;

const FIELDS = `f.source, f.node, f.last_sequence::float8 as "lastSequence",
  case when f.gap_from is not null then json_build_object('from', f.gap_from, 'to', f.gap_to) end as gap,
  ${utc('f.gap_noticed_at')} as "gapNoticedAt", ${utc('f.snapshot_wanted_at')} as "snapshotWantedAt",
  ${utc('f.snapshot_asked_at')} as "snapshotAskedAt", ${utc('f.snapshot_taken_at')} as "snapshotTakenAt",
  f.refused::float8 as refused, f.last_refusal as "lastRefusal", ${utc('f.last_refused_at')} as "lastRefusedAt"`;

/** Locks the feeds in one order, making those that are new. After the locks of positions. */
export async function lockFeeds(tx: Db, keys: readonly FeedKey[]): Promise<readonly StockFeed[]> {
  const values = [keys.map(({ source }) => source), keys.map(({ node }) => node)];
  await tx.query({
    name: 'stock-feed.start',
    text: `insert into stock_feed (source, node) select distinct s, n from unnest($1::text[], $2::text[]) as k (s, n)
           order by s, n on conflict do nothing`,
    values,
  });
  const { rows } = await tx.query<StockFeed>({
    name: 'stock-feed.lock',
    text: `select ${FIELDS} from stock_feed f
           where (f.source, f.node) in (select * from unnest($1::text[], $2::text[])) order by f.source, f.node for update`,
    values,
  });
  return rows;
}

export async function writeFeeds(tx: Db, feeds: readonly StockFeed[]): Promise<void> {
  if (feeds.length === 0) return;
  await tx.query({
    name: 'stock-feed.write',
    text: `update stock_feed f set last_sequence = c.last_sequence, gap_from = c.gap_from, gap_to = c.gap_to,
             gap_noticed_at = c.gap_noticed_at, snapshot_wanted_at = c.snapshot_wanted_at,
             snapshot_asked_at = c.snapshot_asked_at, snapshot_taken_at = c.snapshot_taken_at, refused = c.refused,
             last_refusal = c.last_refusal, last_refused_at = c.last_refused_at
           from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[],
                       $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::text[],
                       $12::timestamptz[])
             as c (source, node, last_sequence, gap_from, gap_to, gap_noticed_at, snapshot_wanted_at, snapshot_asked_at,
                   snapshot_taken_at, refused, last_refusal, last_refused_at)
           where f.source = c.source and f.node = c.node`,
    values: [
      feeds.map(({ source }) => source),
      feeds.map(({ node }) => node),
      feeds.map(({ lastSequence }) => lastSequence),
      feeds.map(({ gap }) => gap?.from ?? null),
      feeds.map(({ gap }) => gap?.to ?? null),
      feeds.map(({ gapNoticedAt }) => gapNoticedAt),
      feeds.map(({ snapshotWantedAt }) => snapshotWantedAt),
      feeds.map(({ snapshotAskedAt }) => snapshotAskedAt),
      feeds.map(({ snapshotTakenAt }) => snapshotTakenAt),
      feeds.map(({ refused }) => refused),
      feeds.map(({ lastRefusal }) => lastRefusal),
      feeds.map(({ lastRefusedAt }) => lastRefusedAt),
    ],
  });
}

/** By source and node, behind the given one. */
export async function listFeeds(db: Db, after: FeedKey | undefined, limit: number): Promise<readonly StockFeed[]> {
  const { rows } = await db.query<StockFeed>({
    name: 'stock-feed.list',
    text: `select ${FIELDS} from stock_feed f where ($1::text is null or (f.source, f.node) > ($1, $2))
           order by f.source, f.node limit $3`,
    values: [after?.source ?? null, after?.node ?? null, limit],
  });
  return rows;
}

/** The longest wanted first. */
export async function findWantedSnapshots(db: Db, limit: number): Promise<readonly StockFeed[]> {
  const { rows } = await db.query<StockFeed>({
    name: 'stock-feed.wanted',
    text: `select ${FIELDS} from stock_feed f where f.snapshot_wanted_at is not null
           order by f.snapshot_wanted_at, f.source, f.node limit $1`,
    values: [limit],
  });
  return rows;
}
