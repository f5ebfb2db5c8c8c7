import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { findMessagesOfFacts, type FactsAbout, type StoredMessage } from '../../../process-apis/intake/index.js';
import type { OrderReader } from '../../../process-apis/orders/index.js';
import { readToldAsOf, type ToldAsOf } from '../../../process-apis/publishing/index.js';
import type { OrderParties } from '../../../src/model/channel-order.js';
import type { Order } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import { recordAudits } from '../../../src/platform/audit/index.js';
import type { Principal } from '../../../src/platform/auth/principal.js';
import { readToldBodies } from '../../../src/platform/commit/index.js';
import type { LoggedEvent } from '../../../src/platform/event-log/index.js';

type VersionedOrder = Pick<Order, 'id' | 'version'>;

export interface ToldKey {
  readonly channel: string;
  readonly listingSku: string;
  readonly asOf: Instant;
}

/** What finding and time travel load: what the resolvers of one turn ask for is one statement per kind. */
export class FindingLoaders {
  private readonly updates: DataLoader<string, Instant | undefined>;
  private readonly histories: DataLoader<VersionedOrder, readonly LoggedEvent[], string>;
  private readonly revealed: DataLoader<string, OrderParties | undefined> | undefined;
  private readonly bodies: DataLoader<string, object | undefined>;
  private readonly messages: DataLoader<FactsAbout, ReadonlyMap<string, StoredMessage>>;
  private readonly toldOf: DataLoader<ToldKey, ToldAsOf | undefined, string>;

  /** @param reveals who may be told of persons in the clear, and is recorded; nobody when absent. */
  constructor(reader: OrderReader, pool: Pool, reveals: Principal | undefined) {
    this.updates = new DataLoader(
      async (ids) => {
        const found = await reader.updatedAt(ids);
        return ids.map((id) => found.get(id));
      },
      { cache: false },
    );
    this.histories = new DataLoader<VersionedOrder, readonly LoggedEvent[], string>(
      (orders) => reader.histories(orders),
      {
        cacheKeyFn: ({ id, version }) => `${id}:${version}`,
        cache: reveals !== undefined,
      },
    );
    this.revealed =
      reveals === undefined ? undefined : new DataLoader((ids) => revealParties(reader, pool, reveals, ids));
    this.bodies = new DataLoader(
      async (factIds) => {
        const found = await readToldBodies(pool, [...new Set(factIds)]);
        return factIds.map((id) => found.get(id));
      },
      { cache: false },
    );
    this.messages = new DataLoader((asked) => findMessagesOfFacts(pool, asked), { cache: false });
    this.toldOf = new DataLoader((keys) => readToldAsOf(pool, keys), {
      cacheKeyFn: (key) => JSON.stringify(key),
      cache: reveals !== undefined,
    });
  }

  updatedAt(orderId: string): Promise<Instant | undefined> {
    return this.updates.load(orderId);
  }

  /** The events that made the order what it is as it is given. */
  history({ id, version }: VersionedOrder): Promise<readonly LoggedEvent[]> {
    return this.histories.load({ id, version });
  }

  /** What facts said, by their ids, where the hub keeps it. */
  async bodiesOf(factIds: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const found = await Promise.all(factIds.map((id) => this.bodies.load(id)));
    return new Map(factIds.flatMap((id, place) => (found[place] === undefined ? [] : [[id, found[place]] as const])));
  }

  /** The messages that carried these facts, by fact id. */
  messagesOf(about: FactsAbout): Promise<ReadonlyMap<string, StoredMessage>> {
    return this.messages.load(about);
  }

  told(key: ToldKey): Promise<ToldAsOf | undefined> {
    return this.toldOf.load(key);
  }

  /** The parties in the clear, after it was recorded who sees them; undefined where nobody may be told. */
  reveal(orderId: string): Promise<OrderParties | undefined> | undefined {
    return this.revealed?.load(orderId);
  }
}

/** Nothing is given out before the record of it is written. */
async function revealParties(
  reader: OrderReader,
  pool: Pool,
  { subject }: Principal,
  orderIds: readonly string[],
): Promise<readonly (OrderParties | undefined)[]> {
  const found = await reader.parties(orderIds);
  await recordAudits(
    pool,
    orderIds.map((orderId) => ({
      actor: subject,
      action: 'REVEAL_PARTIES',
      subjectType: 'order',
      subjectId: orderId,
      input: {},
      outcome: found.has(orderId) ? 'DONE' : 'NOT_FOUND',
    })),
  );
  return orderIds.map((id) => found.get(id));
}
