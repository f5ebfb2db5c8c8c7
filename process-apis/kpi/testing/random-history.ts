import type pg from 'pg';
import { CHANNELS, type SeededOrders } from '../../../test/support/seed-orders.js';
import { SeededRandom } from '../../../test/support/seeded-random.js';
import { EXCEPTION_CATEGORIES, type Problem } from '../../../src/model/exception.js';
import type { Order } from '../../../src/model/order.js';
import { Exceptions } from '../../exceptions/index.js';
import type { OrderFactBody } from '../../orders/index.js';
import { unkindAnswers } from '../../orders/testing/adversity.js';
import { happyAnswers } from '../../orders/testing/outside.js';

const FIRST_DAY = Date.UTC(2026, 2, 1);
const DAYS = 4;
const HOUR_MS = 3_600_000;

/** A history of a hub, the same for a seed: orders well and badly treated, exceptions, tellings and comparisons, over some days. */
export class RandomHistory {
  private readonly random: SeededRandom;
  private readonly exceptions: Exceptions;
  private orders = 0;

  constructor(
    seed: number,
    private readonly pool: pg.Pool,
    private readonly hub: SeededOrders,
  ) {
    this.random = new SeededRandom(seed);
    this.exceptions = new Exceptions(pool, () => undefined);
  }

  /** So many orders, each told so many facts at most, mingled. */
  async play(orders: number, facts: number): Promise<void> {
    const references: (readonly [string, string])[] = [];
    for (let n = 0; n < orders; n += 1) {
      const channel = this.random.pick(CHANNELS);
      this.orders += 1;
      const reference = `R-${this.orders}`;
      // Ten seconds of the day of its acceptance are enough for a lag that is no whole hour.
      const placedAt = new Date(FIRST_DAY - this.random.int(0, 10 * HOUR_MS)).toISOString();
      await this.hub.accept(channel, [reference], { placedAt });
      references.push([channel, reference]);
    }
    for (let n = 0; n < orders * facts; n += 1) {
      const order = await this.hub.order(...this.random.pick(references));
      await this.tell(order);
    }
    await this.raiseAndEnd();
  }

  private async tell(order: Order): Promise<void> {
    const wanted = this.random.chance(0.75) ? happyAnswers(order) : this.unkind(order);
    if (wanted.length === 0) return;
    const occurredAt = new Date(Date.now() - this.random.int(0, 4 * HOUR_MS)).toISOString();
    const source = this.random.chance(0.15) ? 'operator' : 'sap-s4hana';
    const id = `${source}:${order.id}:${order.version}:${this.random.int(0, 1_000_000)}`;
    // One fact that is against the rules is as good as any other: it changes nothing.
    await this.hub.commit.submit([
      { id, source, occurredAt, address: { by: 'ID', orderId: order.id }, body: this.random.pick(wanted) },
    ]);
  }

  private unkind(order: Order): readonly OrderFactBody[] {
    return [
      ...unkindAnswers(order),
      { kind: 'CancellationRequested', by: 'OPERATOR', reason: 'not wanted' },
      {
        kind: 'CancellationRequested',
        by: 'CHANNEL',
        reason: 'not wanted',
        lines: [{ lineReference: '1', quantity: 1 }],
      },
      { kind: 'HoldPlaced', hold: 'FRAUD', reason: 'suspicious', by: 'operator:ada' },
      { kind: 'ReSourceRequested', by: 'operator:ada', reason: 'look again' },
      { kind: 'RetryRequested' },
    ];
  }

  /** Exceptions that are of no order, some of them numbers used twice; some left, given to someone, or over. */
  private async raiseAndEnd(): Promise<void> {
    const categories = Object.keys(EXCEPTION_CATEGORIES) as (keyof typeof EXCEPTION_CATEGORIES)[];
    const problems = Array.from({ length: 30 }, (_, index): Problem => {
      const key = `message/${this.orders}-${index}`;
      const category = this.random.chance(0.4) ? 'DUPLICATE_REFERENCE' : this.random.pick(categories);
      const subject = this.random.chance(0.3) ? {} : { channel: this.random.pick(CHANNELS) };
      return { key, category, sentence: `${key} was not taken.`, groupKey: key, subject };
    });
    await this.exceptions.raise(problems);
    const ids = await this.pool.query<{ id: string }>(`select id from exception where status = 'OPEN' order by key`);
    const some = ids.rows.map(({ id }) => id).filter(() => this.random.chance(0.3));
    await this.exceptions.assign(some, 'ada', 'ada');
    await this.exceptions.end(
      problems.map(({ key }) => key).filter(() => this.random.chance(0.5)),
      'mended',
    );
  }

  /** Spreads what is logged behind `afterId` over days: as if it had been recorded then. Streams keep their order. */
  async spread(afterId = 0): Promise<void> {
    const { rows } = await this.pool.query<{ id: string }>(
      'select id::text as id from event_log where id > $1 order by id',
      [afterId],
    );
    const step = (DAYS * 24 * HOUR_MS) / Math.max(1, rows.length);
    const times = rows.map((_, index) =>
      new Date(FIRST_DAY + Math.floor(index * step) + this.random.int(0, 20_000)).toISOString(),
    );
    await this.pool.query(
      `update event_log e set recorded_at = t.at from unnest($1::bigint[], $2::timestamptz[]) as t (id, at) where e.id = t.id`,
      [rows.map(({ id }) => id), times],
    );
  }

  /** Writers that waited for each other: some events stand in the log before the one that they follow. */
  async shuffle(): Promise<void> {
    const { rows } = await this.pool.query<{ id: string; before: string }>(
      `select e.id::text as id, b.id::text as before from event_log e
       join event_log b on b.stream_id = e.stream_id and b.stream_version = e.stream_version - 1
       where e.stream_type = 'order' and e.tx <> b.tx and e.stream_version % 3 = 0 order by e.id`,
    );
    const swapped = rows.filter(() => this.random.chance(0.3));
    await this.pool.query(
      `update event_log e set tx = o.tx
       from (select unnest($1::bigint[]) as id, unnest($2::bigint[]) as other
             union all select unnest($2::bigint[]), unnest($1::bigint[])) s
       join event_log o on o.id = s.other where e.id = s.id`,
      [swapped.map(({ id }) => id), swapped.map(({ before }) => before)],
    );
  }

  /** What channels were told, and how stock compared. */
  async tellAndCompare(): Promise<void> {
    for (let n = 0; n < 60; n += 1) {
      const toldAt = FIRST_DAY + this.random.int(0, DAYS * 24 * HOUR_MS);
      const since = this.random.chance(0.1) ? null : new Date(toldAt - this.random.int(0, 90_000)).toISOString();
      await this.pool.query(
        `insert into told_quantity (channel, listing_sku, quantity, told_at, cause, outcome, wanted_since)
         values ($1, 'L-SKU-1', $2, $3, 'c', $4, $5)`,
        [
          this.random.pick(CHANNELS),
          n,
          new Date(toldAt).toISOString(),
          this.random.pick(['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'REFUSED', 'FAILED', 'PENDING']),
          since,
        ],
      );
    }
    for (let n = 0; n < 40; n += 1) {
      const [system, subject] = this.random.pick([
        ['WMS', 'dc-north'],
        ['ERP', 'dc-north'],
        ['CHANNEL', CHANNELS[0]],
      ] as const);
      const compared = this.random.int(1, 500);
      const startedAt = new Date(FIRST_DAY + this.random.int(0, DAYS * 24 * HOUR_MS)).toISOString();
      await this.pool.query(
        `insert into drift_run (id, system, subject, trigger, started_at, finished_at, compared, equal, units_compared, units_off, error)
         values (gen_random_uuid(), $1, $2, 'SCHEDULE', $3, $4, $5, $6, $7, $8, $9)`,
        [
          system,
          subject,
          startedAt,
          this.random.chance(0.1) ? null : startedAt,
          compared,
          this.random.int(0, compared + 1),
          compared * 10,
          this.random.int(0, compared),
          this.random.chance(0.1) ? 'no answer' : null,
        ],
      );
    }
  }
}
