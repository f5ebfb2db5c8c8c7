import type { OrderEvent } from '../../../src/model/events.js';
import type { Order } from '../../../src/model/order.js';
import type { LoggedEvent } from '../../../src/platform/event-log/index.js';
import { unkindAnswers, wishes } from './adversity.js';
import { channelOrder } from './channel-orders.js';
import { Harness } from './harness.js';
import { happyAnswers } from './outside.js';

/** One thing that happens to the order: what kind, and which of those that could. */
export interface Happening {
  readonly kind: 'ANSWER' | 'TROUBLE' | 'WISH' | 'STOCK';
  readonly pick: number;
}

/** An order as it was stored at an instant. */
export interface StoredThen {
  readonly at: string;
  readonly order: Order;
}

/** The events of an order as the log holds them, and what was stored after each fact. */
export interface History {
  readonly events: readonly LoggedEvent[];
  readonly stored: readonly StoredThen[];
}

/** Plays an order through what happens to it; each fact is recorded at an instant of its own. */
export function historyOf(happenings: readonly Happening[]): History {
  const harness = new Harness({ stock: { 'A@N1': 2, 'A@N2': 3, 'B@N1': 1, 'B@N2': 1, 'C@N1': 1 } });
  const [events, stored]: [LoggedEvent[], StoredThen[]] = [[], []];
  const record = (played: readonly OrderEvent[]): void => {
    for (const { type, ...data } of played) events.push(logged(type, data, events.length + 1, harness));
    stored.push({ at: harness.now, order: harness.order });
  };
  record(harness.tell({ kind: 'ChannelOrderReceived', order: channelOrder() }).events);
  for (const { kind, pick } of happenings) {
    const bodies = {
      ANSWER: () => happyAnswers(harness.order),
      TROUBLE: () => unkindAnswers(harness.order),
      WISH: () => wishes(pick % 50),
      STOCK: () => [],
    }[kind]();
    if (kind === 'STOCK') harness.moveStock(pick % 2 === 0 ? 'A' : 'B', 'N1', 1);
    const body = bodies[pick % Math.max(1, bodies.length)];
    if (body !== undefined) record(harness.tell(body).events);
  }
  return { events, stored };
}

function logged(type: string, data: object, version: number, { now, order }: Harness): LoggedEvent {
  return {
    cursor: { tx: String(version), id: String(version) },
    streamType: 'order',
    streamId: order.id,
    streamVersion: version,
    type,
    schemaVersion: 1,
    scope: order.channel,
    source: 'test',
    factId: `fact-${now}`,
    occurredAt: now,
    recordedAt: now,
    data,
  };
}
