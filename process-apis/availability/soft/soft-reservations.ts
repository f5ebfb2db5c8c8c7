import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { StockEvent } from '../../../src/model/events.js';
import type { Instant } from '../../../src/model/time.js';
import { GroupCommit, inRetriedTransaction, sentTogether } from '../../../src/platform/commit/index.js';
import { appendEvents, type NewEvent } from '../../../src/platform/event-log/index.js';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';
import { capacityDays } from '../book/node-day.js';
import type { Demand } from '../promise/promise.js';
import {
  lookUp,
  skusOf,
  type SellingCatalog,
  type SellingPolicies,
  type SellingTerms,
  type Wanted,
} from '../answers/selling-lookup.js';
import { claimPromised, promiseSoft, softMovements } from './soft-claim.js';
import {
  claimsOf,
  insertSoft,
  lockHeldSoft,
  lockOverdueSoft,
  markEnded,
  moveExpiry,
  readSoft,
  type SoftKey,
  type SoftLine,
  type StoredSoftReservation,
} from './soft-reservation.sql.js';
import type { SoftChange, SoftOutcome, SoftRequest, SoftReservationView } from './soft-reservations.types.js';
import { StockBook } from '../book/stock-book.js';

/** Reservations in one transaction, transactions under way, reservations that may wait. */
const COMMITS = { batchMax: 100, inFlightMax: 2, queueMax: 5_000 } as const;
/** Expired reservations that one sweep ends. */
const SWEEP_PAGE = 200;
const EVENT_SCHEMA_VERSION = 1;

/**
 * Claims with a time limit: cart, checkout, quote. All that a request asks for or nothing, once per channel and reference.
 * They are claimed by the same `promise` as orders, under the same locks, and count as claims of the channel.
 * Rows are locked before positions.
 */
export class SoftReservations {
  private readonly group: GroupCommit<SoftRequest, SoftOutcome>;

  constructor(
    private readonly pool: Pool,
    private readonly catalog: SellingCatalog,
    private readonly policies: SellingPolicies,
    /** Called after each commit that changed something. */
    private readonly committed: () => void,
  ) {
    this.group = new GroupCommit((batch) => this.reserveTogether(batch), COMMITS);
  }

  /** Resolves after the commit. */
  reserve(request: SoftRequest): Promise<SoftOutcome> {
    return this.group.submit(request);
  }

  async find(key: SoftKey): Promise<SoftReservationView | undefined> {
    const [row] = await readSoft(this.pool, [key]);
    return row === undefined ? undefined : toView(row);
  }

  /** Gives the units back. One that is not held any more stays as it is. */
  async release(key: SoftKey): Promise<SoftChange> {
    const changed = await inRetriedTransaction(this.pool, async (tx) => {
      const held = await lockHeldSoft(tx, [key]);
      await this.end(tx, held, 'RELEASED');
      return held.length > 0;
    });
    if (changed) this.committed();
    return this.changeOf(key, changed);
  }

  /** It expires so many seconds from now, if that is later than before. One that is not held any more stays as it is. */
  async extend(key: SoftKey, ttlSeconds: number): Promise<SoftChange> {
    const changed = await inRetriedTransaction(this.pool, async (tx) => {
      const [held] = await lockHeldSoft(tx, [key]);
      const now = Date.now();
      if (held === undefined || held.expiresAt <= toInstant(now)) return false;
      const expiresAt = toInstant(now + ttlSeconds * 1_000);
      if (expiresAt > held.expiresAt) await moveExpiry(tx, held.id, expiresAt);
      return true;
    });
    return this.changeOf(key, changed);
  }

  /** Ends one page of those whose time is over. Gives true when there may be more. */
  async sweepExpired(): Promise<boolean> {
    const ended = await inRetriedTransaction(this.pool, async (tx) => {
      const overdue = await lockOverdueSoft(tx, SWEEP_PAGE);
      await this.end(tx, overdue, 'EXPIRED');
      return overdue.length;
    });
    if (ended > 0) this.committed();
    return ended === SWEEP_PAGE;
  }

  async drain(): Promise<void> {
    await this.group.drain();
  }

  private async changeOf(key: SoftKey, changed: boolean): Promise<SoftChange> {
    const reservation = await this.find(key);
    return reservation === undefined ? undefined : { changed, reservation };
  }

  private async reserveTogether(batch: readonly SoftRequest[]): Promise<readonly SoftOutcome[]> {
    const outcomes = await inRetriedTransaction(this.pool, (tx) => this.commit(tx, batch));
    if (outcomes.some(({ outcome }) => outcome === 'RESERVED')) this.committed();
    return outcomes;
  }

  private async commit(tx: PoolClient, batch: readonly SoftRequest[]): Promise<readonly SoftOutcome[]> {
    const wanted = batch.flatMap((request) => request.lines.map((line) => toWanted(request.channel, line)));
    const terms = await lookUp(tx, this.catalog, this.policies, wanted);
    const now = toInstant(Date.now());
    const skus = new Set(wanted.flatMap((each) => skusOf(terms.find(each))));
    // Read behind the locks: a first try of the same request may have just been committed.
    const [book, stored] = await Promise.all([
      StockBook.lock(tx, skus, capacityDays(terms.nodes, now)),
      readSoft(tx, batch),
    ]);
    const known = new Map(stored.map((row) => [keyOf(row), row]));
    const fresh: StoredSoftReservation[] = [];
    const outcomes = batch.map((request) => {
      const before = known.get(keyOf(request));
      if (before !== undefined) return outcomeOf(before, request);
      const decided = decide(request, terms, book, now);
      if (!('row' in decided)) return decided;
      const { row } = decided;
      book.book(softMovements(claimsOf(row), 'SOFT_RESERVE'), {
        stream: row.id,
        version: 1,
        occurredAt: now,
        channel: row.channel,
      });
      known.set(keyOf(row), row);
      fresh.push(row);
      return { outcome: 'RESERVED', reservation: toView(row), repeated: false } as const;
    });
    await sentTogether([insertSoft(tx, fresh), appendEvents(tx, fresh.map(reservedEvent)), book.flush(tx)]);
    return outcomes;
  }

  /** Under the rows' locks. */
  private async end(
    tx: PoolClient,
    rows: readonly StoredSoftReservation[],
    because: 'RELEASED' | 'EXPIRED',
  ): Promise<void> {
    if (rows.length === 0) return;
    const occurredAt = toInstant(Date.now());
    const book = await StockBook.lock(
      tx,
      rows.flatMap((row) => claimsOf(row).map(({ sku }) => sku)),
    );
    for (const row of rows)
      book.book(softMovements(claimsOf(row), 'SOFT_RELEASE'), {
        stream: row.id,
        version: 2,
        occurredAt,
        channel: row.channel,
      });
    await sentTogether([
      markEnded(
        tx,
        rows.map(({ id }) => id),
        because,
      ),
      appendEvents(
        tx,
        rows.map((row) => endedEvent(row, because, occurredAt)),
      ),
      book.flush(tx),
    ]);
  }
}

function decide(
  request: SoftRequest,
  terms: SellingTerms,
  book: StockBook,
  now: Instant,
): SoftOutcome | { readonly row: StoredSoftReservation } {
  const { channel, reference, kind, lines, ttlSeconds } = request;
  const selling = lines.map((line) => terms.find(toWanted(channel, line)));
  const errors = lines.flatMap((line, index) =>
    selling[index] === undefined ? [unknownLine(line, index, channel)] : [],
  );
  if (errors.length > 0) return { outcome: 'UNKNOWN', errors };
  const demands = lines.map(({ quantity }, index): Demand => ({
    lineId: String(index),
    quantity,
    components: selling[index]?.components ?? [],
  }));
  const preOrder = terms.policyOf(channel).preOrder;
  const early = demands.filter((_, index) => !preOrder && isUnreleased(skusOf(selling[index]), terms, now));
  const promised = promiseSoft(
    request,
    demands.filter((demand) => !early.includes(demand)),
    terms,
    book,
    now,
  );
  const missing = [...promised.missing, ...early];
  if (missing.length > 0)
    return {
      outcome: 'OUT_OF_STOCK',
      missing: missing.map(({ lineId, quantity }) => ({
        line: Number(lineId),
        wanted: lines[Number(lineId)]?.quantity ?? 0,
        missing: quantity,
      })),
      shortages: promised.shortages,
    };
  return {
    row: {
      id: randomUUIDv7(),
      channel,
      reference,
      kind,
      status: 'HELD',
      expiresAt: toInstant(Date.parse(now) + ttlSeconds * 1_000),
      digest: digestOf(request),
      lines,
      claims: claimPromised(promised, demands, terms, book, now),
    },
  };
}

function isUnreleased(skus: readonly string[], { items }: SellingTerms, now: Instant): boolean {
  return skus.some((sku) => (items.get(sku)?.releaseAt ?? '') > now);
}

function outcomeOf(before: StoredSoftReservation, request: SoftRequest): SoftOutcome {
  if (before.digest !== digestOf(request)) return { outcome: 'CONFLICT' };
  if (before.status !== 'HELD') return { outcome: 'ENDED', status: before.status };
  return { outcome: 'RESERVED', reservation: toView(before), repeated: true };
}

function digestOf({ kind, ttlSeconds, lines, destination }: SoftRequest): string {
  const content = [
    kind,
    ttlSeconds,
    lines.map(({ sku, listingSku, quantity }) => [sku ?? null, listingSku ?? null, quantity]),
    destination === undefined ? null : [destination.country, destination.region, destination.postalZone],
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function reservedEvent(row: StoredSoftReservation): NewEvent {
  const { id, channel, expiresAt } = row;
  return toEvent(row, 1, toInstant(Date.now()), {
    type: 'StockSoftReserved',
    source: channel,
    stock: claimsOf(row),
    reservationId: id,
    channel,
    expiresAt,
  });
}

function endedEvent(row: StoredSoftReservation, because: 'RELEASED' | 'EXPIRED', occurredAt: Instant): NewEvent {
  const { id, channel } = row;
  return toEvent(row, 2, occurredAt, {
    type: 'SoftReservationEnded',
    source: because === 'RELEASED' ? channel : 'hub',
    stock: claimsOf(row),
    reservationId: id,
    channel,
    because,
  });
}

function toEvent(row: StoredSoftReservation, version: number, occurredAt: Instant, event: StockEvent): NewEvent {
  const { type, ...data } = event;
  return {
    streamType: 'soft-reservation',
    streamId: row.id,
    streamVersion: version,
    type,
    schemaVersion: EVENT_SCHEMA_VERSION,
    scope: row.channel,
    source: event.source,
    factId: `${row.channel}/soft-reservation/${row.reference}/${version}`,
    occurredAt,
    data,
  };
}

function toView({
  id,
  channel,
  reference,
  kind,
  status,
  expiresAt,
  lines,
  claims,
}: StoredSoftReservation): SoftReservationView {
  return { id, channel, reference, kind, status, expiresAt, lines, claims };
}

function unknownLine({ sku, listingSku }: SoftLine, index: number, channel: string): ProblemDetail {
  return sku === undefined
    ? {
        pointer: `/lines/${index}/listingSku`,
        detail: `The channel "${channel}" has no listing "${listingSku}" that is mapped to an item.`,
      }
    : { pointer: `/lines/${index}/sku`, detail: `There is no item "${sku}".` };
}

function toWanted(channel: string, { sku, listingSku = '' }: SoftLine): Wanted {
  return sku === undefined ? { channel, listingSku } : { sku };
}

function keyOf({ channel, reference }: SoftKey): string {
  return `${channel}\u0000${reference}`;
}

function toInstant(ms: number): Instant {
  return new Date(ms).toISOString();
}
