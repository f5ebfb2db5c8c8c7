import type { CrossReference, OrderReader } from '../../process-apis/orders/index.js';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import { GroupCommit, type GroupCommitLimits } from '../../src/platform/commit/index.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';

/** Operations that may share a statement, statements under way, and operations that may wait for one. */
const LIMITS: GroupCommitLimits = { batchMax: 50, inFlightMax: 2, queueMax: 10_000 };

interface Timelines {
  readonly orderIds: readonly string[];
  readonly limit: number;
}

/** What is read of orders by their ids. */
export type OrderReads = Pick<OrderReader, 'byIds' | 'timelines' | 'crossReferences' | 'parties'>;

type Ids = readonly string[];
type ById<Record> = ReadonlyMap<string, Record>;

/**
 * Orders and what belongs to them, read for all operations of the process: those that ask while statements are under way
 * share the next one. A lone one waits for nobody, and none is given what was read before it asked.
 */
export class GatheredOrders implements OrderReads {
  private readonly orders: GroupCommit<Ids, ById<Order>>;
  private readonly references: GroupCommit<Ids, ById<readonly CrossReference[]>>;
  private readonly events: GroupCommit<Timelines, ById<readonly LoggedEvent[]>>;

  constructor(private readonly reader: OrderReads) {
    this.orders = new GroupCommit(async (asked) => forEach(asked, await reader.byIds(union(asked))), LIMITS);
    this.references = new GroupCommit(
      async (asked) => forEach(asked, await reader.crossReferences(union(asked))),
      LIMITS,
    );
    this.events = new GroupCommit(async (asked) => {
      const longest = Math.max(...asked.map(({ limit }) => limit));
      const found = await reader.timelines(union(asked.map(({ orderIds }) => orderIds)), longest);
      return asked.map(({ orderIds, limit }) => pick(orderIds, found, (events) => events.slice(0, limit)));
    }, LIMITS);
  }

  /** Unknown ids are absent. */
  byIds(ids: Ids): Promise<ById<Order>> {
    return this.orders.submit(ids);
  }

  /** The first events of each order, oldest first, at most `limit` each. */
  timelines(orderIds: Ids, limit: number): Promise<ById<readonly LoggedEvent[]>> {
    return this.events.submit({ orderIds, limit });
  }

  crossReferences(orderIds: Ids): Promise<ById<readonly CrossReference[]>> {
    return this.references.submit(orderIds);
  }

  /** Of persons each operation reads its own. */
  parties(orderIds: Ids): Promise<ById<OrderParties>> {
    return this.reader.parties(orderIds);
  }
}

function union(asked: readonly Ids[]): Ids {
  return [...new Set(asked.flat())];
}

function forEach<Record>(asked: readonly Ids[], found: ById<Record>): readonly ById<Record>[] {
  return asked.length === 1 ? [found] : asked.map((ids) => pick(ids, found, (record) => record));
}

/** Nobody sees what others asked for. */
function pick<Record>(ids: Ids, found: ById<Record>, cut: (record: Record) => Record): ById<Record> {
  return new Map(
    ids.flatMap((id) => {
      const record = found.get(id);
      return record === undefined ? [] : [[id, cut(record)] as const];
    }),
  );
}
