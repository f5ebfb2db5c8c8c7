import DataLoader from 'dataloader';
import type { ExceptionRecord, Exceptions } from '../../process-apis/exceptions/index.js';
import type { OrderReader } from '../../process-apis/orders/index.js';
import type { Evidence, EvidenceReader } from '../../process-apis/resolution/index.js';
import type { Order } from '../../src/model/order.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';

interface Sized {
  readonly id: string;
  readonly first: number;
}

export interface ExceptionSources {
  readonly exceptions: Exceptions;
  readonly evidence: EvidenceReader;
  readonly orders: OrderReader;
}

/** What belongs to exceptions: what the resolvers of one turn ask for is one statement per kind. */
export class ExceptionLoaders {
  private readonly ofOrders: DataLoader<Sized, readonly ExceptionRecord[], string>;
  private readonly histories: DataLoader<Sized, readonly LoggedEvent[], string>;
  private readonly evidences: DataLoader<ExceptionRecord, readonly Evidence[], string>;
  private readonly orders: DataLoader<string, Order | undefined>;
  private readonly records: DataLoader<string, ExceptionRecord | undefined>;

  constructor({ exceptions, evidence, orders }: ExceptionSources, { remember }: { readonly remember: boolean }) {
    const cache = remember;
    this.ofOrders = new DataLoader(
      async (keys) => {
        const found = await exceptions.ofOrders(idsOf(keys), largest(keys));
        return keys.map(({ id, first }) => (found.get(id) ?? []).slice(0, first));
      },
      { cache, cacheKeyFn: sizedKey },
    );
    this.histories = new DataLoader(
      async (keys) => {
        const found = await exceptions.histories(idsOf(keys), largest(keys));
        return keys.map(({ id, first }) => (found.get(id) ?? []).slice(0, first));
      },
      { cache, cacheKeyFn: sizedKey },
    );
    this.evidences = new DataLoader(
      async (asked) => {
        const found = await evidence.of(asked);
        return asked.map(({ id }) => found.get(id) ?? []);
      },
      { cache, cacheKeyFn: ({ id }) => id },
    );
    this.orders = new DataLoader(
      async (ids) => {
        const found = await orders.byIds(ids);
        return ids.map((id) => found.get(id));
      },
      { cache },
    );
    this.records = new DataLoader(
      async (ids) => {
        const found = await exceptions.byIds(ids);
        return ids.map((id) => found.get(id));
      },
      { cache },
    );
  }

  /** Those that stand first, then the newest. */
  ofOrder(orderId: string, first: number): Promise<readonly ExceptionRecord[]> {
    return this.ofOrders.load({ id: orderId, first });
  }

  history(id: string, first: number): Promise<readonly LoggedEvent[]> {
    return this.histories.load({ id, first });
  }

  evidence(exception: ExceptionRecord): Promise<readonly Evidence[]> {
    return this.evidences.load(exception);
  }

  order(id: string): Promise<Order | undefined> {
    return this.orders.load(id);
  }

  exception(id: string): Promise<ExceptionRecord | undefined> {
    return this.records.load(id);
  }
}

function sizedKey({ id, first }: Sized): string {
  return `${id}:${first}`;
}

function idsOf(keys: readonly Sized[]): readonly string[] {
  return [...new Set(keys.map(({ id }) => id))];
}

function largest(keys: readonly Sized[]): number {
  return Math.max(...keys.map(({ first }) => first));
}
