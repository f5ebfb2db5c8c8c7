import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { createTestDatabase } from '../../../test/support/test-database.js';
import { openTestPool } from '../../../test/support/test-pool.js';
import { logSettled } from '../../../test/support/log-settled.js';
import { until } from '../../../test/support/until.js';
import type { Instant } from '../../../src/model/time.js';
import { inTransaction } from '../../../src/platform/commit/index.js';
import { appendEvents, decodeCursor, LOG_START } from '../../../src/platform/event-log/index.js';
import { Availability, StockBook } from '../../availability/index.js';
import { SqlCatalog } from '../../catalog/index.js';
import { SourcingPolicies } from '../../sourcing/index.js';
import { Publishing } from '../publishing.service.js';
import type { DueQuantity, QuantityTeller, TellResult } from '../publishing.types.js';

const NODE = 'N1';
const COMPUTE_MS_MAX = 20_000;

/** A retailer with one node, and channels that the test speaks for. */
export class Retailer {
  failures: string[] = [];
  readonly catalog: SqlCatalog;
  readonly policies: SourcingPolicies;
  private readonly quantities: Availability;

  private constructor(
    readonly pool: pg.Pool,
    readonly close: () => Promise<void>,
  ) {
    this.catalog = new SqlCatalog(pool, () => undefined);
    this.policies = new SourcingPolicies(pool);
    this.quantities = new Availability(pool, this.catalog, this.policies);
  }

  static async open(channels: readonly string[]): Promise<Retailer> {
    const database = await createTestDatabase();
    const pool = openTestPool(database.url, 8);
    const retailer = new Retailer(pool, async () => {
      await pool.end();
      await database.drop();
    });
    await retailer.catalog.saveNodes([{ id: NODE, name: NODE }]);
    await retailer.catalog.saveAccounts(
      channels.map((id) => ({ id, kind: 'test', name: id, active: true, settings: {} })),
    );
    return retailer;
  }

  /** The same database, seen by a process that has read nothing yet. */
  restarted(): Retailer {
    const restarted = new Retailer(this.pool, () => Promise.resolve());
    restarted.failures = this.failures;
    return restarted;
  }

  /** Another process that publishes. */
  publishing(now?: () => Instant): Publishing {
    return new Publishing({
      pool: this.pool,
      quantities: this.quantities,
      committed: () => undefined,
      onFailure: (sentence) => this.failures.push(sentence),
      ...(now === undefined ? {} : { now }),
    });
  }

  /** Listings named as their items, on each of the channels. */
  async sell(channels: readonly string[], skus: readonly string[]): Promise<void> {
    await this.catalog.saveItems(skus.map((sku) => ({ sku, title: sku })));
    await this.list(channels.flatMap((channel) => skus.map((sku) => ({ channel, listingSku: sku, sku }))));
  }

  async list(
    listings: readonly {
      readonly channel: string;
      readonly listingSku: string;
      readonly sku: string;
      readonly unit?: string;
    }[],
  ): Promise<void> {
    await this.catalog.saveListings(listings.map((listing) => ({ ...listing, listingKeys: {} })));
  }

  /** Listings of the channel `web` with what they should show; those told before with what they were told. */
  async want(wanted: Readonly<Record<string, number | readonly [told: number, wanted: number]>>): Promise<void> {
    const listings = Object.keys(wanted);
    await this.sell(['web'], listings);
    const quantities = Object.values(wanted).map((value) => (typeof value === 'number' ? [null, value] : value));
    await this.pool.query(
      `insert into publication (channel, listing_sku, told, told_at, wanted, cause)
       select 'web', l, t, case when t is not null then now() end, w, 'cause-of-' || l
       from unnest($1::text[], $2::int[], $3::int[]) as q (l, t, w)`,
      [listings, quantities.map(([told]) => told), quantities.map(([, units]) => units)],
    );
  }

  /** Units come (or go, below zero), each as an event of its own. */
  async move(...moves: readonly (readonly [sku: string, units: number])[]): Promise<void> {
    await inTransaction(this.pool, async (tx) => {
      const book = await StockBook.lock(
        tx,
        moves.map(([sku]) => sku),
      );
      const occurredAt = new Date().toISOString();
      for (const [sku, delta] of moves) {
        const stream = randomUUIDv7();
        await appendEvents(tx, [
          {
            streamType: 'stock',
            streamId: stream,
            streamVersion: 1,
            type: 'StockAdjusted',
            schemaVersion: 1,
            scope: '',
            source: 'test',
            factId: stream,
            occurredAt,
            data: { reason: 'ADJUSTMENT', source: 'test', stock: [{ sku, node: NODE, quantity: delta }] },
          },
        ]);
        book.book([{ sku, node: NODE, bucket: 'onHand', delta, reason: 'ADJUSTMENT' }], {
          stream,
          version: 1,
          occurredAt,
        });
      }
      await book.flush(tx);
    });
  }

  /** Whether there are events that publishing has not read. */
  async isBehind(): Promise<boolean> {
    const { rows } = await this.pool.query<{ value: string }>(`select value from cursor where name = 'publishing'`);
    const read = rows[0] === undefined ? LOG_START : decodeCursor(rows[0].value);
    const after = await this.pool.query('select 1 from event_log where (tx, id) > ($1::xid8, $2::bigint) limit 1', [
      read.tx,
      read.id,
    ]);
    return after.rowCount !== 0;
  }

  async wanted(channel: string): Promise<Readonly<Record<string, number>>> {
    const { rows } = await this.pool.query<{ listing_sku: string; wanted: number }>(
      'select listing_sku, wanted from publication where channel = $1 order by listing_sku',
      [channel],
    );
    return Object.fromEntries(rows.map((row) => [row.listing_sku, row.wanted]));
  }

  async told(channel: string): Promise<Readonly<Record<string, number | null>>> {
    const { rows } = await this.pool.query<{ listing_sku: string; told: number | null }>(
      'select listing_sku, told from publication where channel = $1 order by listing_sku',
      [channel],
    );
    return Object.fromEntries(rows.map((row) => [row.listing_sku, row.told]));
  }

  /** The history of what was told, oldest first: `<listing> <quantity> <outcome>`. */
  async history(channel: string): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ line: string }>(
      `select listing_sku || ' ' || quantity || ' ' || outcome as line from told_quantity where channel = $1 order by id`,
      [channel],
    );
    return rows.map(({ line }) => line);
  }
}

/** Until the log is read to its end and nothing is left to look at. Events settle when older transactions end, of others too. */
export async function computeAll(retailer: Retailer, publishing: Publishing): Promise<void> {
  await logSettled(retailer.pool);
  await until(
    async () => {
      const changes = await publishing.sweepChanges();
      const reviews = await publishing.sweepReviews();
      return changes || reviews || (await retailer.isBehind());
    },
    (more) => !more,
    { what: 'the quantities', timeoutMs: COMPUTE_MS_MAX },
  );
}

/** Tells what is due, once. */
export async function tellDue(publishing: Publishing): Promise<void> {
  await publishing.sweepDue();
  await publishing.settled();
}

type Answer = (due: readonly DueQuantity[], channel: string) => readonly TellResult[] | Promise<readonly TellResult[]>;

/** A teller that notes what it is given. */
export class NotingTeller implements QuantityTeller {
  /** `<listing> <quantity>` of each call. */
  readonly calls: string[][] = [];
  submissions: (submission: string, listingSkus: readonly string[]) => readonly TellResult[] | 'PENDING' = () =>
    'PENDING';

  constructor(
    public answer: Answer = (due) => due.map(accepted),
    private readonly max = 100,
  ) {}

  pageMax(): Promise<number> {
    return Promise.resolve(this.max);
  }

  async tell(channel: string, due: readonly DueQuantity[]): Promise<readonly TellResult[]> {
    this.calls.push(due.map((row) => `${row.listingSku} ${row.quantity}`));
    return this.answer(due, channel);
  }

  readSubmission(
    _channel: string,
    submission: string,
    listingSkus: readonly string[],
  ): Promise<readonly TellResult[] | 'PENDING'> {
    return Promise.resolve(this.submissions(submission, listingSkus));
  }
}

export function accepted({ listingSku }: { readonly listingSku: string }): TellResult {
  return { listingSku, outcome: 'ACCEPTED' };
}
