import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, startGraphHub, type GraphHub } from './spec-support.js';

const FEW = 3;
const MANY = 30;
const SCOPES = ['orders:read', 'exceptions:read', 'operations:read', 'stock:read', 'audit:read'];

/** All that hangs on an order and is read by statements of its own. */
const ORDER = `reference updatedAt timeline(first: 3) { type } crossReferences { kind } parties { masked } tasks(first: 2) { id }
  messages(first: 2) { id } facts(first: 2) { messageId } exceptions(first: 2) { history(first: 2) { type } evidence { what } }
  lineage(first: 2) { fact message { id } } lines { item { title } }`;

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  const references = Array.from({ length: MANY }, (_, index) => `MANY-${index}`);
  await hub.orders.accept('shop-eu', references);
  const { rows } = await hub.pool.query<{ id: string; reference: string }>('select id, reference from orders');
  const [orders, ids] = [rows.map(({ id }) => id), rows.map(() => randomUUIDv7())];
  await hub.pool.query(
    `insert into alert (id, version, state, order_id, reference, channel, stage, wait_key, since, raised_at, due_at)
     select a.id, 1, 'WARNING', a.order_id, 'r', 'shop-eu', 'BILLING', 'w', now(), now(), now()
     from unnest($1::uuid[], $2::uuid[]) as a (id, order_id)`,
    [ids, orders],
  );
  await hub.pool.query(
    `insert into exception (id, key, category, group_key, severity, owner, sentence, scope, order_id, subject, due_at)
     select e.id, 'k-' || e.id, 'LATE', 'g', 'LOW', 'INTEGRATION', 'late', 'shop-eu', e.order_id,
            jsonb_build_object('orderId', e.order_id), now()
     from unnest($1::uuid[], $2::uuid[]) as e (id, order_id)`,
    [ids, orders],
  );
  await hub.index();
});
afterAll(() => hub.close());

const node = (fields: string): string => `{ edges { node { ${fields} } } }`;

describe('a list with all that hangs on its records', () => {
  it.each([
    ['orders', (first: number) => `{ orders(first: ${first}) ${node(ORDER)} }`],
    ['orders by what follows the log', (first: number) => `{ orders(first: ${first}, sort: DUE) ${node(ORDER)} }`],
    ['alerts', (first: number) => `{ alerts(first: ${first}) ${node(`sentence order { ${ORDER} }`)} }`],
    ['exceptions', (first: number) => `{ exceptions(first: ${first}) ${node(`sentence order { ${ORDER} }`)} }`],
    ['tasks', (first: number) => `{ tasks(first: ${first}) ${node(`key order { ${ORDER} }`)} }`],
    [
      'search',
      (first: number) =>
        `{ search(text: "MANY-", first: ${first}) { hits { subject { ... on Order { ${ORDER} } } } } }`,
    ],
  ])('of %s costs as many statements with thirty as with three', async (_, query) => {
    const asked = async (first: number): Promise<readonly string[]> =>
      hub.countStatements(async () => {
        const answer = await hub.post(query(first), {}, { scopes: SCOPES });
        const [field = ''] = Object.keys(answer.data ?? {});
        const found = JSON.stringify(fieldOf(answer, field)).match(/"reference":"MANY-/g) ?? [];
        expect(found).toHaveLength(first);
      });
    expect((await asked(MANY)).length).toBe((await asked(FEW)).length);
  });
});
