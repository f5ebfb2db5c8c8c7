import type { ClientBase } from 'pg';
import type { DueQuantity, TellResult } from './publishing.types.js';

type Db = Pick<ClientBase, 'query'>;

/** Below this quantity a wrong number soon sells what is not there. */
const LOW_STOCK = 10;
/** Whoever waited this long goes before all but the sold out: a busy channel forgets nobody. */
const WAITED_LONG = `interval '10 minutes'`;

const DUE = `p.told is distinct from p.wanted and p.refused_reason is null and p.submission is null
             and (p.retry_at is null or p.retry_at <= now())`;

/**
 * How urgent it is to tell a quantity, most urgent first: 0 sells out, 1 is for sale again or waited long, 2 runs low or
 * lost half or more, 3 the rest. Within, who waits longest is first.
 */
const URGENCY = `case when p.wanted = 0 then 0
                      when p.told = 0 or p.told_at is null or p.wanted_since < now() - ${WAITED_LONG} then 1
                      when p.wanted < ${LOW_STOCK} or p.wanted * 2::bigint <= p.told then 2
                      else 3 end`;

export interface DuePublication extends DueQuantity {
  /** The event after which the quantity was computed. */
  readonly cause: string;
  /** Tellings of this listing that failed in a row. */
  readonly failures: number;
}

/** What the channel has yet to be told, most urgent first. */
export async function readDue(db: Db, channel: string, limit: number): Promise<readonly DuePublication[]> {
  const { rows } = await db.query<Omit<DuePublication, 'last'> & { last: number | null }>({
    name: 'publication.due',
    text: `select p.listing_sku as "listingSku", p.wanted as quantity, p.told as last, p.cause, p.failures,
                  l.listing_keys as "listingKeys"
           from publication p join listing l using (channel, listing_sku)
           where p.channel = $1 and ${DUE}
           order by ${URGENCY}, p.wanted_since, p.listing_sku limit $2`,
    values: [channel, limit],
  });
  return rows.map(({ last, ...row }) => (last === null ? row : { ...row, last }));
}

/** Active channels that have something to be told, or to tell of what they took for processing. */
export async function readChannelsToTell(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'publication.channels',
    text: `select a.id from channel_account a
           where a.active and (exists (select 1 from publication p where p.channel = a.id and ${DUE})
             or exists (select 1 from publication p where p.channel = a.id and p.submission is not null))
           order by a.id`,
  });
  return rows.map(({ id }) => id);
}

/**
 * From here on it is not known what the channel shows: a process that dies while it tells leaves the listings due, even
 * if they come to want again what was told before.
 */
export async function forgetTold(db: Db, channel: string, listingSkus: readonly string[]): Promise<void> {
  await db.query({
    name: 'publication.forget-told',
    text: `with locked as materialized (
             select listing_sku from publication where channel = $1 and listing_sku = any($2::text[])
             order by listing_sku for update
           )
           update publication p set told = null from locked where p.channel = $1 and p.listing_sku = locked.listing_sku`,
    values: [channel, listingSkus],
  });
}

/** Nothing was told: the channel shows what it showed. */
export async function restoreTold(db: Db, channel: string, due: readonly DuePublication[]): Promise<void> {
  const known = due.filter((row) => row.last !== undefined);
  await db.query({
    name: 'publication.restore-told',
    text: `with locked as materialized (
             select p.listing_sku, t.told from publication p
               join unnest($2::text[], $3::int[]) as t (listing_sku, told) using (listing_sku)
             where p.channel = $1 and p.told is null order by p.listing_sku for update of p
           )
           update publication p set told = locked.told from locked
           where p.channel = $1 and p.listing_sku = locked.listing_sku`,
    values: [channel, known.map((row) => row.listingSku), known.map((row) => row.last)],
  });
}

/** A channel that is told nothing reads by itself: it has heard all there is to hear. At most `limit`; gives how many. */
export async function recordHeard(db: Db, channel: string, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'publication.heard',
    text: `with due as materialized (
             select p.listing_sku from publication p where p.channel = $1 and ${DUE}
             order by p.listing_sku limit $2 for update
           )
           update publication p set told = p.wanted, told_at = now(), told_cause = p.cause from due
           where p.channel = $1 and p.listing_sku = due.listing_sku`,
    values: [channel, limit],
  });
  return rowCount ?? 0;
}

/** What the channel made of a quantity, with the telling that it answers. */
export interface ToldRow {
  readonly listingSku: string;
  readonly quantity: number;
  readonly cause: string;
  readonly last: number | null;
  readonly outcome: TellResult['outcome'];
  readonly reason: string | null;
  readonly submission: string | null;
  readonly overwrote: number | null;
  /** Of a failed one. */
  readonly retryAfterMs: number | null;
}

/**
 * Records tellings: in the history for good, and as what the channel shows. A quantity that changed meanwhile stays due.
 * Whoever lost the lease meanwhile may have told after another process did: then it is not known what the channel shows.
 * Gives false in that case.
 */
export async function recordTold(
  db: Db,
  channel: string,
  lease: { readonly name: string; readonly holder: string },
  told: readonly ToldRow[],
): Promise<boolean> {
  if (told.length === 0) return true;
  const { rows } = await db.query<{ known: boolean }>({
    name: 'publication.told',
    text: `with result as (
             select * from unnest($2::text[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[],
                                  $9::int[], $10::float8[])
               as r (listing_sku, quantity, cause, last, outcome, reason, submission, overwrote, retry_ms)
           ), speaker as (
             select exists (select 1 from lease where name = $11 and holder = $12 and until > clock_timestamp()) as known
           ), locked as materialized (
             select r.*, p.wanted_since from publication p join result r using (listing_sku)
             where p.channel = $1 order by p.listing_sku for update of p
           ), shown as (
             update publication p set
               told = case when not s.known then null when r.outcome = 'ACCEPTED' then r.quantity
                           when r.outcome = 'REFUSED' then r.last end,
               told_at = case when r.outcome = 'ACCEPTED' then now() else p.told_at end,
               told_cause = case when r.outcome = 'ACCEPTED' then r.cause else p.told_cause end,
               wanted_since = case when r.outcome = 'ACCEPTED' and p.wanted <> r.quantity then now()
                                   else p.wanted_since end,
               refused_reason = case when r.outcome = 'REFUSED' and p.wanted = r.quantity then r.reason end,
               submission = case when r.outcome = 'PENDING' then r.submission end,
               submitted = case when r.outcome = 'PENDING' then r.quantity end,
               submitted_at = case when r.outcome = 'PENDING' then now() end,
               retry_at = case when r.outcome = 'FAILED' then now() + r.retry_ms * interval '1 millisecond' end,
               failures = case when r.outcome = 'FAILED' then p.failures + 1 else 0 end
             from locked r, speaker s
             where p.channel = $1 and p.listing_sku = r.listing_sku
           )
           insert into told_quantity (channel, listing_sku, quantity, cause, outcome, reason, submission, overwrote, wanted_since)
           select $1, r.listing_sku, r.quantity, r.cause, r.outcome, r.reason, r.submission, r.overwrote, l.wanted_since
           from result r left join locked l using (listing_sku)
           order by r.listing_sku returning (select known from speaker) as known`,
    values: [
      channel,
      told.map((row) => row.listingSku),
      told.map((row) => row.quantity),
      told.map((row) => row.cause),
      told.map((row) => row.last),
      told.map((row) => row.outcome),
      told.map((row) => row.reason),
      told.map((row) => row.submission),
      told.map((row) => row.overwrote),
      told.map((row) => row.retryAfterMs),
      lease.name,
      lease.holder,
    ],
  });
  return rows[0]?.known === true;
}

/** What the channel works on, oldest first. */
export async function readSubmissions(db: Db, channel: string, limit: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ submission: string }>({
    name: 'publication.submissions',
    text: `select submission from publication where channel = $1 and submission is not null
           group by submission order by min(submitted_at), submission limit $2`,
    values: [channel, limit],
  });
  return rows.map(({ submission }) => submission);
}

export interface SubmittedQuantity {
  readonly listingSku: string;
  readonly quantity: number;
  readonly cause: string;
  readonly failures: number;
}

/** The listings that are pending with a submission, with what it tells of them. */
export async function readSubmitted(
  db: Db,
  channel: string,
  submission: string,
): Promise<readonly SubmittedQuantity[]> {
  const { rows } = await db.query<SubmittedQuantity>({
    name: 'publication.submitted',
    text: `select p.listing_sku as "listingSku", p.submitted as quantity, p.failures,
                  coalesce(t.cause, p.cause) as cause
           from publication p left join lateral (
             select cause from told_quantity t
             where t.channel = p.channel and t.listing_sku = p.listing_sku and t.submission = p.submission
             order by id desc limit 1
           ) t on true
           where p.channel = $1 and p.submission = $2 order by p.listing_sku`,
    values: [channel, submission],
  });
  return rows;
}

/** Makes a page of listings due, whatever they were told; gives the last of them, undefined when there are no more. */
export async function forgetPage(
  db: Db,
  channel: string,
  listingSkus: readonly string[] | 'ALL',
  after: string,
  limit: number,
): Promise<{ readonly count: number; readonly last: string | undefined }> {
  const { rows } = await db.query<{ count: number; last: string | null }>({
    name: 'publication.tell-again',
    text: `with page as materialized (
             select listing_sku from publication
             where channel = $1 and ($2::text[] is null or listing_sku = any($2)) and listing_sku > $3
             order by listing_sku limit $4 for update
           ), forgotten as (
             update publication p set told = null, refused_reason = null, retry_at = null, failures = 0,
                    wanted_since = case when p.told is distinct from p.wanted then p.wanted_since else now() end
             from page where p.channel = $1 and p.listing_sku = page.listing_sku
           )
           select count(*)::int as count, max(listing_sku) as last from page`,
    values: [channel, listingSkus === 'ALL' ? null : listingSkus, after, limit],
  });
  const { count, last } = rows[0] ?? { count: 0, last: null };
  return { count, last: count < limit ? undefined : (last ?? undefined) };
}

/** Channels that were ever to be told a quantity. */
export async function readPublishedChannels(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'publication.all-channels',
    text: `select a.id from channel_account a where exists (select 1 from publication p where p.channel = a.id) order by a.id`,
  });
  return rows.map(({ id }) => id);
}
