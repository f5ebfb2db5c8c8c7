import type { ClientBase } from 'pg';
import type { Order } from '../../src/model/order.js';
import { isDatabaseUnavailable } from '../../src/platform/db/unavailable.js';
import type { OrderCommit } from './order-commit.js';
import type { OrderFact } from './orders.facts.js';

type Db = Pick<ClientBase, 'query'>;

/** Orders resumed in one transaction. */
const RESUME_PAGE = 200;

/** Finds the orders that wait for something, by the key of the wait. */
export class WaitingOrders {
  constructor(
    private readonly orders: OrderCommit,
    /** Hears of an order that could not be looked at; the others were. */
    private readonly onFailure: (sentence: string) => void,
  ) {}

  /** In id order, that is oldest first, behind `after`. */
  async find(db: Db, key: string, after: string | undefined, limit: number): Promise<readonly Order[]> {
    const { rows } = await db.query<{ state: Order }>({
      name: 'orders.waiting',
      text: `select state from orders
             where waiting_keys <> '{}' and waiting_keys @> array[$1::text] and ($2::uuid is null or id > $2)
             order by id limit $3`,
      values: [key, after ?? null, limit],
    });
    return rows.map((row) => row.state);
  }

  /**
   * What these keys name may be there now: the orders that wait for it are looked at again, the better tier first, then
   * the older, so that who came first is served first. `cause` makes the fact's id: the same cause looks at an order once.
   */
  async resume(db: Db, keys: readonly string[], cause: string): Promise<number> {
    let after: { readonly tier: number; readonly id: string } | undefined;
    for (let resumed = 0; ;) {
      const { rows } = await db.query<{ tier: number; id: string }>({
        name: 'orders.waiting-ids',
        text: `select tier, id from orders
               where waiting_keys <> '{}' and waiting_keys && $1::text[]
                 and ($3::uuid is null or (tier, id) > ($2::smallint, $3))
               order by tier, id limit $4`,
        values: [keys, after?.tier ?? null, after?.id ?? null, RESUME_PAGE],
      });
      after = rows.at(-1);
      if (after === undefined) return resumed;
      const occurredAt = new Date().toISOString();
      await this.reconsider(
        rows.map(({ id }) => ({
          id: `hub/reconsider/${id}/${cause}`,
          source: 'hub',
          occurredAt,
          address: { by: 'ID', orderId: id },
          body: { kind: 'Reconsidered' },
        })),
      );
      resumed += rows.length;
    }
  }

  /** Together; one that fails must not hold up the others, which are then looked at one by one, in their order. */
  private async reconsider(facts: readonly OrderFact[]): Promise<void> {
    try {
      await this.orders.submit(facts);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      for (const fact of facts) await this.reconsiderAlone(fact);
    }
  }

  private async reconsiderAlone(fact: OrderFact): Promise<void> {
    try {
      await this.orders.submit([fact]);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      this.onFailure(`${fact.id} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
