import type { Pool } from 'pg';
import { isDatabaseUnavailable } from '../../src/platform/db/unavailable.js';
import type { Order, Wait } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { OrderCommit } from './order-commit.js';
import { taskFor } from './orders.awaited-tasks.js';
import type { OrderFact } from './orders.facts.js';
import { lateWaits, startedAt } from './orders.sla.js';

/** Orders looked at in one sweep; when there are more, the next one follows at once. */
const SWEEP_MAX = 500;

export interface SlaClocksParts {
  /** Orders with a step that is late by now, the longest overdue first. */
  readonly findDue: (now: Instant, limit: number) => Promise<readonly Order[]>;
  /** Of these orders: the kinds of task that are still to be done, as `<order id>/<kind>`. */
  readonly findTasks: (orderIds: readonly string[]) => Promise<ReadonlySet<string>>;
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
  const taskIsGone = task !== undefined && !tasks.has(`${order.id}/${task.kind}`);
  return {
    id: `hub/overdue/${order.id}/${waitKey}/${startedAt(wait)}`,
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

/** The clocks over the database. */
export function sqlSlaClocks(
  pool: Pool,
  orders: SlaClocksParts['orders'],
  clock: SlaClocksParts['clock'] = () => new Date().toISOString(),
): SlaClocks {
  return new SlaClocks({
    orders,
    clock,
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
        text: `select distinct data -> 'payload' ->> 'orderId' || '/' || name as task from pgboss.job
               where state < 'completed' and data -> 'payload' ->> 'orderId' = any($1::text[])`,
        values: [orderIds],
      });
      return new Set(rows.map(({ task }) => task));
    },
  });
}
