import DataLoader from 'dataloader';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import type { CrossReference } from '../../process-apis/orders/index.js';
import type { OrderReads } from './gathered-orders.js';

interface TimelineKey {
  readonly orderId: string;
  readonly first: number;
}

/**
 * Gathers what the resolvers of one turn ask for into one statement per kind of record. With `remember` an operation
 * reads a record once; without it (long-lived operations) each turn sees the records as they are then.
 */
export class OrderLoaders {
  private readonly timelines: DataLoader<TimelineKey, readonly LoggedEvent[], string>;
  private readonly references: DataLoader<string, readonly CrossReference[]>;
  private readonly people: DataLoader<string, OrderParties | undefined>;

  constructor(reader: OrderReads, { remember }: { readonly remember: boolean }) {
    this.timelines = new DataLoader((keys) => loadTimelines(reader, keys), {
      cache: remember,
      cacheKeyFn: ({ orderId, first }) => `${orderId}:${first}`,
    });
    this.references = new DataLoader(
      async (ids) => {
        const found = await reader.crossReferences(unique(ids));
        return ids.map((id) => found.get(id) ?? []);
      },
      { cache: remember },
    );
    this.people = new DataLoader(
      async (ids) => {
        const found = await reader.parties(unique(ids));
        return ids.map((id) => found.get(id));
      },
      { cache: remember },
    );
  }

  timeline(orderId: string, first: number): Promise<readonly LoggedEvent[]> {
    return this.timelines.load({ orderId, first });
  }

  crossReferences(orderId: string): Promise<readonly CrossReference[]> {
    return this.references.load(orderId);
  }

  parties(orderId: string): Promise<OrderParties | undefined> {
    return this.people.load(orderId);
  }
}

/** One statement, as long as the longest timeline that is asked for. */
async function loadTimelines(
  reader: OrderReads,
  keys: readonly TimelineKey[],
): Promise<readonly (readonly LoggedEvent[])[]> {
  const longest = Math.max(...keys.map((key) => key.first));
  const found = await reader.timelines(unique(keys.map((key) => key.orderId)), longest);
  return keys.map(({ orderId, first }) => (found.get(orderId) ?? []).slice(0, first));
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
