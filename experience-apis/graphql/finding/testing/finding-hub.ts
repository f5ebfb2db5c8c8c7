import { setTimeout as sleep } from 'node:timers/promises';
import { fieldOf, startGraphHub, type GraphHub } from '../../spec-support.js';

/** A hub with four orders, and the instants between what happened to the first. */
export interface FindingHub extends GraphHub {
  readonly instants: { readonly before: string; readonly accepted: string; readonly shipped: string };
  idOf(channel: string, reference: string): Promise<string>;
  search(text: string, wish?: object): Promise<readonly Hit[]>;
}

export interface Hit {
  readonly kind: string;
  readonly matched: string;
  readonly exact: boolean;
  readonly subject: { readonly reference?: string; readonly sku?: string };
}

/**
 * A-100 is shipped; A-101 and 0000300 wait for the ERP, and B-200 for a person besides: `ada` took over what concerns finance, and
 * nobody what concerns fraud; what concerned the catalogue is left. All are indexed.
 */
export async function startFindingHub(): Promise<FindingHub> {
  const hub = await startGraphHub();
  const idOf = async (channel: string, reference: string) => (await hub.orders.order(channel, reference)).id;
  const before = await instantOf(hub);
  await hub.orders.accept('amazon-de', ['A-100']);
  const accepted = await instantOf(hub);
  await hub.orders.fulfill('amazon-de', 'A-100');
  const shipped = await instantOf(hub);
  const parties = { buyer: { name: 'Bob', email: 'Bob@Example.org' } };
  await hub.orders.accept('shop-eu', ['A-101', 'B-200', '0000300'], { parties, placedAt: '2026-02-01T00:00:00.000Z' });
  const held = { by: 'ID', orderId: await idOf('shop-eu', 'B-200') } as const;
  await hub.orders.tell('operator', held, {
    kind: 'HoldPlaced',
    hold: 'FRAUD',
    reason: 'looks odd',
    by: 'operator:ada',
  });
  await raiseExceptions(hub, held.orderId);
  await hub.index();
  const search = async (text: string, wish = {}): Promise<readonly Hit[]> => {
    const answer = await hub.post(
      `query ($text: String!) { search(text: $text) {
         hits { kind matched exact subject { ... on Order { reference } ... on Item { sku } } } more kindsTried } }`,
      { text },
      wish,
    );
    return (fieldOf(answer, 'search') as { hits: readonly Hit[] }).hits;
  };
  return { ...hub, idOf, search, instants: { before, accepted, shipped } };
}

async function raiseExceptions({ pool }: GraphHub, orderId: string): Promise<void> {
  await pool.query(
    `insert into exception (id, key, category, group_key, status, severity, owner, assigned_to, sentence, scope, order_id, subject, due_at)
     select gen_random_uuid(), 'test/' || e.owner, 'FRAUD_HOLD', 'g', e.status, 'LOW', e.owner, e.taken_by, 'A test.', 'shop-eu', $1::uuid,
            jsonb_build_object('orderId', $1::uuid), now()
     from (values ('FRAUD', 'OPEN', null), ('FINANCE', 'OPEN', 'ada'), ('CATALOG', 'IGNORED', 'bob'), ('FULFILLMENT', 'RESOLVED', 'ada'))
       as e (owner, status, taken_by)`,
    [orderId],
  );
}

/** The instant that has just passed in the database: the next commit is recorded in another millisecond. */
export async function instantOf({ pool }: Pick<GraphHub, 'pool'>): Promise<string> {
  const { rows } = await pool.query<{ at: Date }>('select clock_timestamp() as at');
  await sleep(3);
  return rows[0]?.at.toISOString() ?? '';
}
