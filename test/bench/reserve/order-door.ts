import pg from 'pg';
import { SqlCatalog } from '../../../process-apis/catalog/index.js';
import { SourcingPolicies } from '../../../process-apis/sourcing/index.js';
import { OrderCommit, SqlOrderStore, type OrderTaskKind } from '../../../process-apis/orders/index.js';
import { FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { EventFeed } from '../../../src/platform/event-log/index.js';
import { TaskQueue } from '../../../src/platform/jobs/index.js';

/** Orders in one transaction, and transactions under way: the hub's defaults, and those of the raw measurement. */
export const BATCH = { batchMax: 100, inFlightMax: 2 } as const;
const QUEUE_MAX = 10_000;
const CONNECTIONS_MAX = 10;

const TASK_KINDS: Readonly<Record<OrderTaskKind, true>> = {
  'erp.post-sales-order': true,
  'erp.reduce-sales-order': true,
  'erp.post-goods-issue': true,
  'wms.release': true,
  'wms.cancel': true,
  'carrier.track': true,
  'channel.confirm-package': true,
};

/** The door for orders as a hub process has it, with nobody who does the outside work. */
export class OrderDoor {
  private constructor(
    readonly pool: pg.Pool,
    readonly orders: OrderCommit,
    private readonly tasks: TaskQueue,
    private readonly feed: EventFeed,
  ) {}

  static async open(url: string): Promise<OrderDoor> {
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS_MAX, pipeline: true });
    const feed = new EventFeed(pool);
    const tasks = new TaskQueue(pool);
    for (const kind of Object.keys(TASK_KINDS)) tasks.register(kind, () => Promise.resolve([]));
    await tasks.start();
    const orders = new OrderCommit({
      store: new SqlOrderStore({
        pool,
        sourcing: new SourcingPolicies(pool),
        tasks,
        catalog: new SqlCatalog(pool, () => undefined),
      }),
      cipher: new FieldCipher(KeyRing.parse(generateKeyRing('bench'))),
      names: { erp: 'sap-s4hana', wms: 'wms' },
      limits: { ...BATCH, queueMax: QUEUE_MAX },
      committed: () => feed.wake(),
    });
    await feed.start();
    return new OrderDoor(pool, orders, tasks, feed);
  }

  async close(): Promise<void> {
    await this.orders.drain();
    await this.feed.stop();
    await this.tasks.stop(1_000);
    await this.pool.end();
  }
}
