import type { Pool } from 'pg';
import { isDatabaseUnavailable } from '../../src/platform/db/unavailable.js';
import type { Order, Wait } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { OrderCommit } from './order-commit.js';
import { partOf, taskFor } from './orders.awaited-tasks.js';
import { storeDueAt } from './due-at.sql.js';
import type { OrderFact } from './orders.facts.js';
import type { OrderTask } from './orders.tasks.js';
import { lateWaits } from './orders.sla.js';

/** Orders looked at in one sweep; when there are more, the next one follows at once. */
const SWEEP_MAX = 500;

export interface SlaClocksParts {
  /** Orders with a step that is late by now, the longest overdue first. */
  readonly findDue: (now: Instant, limit: number) => Promise<readonly Order[]>;
  /** Of these orders: the tasks that are still to be done, as `taskName` says them. */
  readonly findTasks: (orderIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Stores anew when the orders' next step is late. */
  readonly storeDue: (orders: readonly Order[]) => Promise<number>;
  readonly orders: Pick<OrderCommit, 'submit'>;
  readonly clock: () => Instant;
}

/**
 * Notices steps that take too long. Needs no event to be right: it works on what is stored as due, and where nothing works on
 * a late step any more it has it asked for again.
 */
export class SlaClocks {
  constructor(private readonly parts: SlaClocksParts) {}

  /** Gives true when there is more. */
  async sweep(): Promise<boolean> {
    const now = this.parts.clock();
    const due = await this.parts.findDue(now, SWEEP_MAX);
    if (due.length === 0) return false;
    const tasks = await this.parts.findTasks(due.map(({ id }) => id));
    const facts = due.flatMap((order) => lateWaits(order, now).map((wait) => overdue(order, wait, { now, tasks })));
    await this.submit(facts);
    // Stored by other clocks than those that run now: the order would be found as due for ever.
    const early = due.filter((order) => lateWaits(order, now).length === 0);
    if (early.length > 0) await this.parts.storeDue(early);
    return due.length === SWEEP_MAX;
  }

  /** Together; when that fails, one by one: an order that cannot be told holds up no other. What failed is told at the end. */
  private async submit(facts: readonly OrderFact[]): Promise<void> {
    const { orders } = this.parts;
    try {
      await orders.submit(facts);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      const told: PromiseSettledResult<unknown>[] = [];
      for (const fact of facts) told.push(...(await Promise.allSettled([orders.submit([fact])])));
      const failed = told.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  }
}

function overdue(
  order: Order,
  wait: Wait,
  { now, tasks }: { readonly now: Instant; readonly tasks: ReadonlySet<string> },
): OrderFact {
  const { key: waitKey, retriedAt } = wait;
  const task = taskFor(order, waitKey);
  const taskIsGone = task !== undefined && !tasks.has(taskName(task));
  return {
    // Of the order as it was looked at: when it changed since, the next sweep may say it again.
    id: `hub/overdue/${order.id}/${waitKey}/${order.version}`,
    source: 'hub',
    occurredAt: now,
    address: { by: 'ID', orderId: order.id },
    body: {
      kind: 'WaitOverdue',
      waitKey,
      ...(taskIsGone ? { taskIsGone } : {}),
      ...(retriedAt === undefined ? {} : { retriedAt }),
    },
  };
}

/** A task by what it is about, however often it was asked for: `<kind>/<order id>/<fulfillment order, package or shipment>`. */
function taskName({ kind, payload }: OrderTask): string {
  return `${kind}/${payload.orderId}/${partOf(payload)}`;
}

/** The clocks over the database. */
export function sqlSlaClocks(
  pool: Pool,
  orders: SlaClocksParts['orders'],
  clock: SlaClocksParts['clock'] = () => new Date().toISOString(),
): SlaClocks {
  return new SlaClocks({
    orders,
    clock,
    storeDue: (due) => storeDueAt(pool, due),
    findDue: async (now, limit) => {
      const { rows } = await pool.query<{ state: Order }>({
        name: 'orders.due',
        text: `select state from orders where next_due_at is not null and next_due_at <= $1
               order by next_due_at, id limit $2`,
        values: [now, limit],
      });
      return rows.map(({ state }) => state);
    },
    findTasks: async (orderIds) => {
      const { rows } = await pool.query<{ task: string }>({
        name: 'orders.live-tasks',
        text: `select distinct concat_ws('/', name, payload ->> 'orderId', coalesce(
                 payload ->> 'fulfillmentOrderId', payload ->> 'packageId', payload ->> 'shipmentId', '')) as task
               from (select name, data -> 'payload' as payload from pgboss.job where state < 'completed') as live
               where payload ->> 'orderId' = any($1::text[])`,
        values: [orderIds],
      });
      return new Set(rows.map(({ task }) => task));
    },
  });
}
