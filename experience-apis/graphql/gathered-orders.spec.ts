import { describe, expect, it } from 'vitest';
import type { OrderParties } from '../../src/model/channel-order.js';
import type { Order } from '../../src/model/order.js';
import type { LoggedEvent } from '../../src/platform/event-log/index.js';
import { GatheredOrders } from './gathered-orders.js';

/** Answers when it is told to, and remembers what it was asked. */
class SlowReader {
  readonly asked: string[] = [];
  private readonly waiting: (() => void)[] = [];

  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, Order>> {
    await this.turn(`byIds ${ids.join(' ')}`);
    return new Map(ids.filter((id) => id !== 'unknown').map((id) => [id, { id } as Order]));
  }

  async timelines(ids: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly LoggedEvent[]>> {
    await this.turn(`timelines ${ids.join(' ')} ${limit}`);
    const events = Array.from({ length: limit }, (_, n) => ({ streamVersion: n + 1 }) as LoggedEvent);
    return new Map(ids.map((id) => [id, events]));
  }

  async crossReferences(ids: readonly string[]): Promise<ReadonlyMap<string, readonly never[]>> {
    await this.turn(`crossReferences ${ids.join(' ')}`);
    return new Map(ids.map((id) => [id, []]));
  }

  async parties(): Promise<ReadonlyMap<string, OrderParties>> {
    return new Map();
  }

  answer(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  private turn(asked: string): Promise<void> {
    this.asked.push(asked);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('operations that read orders at the same time', () => {
  it('share the next statement while one is under way, and each gets its own alone', async () => {
    const reader = new SlowReader();
    const gathered = new GatheredOrders(reader);
    const first = gathered.byIds(['a']);
    await soon();
    const others = [gathered.byIds(['a', 'b']), gathered.byIds(['unknown', 'c'])];
    await soon();
    reader.answer();
    await soon();
    reader.answer();
    expect(reader.asked).toEqual(['byIds a', 'byIds a b unknown c']);
    const keys = (await Promise.all([first, ...others])).map((found) => [...found.keys()]);
    expect(keys).toEqual([['a'], ['a', 'b'], ['c']]);
  });

  it('read timelines as long as the longest that is wanted, and give each its length', async () => {
    const reader = new SlowReader();
    const gathered = new GatheredOrders(reader);
    const both = Promise.all([gathered.timelines(['a'], 2), gathered.timelines(['a', 'b'], 5)]);
    await soon();
    reader.answer();
    expect(reader.asked).toEqual(['timelines a b 5']);
    const [short, long] = await both;
    expect([short.get('a')?.length, long.get('a')?.length, short.has('b')]).toEqual([2, 5, false]);
  });
});
