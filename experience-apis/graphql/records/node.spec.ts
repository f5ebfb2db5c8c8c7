import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplayDesk } from '../../../process-apis/replay/index.js';
import type { Order } from '../../../src/model/order.js';
import { recordAudit } from '../../../src/platform/audit/index.js';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from '../spec-support.js';
import { globalId, readGlobalId } from './global-id.js';
import { NODES_MAX } from './node.resolver.js';

const ALL = [
  'orders:read',
  'exceptions:read',
  'operations:read',
  'replay:run',
  'stock:read',
  'availability:read',
  'policies:read',
  'audit:read',
];

/** Each kind of record with its id, the scope that its own fields need, and whether a channel's token may see it. */
interface Kind {
  readonly typename: string;
  readonly id: string;
  readonly scope: string;
  readonly ofChannel: boolean;
}

let hub: GraphHub;
let order: Order;
let kinds: readonly Kind[];

const kind = (typename: string, id: string | undefined, scope: string, ofChannel = false): Kind => ({
  typename,
  id: id ?? '',
  scope,
  ofChannel,
});

beforeAll(async () => {
  hub = await startGraphHub();
  hub.intake.register('test', () => ({ outcome: 'IGNORED', reason: 'NOT_RELEVANT', detail: 'Nothing to do.' }));
  await hub.orders.accept('shop-eu', ['N-1', 'N-2']);
  order = await hub.orders.fulfill('shop-eu', 'N-1');
  const account = { id: 'shop-eu', kind: 'test', name: 'shop-eu', active: true, settings: {} };
  await hub.intake.receive({ account, topic: 'noise', messageId: 'm-1', body: Buffer.from('') });
  const replay = await new ReplayDesk(hub.pool).start({
    kind: 'MESSAGES',
    selection: { channel: 'shop-eu' },
    dryRun: true,
    perSecond: 1,
    actor: 'ada',
  });
  await hub.pool.query(
    `insert into publication (channel, listing_sku, wanted, cause) values ('shop-eu', 'L-SKU-1', 4, 'c')`,
  );
  await hub.pool.query(`insert into exception (id, key, category, group_key, severity, owner, sentence, scope, due_at)
    values ('0199aaaa-0000-7000-8000-000000000001', 'k', 'LATE', 'g', 'LOW', 'INTEGRATION', 'late', 'shop-eu', now())`);
  await hub.pool.query(`insert into drift_run (id, system, subject, trigger)
    values ('0199aaaa-0000-7000-8000-000000000002', 'ERP', 'dc-north', 'DEMAND')`);
  await hub.pool.query(
    `insert into alert (id, version, state, order_id, reference, channel, stage, wait_key, since, raised_at, due_at)
     values ('0199aaaa-0000-7000-8000-000000000003', 1, 'WARNING', $1, 'N-1', 'shop-eu', 'BILLING', 'w', now(), now(), now())`,
    [order.id],
  );
  await recordAudit(hub.pool, {
    actor: 'ada',
    action: 'CANCEL',
    subjectType: 'order',
    subjectId: order.id,
    input: {},
    outcome: 'DONE',
  });
  const idOf = async (from: string): Promise<string> =>
    (await hub.pool.query<{ id: string }>(`select id from ${from} limit 1`)).rows[0]?.id ?? '';
  const { lines, fulfillmentOrders, shipments } = order;
  kinds = [
    kind('Order', order.id, 'orders:read', true),
    kind('OrderLine', lines[0]?.id, 'orders:read', true),
    kind('FulfillmentOrder', fulfillmentOrders[0]?.id, 'orders:read', true),
    kind('Shipment', shipments[0]?.id, 'orders:read', true),
    kind('Package', shipments[0]?.packages[0]?.id, 'orders:read', true),
    kind('Exception', await idOf('exception'), 'exceptions:read', true),
    kind('Alert', await idOf('alert'), 'exceptions:read', true),
    kind('AuditEntry', await idOf("audit where action = 'CANCEL'"), 'audit:read'),
    kind('StoredMessage', await idOf('message'), 'operations:read'),
    kind('DriftRun', await idOf('drift_run'), 'operations:read'),
    kind('Task', await idOf(`pgboss.job where name = 'erp.post-sales-order'`), 'operations:read'),
    kind('ReplayRun', replay.id, 'replay:run'),
    kind('Item', globalId('Item', 'SKU-1'), 'stock:read'),
    kind('Listing', globalId('Listing', 'shop-eu', 'L-SKU-1'), 'stock:read'),
    kind('FulfillmentNode', globalId('FulfillmentNode', 'dc-north'), 'stock:read'),
    kind('Position', globalId('Position', 'SKU-1', 'dc-north'), 'stock:read'),
    kind('Channel', globalId('Channel', 'shop-eu'), 'stock:read', true),
    kind('Publication', globalId('Publication', 'shop-eu', 'L-SKU-1'), 'availability:read', true),
    kind('Operation', globalId('Operation', 'bank', 'Accounts.create'), 'policies:read'),
  ];
});
afterAll(() => hub.close());

async function nodes(ids: readonly string[], wish: TokenWish = { scopes: ALL }): Promise<readonly unknown[]> {
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
  const answer: Answer = await hub.post(query, { ids }, wish);
  return fieldOf(answer, 'nodes') as readonly unknown[];
}

const shown = (some: readonly Kind[]) => some.map(({ typename, id }) => ({ __typename: typename, id }));

const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('any record by its id', () => {
  it('is found, whatever its kind, in the order of the ids', async () => {
    expect(kinds.map(({ id }) => id)).not.toContain('');
    expect(await nodes(kinds.map(({ id }) => id))).toEqual(shown(kinds));
    const reversed = kinds.toReversed();
    expect(await nodes([...reversed.map(({ id }) => id), 'x', order.id])).toEqual([
      ...shown(reversed),
      null,
      { __typename: 'Order', id: order.id },
    ]);
    const one = await hub.post(
      `{ node(id: "${order.id.toUpperCase()}") { id ... on Order { reference lines { id } status } } }`,
      {},
      { scopes: ALL },
    );
    expect(fieldOf(one, 'node')).toMatchObject({ id: order.id, reference: 'N-1', status: 'SHIPPED' });
  });

  it('is every type that the schema says is a node', async () => {
    const introspecting = { scopes: ['graphql:introspect', 'graphql:arbitrary'] };
    const answer = await hub.post('{ __type(name: "Node") { possibleTypes { name } } }', {}, introspecting);
    const { possibleTypes } = fieldOf(answer, '__type') as { possibleTypes: { name: string }[] };
    expect(kinds.map(({ typename }) => typename).toSorted()).toEqual(possibleTypes.map(({ name }) => name).toSorted());
  });

  it('is seen by nobody without the scope of its own fields', async () => {
    for (const { typename, id, scope } of kinds) {
      expect([typename, await nodes([id], { scopes: [scope] })]).toEqual([typename, [{ __typename: typename, id }]]);
      const others = ALL.filter((other) => other !== scope);
      expect([typename, await nodes([id], { scopes: others })]).toEqual([typename, [null]]);
    }
  });

  it('is seen by a channel only where it is its own', async () => {
    const ids = kinds.map(({ id }) => id);
    expect(await nodes(ids, { scopes: ALL, channel: 'shop-eu' })).toEqual(
      kinds.map(({ typename, id, ofChannel }) => (ofChannel ? { __typename: typename, id } : null)),
    );
    expect(await nodes(ids, { scopes: ALL, channel: 'amazon-de' })).toEqual(ids.map(() => null));
  });

  it('is read in a fixed number of statements, and of at most a hundred ids', async () => {
    const uuids = kinds.filter(({ id }) => id.includes('-')).map(({ id }) => id);
    const one = await hub.countStatements(() => nodes([order.id]));
    const many = await hub.countStatements(() => nodes([...uuids, order.lines[1]?.id ?? '']));
    // The orders of parts are read besides.
    expect(many.length).toBeLessThanOrEqual(one.length + 1);
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const tooMany = await hub.post(query, { ids: Array.from({ length: NODES_MAX + 1 }, String) }, { scopes: ALL });
    expect(tooMany.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('is nothing for an id that the hub did not give out', async () => {
    const wrong = [
      '',
      'x',
      made([]),
      made(['Item']),
      made(['Item', 7]),
      made(['Item', 'a', 'b']),
      made(['Item', 'a\u0000']),
      made(['Nothing', 'a']),
      made({ Item: 'a' }),
      globalId('Item', 'x'.repeat(2_000)),
      globalId('Item', 'NONE'),
      globalId('Order', order.id),
      '00000000-0000-4000-8000-000000000000',
    ];
    expect(await nodes(wrong)).toEqual(wrong.map(() => null));
    expect(readGlobalId(globalId('Position', 'SKU "1"', 'dé'))).toEqual({
      typename: 'Position',
      key: ['SKU "1"', 'dé'],
    });
  });
});
