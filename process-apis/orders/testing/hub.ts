import pg from 'pg';
import { FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { generateKeyRing, KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { TaskQueue } from '../../../src/platform/jobs/index.js';
import { SqlCatalog, type CatalogReader } from '../../catalog/index.js';
import { SourcingPolicies } from '../../sourcing/index.js';
import { OrderCommit } from '../order-commit.js';
import type { OrderTaskKind } from '../orders.tasks.js';
import { SqlOrderStore } from '../sql-order-store.js';

const KINDS: Readonly<Record<OrderTaskKind, true>> = {
  'erp.post-sales-order': true,
  'erp.reduce-sales-order': true,
  'erp.post-goods-issue': true,
  'wms.release': true,
  'wms.cancel': true,
  'carrier.track': true,
  'channel.confirm-package': true,
};
const CONNECTIONS_MAX = 6;
const LIMITS = { batchMax: 50, inFlightMax: 4, queueMax: 10_000 };
const KEYS = KeyRing.parse(generateKeyRing('test-1'));

/** What a hub process has of the orders process: a pool, a task queue, and the door. Nobody works on the tasks. */
export class TestHub {
  readonly cipher = new FieldCipher(KEYS);

  private constructor(
    readonly pool: pg.Pool,
    readonly tasks: TaskQueue,
    readonly orders: OrderCommit,
  ) {}

  static async start(
    url: string,
    changeCatalog = (catalog: CatalogReader): CatalogReader => catalog,
  ): Promise<TestHub> {
    const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS_MAX, pipeline: true });
    // Connections may still be closing when the database of the test is dropped by force.
    pool.on('error', () => undefined);
    const tasks = new TaskQueue(pool);
    for (const kind of Object.keys(KINDS)) tasks.register(kind, () => Promise.resolve([]));
    await tasks.start();
    const orders = new OrderCommit({
      store: new SqlOrderStore({
        pool,
        sourcing: new SourcingPolicies(pool),
        tasks,
        catalog: changeCatalog(new SqlCatalog(pool, () => undefined)),
      }),
      limits: LIMITS,
      cipher: new FieldCipher(KEYS),
      names: { erp: 'erp', wms: 'wms' },
      committed: () => undefined,
    });
    return new TestHub(pool, tasks, orders);
  }

  async stop(): Promise<void> {
    await this.orders.drain();
    await this.tasks.stop(1_000);
    await this.pool.end();
  }
}
