import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateKeyRing, KeyRing } from '../../src/platform/crypto/key-ring.js';
import type { TaskHandler, TaskQueue } from '../../src/platform/jobs/index.js';
import { SeededOrders } from '../../test/support/seed-orders.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { openTestPool } from '../../test/support/test-pool.js';
import type { ErpPort, PostedSalesOrder, PostSalesOrder } from '../../system-apis/erp/erp.port.js';
import { ErpTasks } from './erp.tasks.js';

const CHANNEL = 'shop-eu';
const ANSWERS_AFTER_MS = 20;

let database: TestDatabase;
let pool: pg.Pool;
let orders: SeededOrders;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openTestPool(database.url, 6);
  orders = await SeededOrders.open(pool, KeyRing.parse(generateKeyRing('test')), 'erp');
});

afterAll(async () => {
  await orders.close();
  await pool.end();
  await database.drop();
});

it('a dead letter run again and a person’s retry of the same posting, in one batch, post it once', async () => {
  await orders.accept(CHANNEL, ['TWICE', 'ONCE']);
  const posted: string[] = [];
  const erp: Pick<ErpPort, 'system' | 'postSalesOrder'> = {
    system: 'erp',
    postSalesOrder: async ({ orderId, lines }: PostSalesOrder): Promise<PostedSalesOrder> => {
      posted.push(orderId);
      await new Promise((resolve) => setTimeout(resolve, ANSWERS_AFTER_MS));
      return {
        salesOrder: `SO-${posted.length}`,
        items: Object.fromEntries(lines.map(({ lineId }) => [lineId, '10'])),
      };
    },
  };
  const handlers = new Map<string, TaskHandler>();
  new ErpTasks(erp as ErpPort, orders.commit, orders.reader).register({
    register: (kind: string, handler: TaskHandler) => void handlers.set(kind, handler),
  } as TaskQueue);
  const ids = await Promise.all(
    ['TWICE', 'TWICE', 'ONCE', 'NONE'].map(async (reference) => {
      return (await orders.reader.byReference(CHANNEL, reference))?.id ?? '00000000-0000-7000-8000-000000000000';
    }),
  );
  const tasks = ids.map((orderId, index) => {
    return {
      kind: 'erp.post-sales-order',
      key: `${orderId}/${index}`,
      payload: { orderId },
      attempt: 5,
      lastTry: false,
    };
  });
  const results = await handlers.get('erp.post-sales-order')?.(tasks);
  expect(results?.map(({ outcome }) => outcome)).toEqual(['DONE', 'DONE', 'DONE', 'DEAD']);
  expect(posted.toSorted()).toEqual([...new Set(ids.slice(0, 3))].toSorted());
});
