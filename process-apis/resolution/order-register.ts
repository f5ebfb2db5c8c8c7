import type { Pool, PoolClient } from 'pg';
import type { Order } from '../../src/model/order.js';
import { inRetriedTransaction } from '../../src/platform/commit/index.js';
import {
  findOrdersWithStanding,
  readStandingKeys,
  registerKey,
  writeProblems,
  type ProblemChange,
} from '../exceptions/index.js';
import { problemsOf, shareOpenOrders, shareOrders, storeDueAt } from '../orders/index.js';

/** Orders looked at in one transaction. */
const PAGE = 200;
const GONE = 'The problem is no longer found.';

/**
 * Makes the register say of each order what follows from its state, whatever was or was not told when it changed: problems of
 * orders that have something left to do are raised, and standing exceptions whose problem is gone end. Of the former it also
 * stores by when the next step is late, where something else is stored: orders of before the clocks have nothing there.
 */
export class OrderRegister {
  private openAfter: string | undefined;
  private standingAfter: string | undefined;

  constructor(
    private readonly pool: Pool,
    /** Called after a commit that may have changed something. */
    private readonly committed: () => void,
  ) {}

  /** One page of open orders and one of those with exceptions; begins anew after the last ones. Gives true while there is more. */
  async sweep(): Promise<boolean> {
    let open: readonly Order[] = [];
    this.openAfter = await this.look(async (tx) => {
      const orders = await shareOpenOrders(tx, this.openAfter, PAGE);
      open = orders;
      // Locked ones are missing from a page: only an empty one is the end.
      return { orders, last: orders.at(-1)?.id };
    });
    await storeDueAt(this.pool, open);
    this.standingAfter = await this.look(async (tx) => {
      const ids = await findOrdersWithStanding(tx, this.standingAfter, PAGE);
      return { orders: await shareOrders(tx, ids), last: ids.length < PAGE ? undefined : ids.at(-1) };
    });
    return this.openAfter !== undefined || this.standingAfter !== undefined;
  }

  private async look(
    read: (tx: PoolClient) => Promise<{ readonly orders: readonly Order[]; readonly last: string | undefined }>,
  ): Promise<string | undefined> {
    const { last, changed } = await inRetriedTransaction(this.pool, async (tx) => {
      const page = await read(tx);
      const ids = page.orders.map(({ id }) => id);
      const standing = ids.length === 0 ? new Map<string, readonly string[]>() : await readStandingKeys(tx, ids);
      const now = new Date().toISOString();
      const changes = page.orders.flatMap((order) => changeOf(order, standing.get(order.id) ?? [], now));
      await writeProblems(tx, changes);
      return { last: page.last, changed: changes.length > 0 };
    });
    if (changed) this.committed();
    return last;
  }
}

/** What the register should be told of the order; nothing where neither side knows a problem. Pure. */
export function changeOf(order: Order, standingKeys: readonly string[], now: string): readonly ProblemChange[] {
  const raised = problemsOf(order);
  const found = new Set(raised.map(({ key }) => registerKey(key)));
  const ended = standingKeys
    .filter((key) => key.startsWith(`order/${order.id}/`) && !found.has(key))
    .map((key) => ({ key, because: GONE }));
  return raised.length + ended.length === 0 ? [] : [{ raised, ended, scope: order.channel, now }];
}
