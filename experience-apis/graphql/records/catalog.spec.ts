import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlCatalog } from '../../../process-apis/catalog/index.js';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from '../spec-support.js';

const HOUSE = ['stock:read', 'availability:read', 'orders:read', 'exceptions:read', 'policies:read'];

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  const catalog = new SqlCatalog(hub.pool, () => undefined);
  await catalog.saveItems([
    { sku: 'KIT-1', title: 'Tea for two', category: 'tea', brand: 'Ada' },
    { sku: 'LATE', title: 'Not yet', releaseAt: '2030-01-01T00:00:00.000Z', tracking: 'LOT', baseUnit: 'piece' },
  ]);
  await catalog.saveKits([{ kit: 'KIT-1', components: [{ sku: 'SKU-1', quantity: 2 }] }]);
  await catalog.saveNodes([{ id: 'store-1', name: 'Shop', kind: 'STORE', unitsPerDay: 7, country: 'DE' }]);
  await hub.pool.query(`insert into node_load values ('store-1', (now() at time zone 'UTC')::date, 3)`);
  await hub.pool.query(
    `insert into publication (channel, listing_sku, wanted, cause) values ('shop-eu', 'L-SKU-1', 4, 'c')`,
  );
  await hub.pool
    .query(`update channel_account set settings = '{"ordering": {"shortage": "SPLIT", "tier": 5}}', active = false
                        where id = 'amazon-de'`);
  await hub.orders.accept('shop-eu', ['R-1', 'R-2']);
  await hub.orders.fulfill('shop-eu', 'R-1');
});
afterAll(() => hub.close());

function send(query: string, wish: TokenWish = { scopes: HOUSE }): Promise<Answer> {
  return hub.post(query, {}, wish);
}

async function ask(query: string, field: string, wish?: TokenWish): Promise<unknown> {
  return fieldOf(await send(query, wish), field);
}

async function codeOf(query: string, wish?: TokenWish): Promise<string | undefined> {
  return (await send(query, wish)).errors?.[0]?.extensions.code;
}

const PARTS = `id sku title category brand baseUnit tracking active releaseAt components { sku quantity }
  positions { id node onHand } listings { id channel listingSku sku unit } publications { id channel wanted }`;

const itemPage = (first: number) => `{ items(first: ${first}) { edges { node { ${PARTS} } } } }`;

describe('items in the graph', () => {
  it('shows one with all that belongs to it', async () => {
    expect(await ask(`{ item(sku: "SKU-1") { ${PARTS} } }`, 'item')).toMatchObject({
      sku: 'SKU-1',
      baseUnit: 'each',
      tracking: 'NONE',
      active: true,
      components: [],
      positions: [{ node: 'dc-north' }],
      listings: [{ channel: 'amazon-de' }, { channel: 'shop-eu', listingSku: 'L-SKU-1', sku: 'SKU-1', unit: null }],
      publications: [{ channel: 'shop-eu', wanted: 4 }],
    });
    const kit = await ask(`{ item(sku: "KIT-1") { components { sku quantity } category brand } }`, 'item');
    expect(kit).toEqual({ components: [{ sku: 'SKU-1', quantity: 2 }], category: 'tea', brand: 'Ada' });
    const late = await ask(`{ item(sku: "LATE") { tracking releaseAt baseUnit } }`, 'item');
    expect(late).toEqual({ tracking: 'LOT', releaseAt: '2030-01-01T00:00:00.000Z', baseUnit: 'piece' });
    expect(await ask(`{ item(sku: "NONE") { sku } }`, 'item')).toBeNull();
  });

  it('lists them by SKU, finds them by text, category and brand, and pages', async () => {
    const skus = async (given: string) =>
      (
        (await ask(`{ items(${given}) { edges { node { sku } } } }`, 'items')) as { edges: { node: { sku: string } }[] }
      ).edges.map(({ node }) => node.sku);
    expect(await skus('first: 100')).toEqual(['KIT-1', 'LATE', 'SKU-1', 'SKU-2']);
    expect(await skus('text: "tea FOR"')).toEqual(['KIT-1']);
    expect(await skus('text: "sku-"')).toEqual(['SKU-1', 'SKU-2']);
    expect(await skus('category: "tea", brand: "Ada"')).toEqual(['KIT-1']);
    expect(await skus('brand: "Bob"')).toEqual([]);
    const page = (await ask('{ items(first: 3) { pageInfo { hasNextPage endCursor } } }', 'items')) as {
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    expect(page.pageInfo.hasNextPage).toBe(true);
    expect(await skus(`first: 3, after: "${page.pageInfo.endCursor}"`)).toEqual(['SKU-2']);
    expect(await codeOf('{ items(first: 101) { edges { cursor } } }')).toBe('BAD_USER_INPUT');
    expect(await codeOf('{ items(text: "") { edges { cursor } } }')).toBe('BAD_USER_INPUT');
  });

  it('reads a page with all that belongs to it in a fixed number of statements', async () => {
    const few = await hub.countStatements(() => send(itemPage(1)));
    const many = await hub.countStatements(() => send(itemPage(4)));
    expect(many).toHaveLength(few.length);
    expect(many).toHaveLength(5);
  });

  it('is for the house', async () => {
    for (const query of [
      '{ item(sku: "SKU-1") { sku } }',
      '{ items { edges { cursor } } }',
      '{ fulfillmentNodes { key } }',
    ]) {
      expect(await codeOf(query, { scopes: ['orders:read'] })).toBe('SCOPE_MISSING');
      expect(await codeOf(query, { scopes: HOUSE, channel: 'shop-eu' })).toBe('NOT_FOR_CHANNELS');
    }
    const publications = '{ item(sku: "SKU-1") { publications { told } } }';
    expect(await codeOf(publications, { scopes: ['stock:read'] })).toBe('SCOPE_MISSING');
  });
});

describe('nodes in the graph', () => {
  it('shows what they are and what they were given today', async () => {
    const fields = 'key name kind country active priority timeZone cutOff workingDays unitsPerDay unitsToday';
    expect(await ask(`{ fulfillmentNodes { id ${fields} } }`, 'fulfillmentNodes')).toMatchObject([
      { key: 'dc-north', kind: 'DC', unitsPerDay: null, unitsToday: null, workingDays: [1, 2, 3, 4, 5, 6, 7] },
      { key: 'store-1', name: 'Shop', kind: 'STORE', country: 'DE', unitsPerDay: 7, unitsToday: 3, timeZone: 'UTC' },
    ]);
  });
});

describe('channels in the graph', () => {
  const fields = `key name kind active shortage tier preOrder system { name kind } lastMessageAt lastOrderAt openOrders
    openExceptions listings`;

  it('shows how they stand', async () => {
    expect(await ask(`{ channels { ${fields} } }`, 'channels')).toEqual([
      expect.objectContaining({
        key: 'amazon-de',
        active: false,
        shortage: 'SPLIT',
        tier: 5,
        preOrder: false,
        lastOrderAt: null,
        openOrders: 0,
        listings: 2,
        system: { name: 'test', kind: 'CHANNEL' },
      }),
      expect.objectContaining({
        key: 'shop-eu',
        active: true,
        shortage: 'WAIT',
        lastOrderAt: '2026-03-01T09:59:00.000Z',
        openOrders: 1,
        openExceptions: 0,
        lastMessageAt: null,
      }),
    ]);
    expect(await ask('{ channel(key: "none") { key } }', 'channel')).toBeNull();
    const statements = await hub.countStatements(() => send(`{ channels { ${fields} } }`));
    expect(statements.length).toBeLessThanOrEqual(7);
  });

  it('shows a caller that is bound to one its own, and no figures without their scopes', async () => {
    const bound = { scopes: HOUSE, channel: 'shop-eu' };
    expect(await ask('{ channels { key system { name } openOrders } }', 'channels', bound)).toEqual([
      { key: 'shop-eu', system: null, openOrders: 1 },
    ]);
    expect(await ask('{ channel(key: "amazon-de") { key } }', 'channel', bound)).toBeNull();
    const stockOnly = { scopes: ['stock:read'] };
    const query = '{ channel(key: "shop-eu") { system { name } lastOrderAt openOrders openExceptions } }';
    expect(await ask(query, 'channel', stockOnly)).toEqual({
      system: null,
      lastOrderAt: null,
      openOrders: null,
      openExceptions: null,
    });
    expect(await codeOf('{ channels { key } }', { scopes: ['orders:read'] })).toBe('SCOPE_MISSING');
  });
});

const run = (input: string) => `{ sourcingDryRun(input: ${input}) { channel asOf allocations { line node quantity }
missing { line quantity } shortages { sku missing } nodes { node rank because chosen whyNot }
excluded { node code reason } limited { sku available ats } } }`;

describe('a sourcing dry run in the graph', () => {
  it('says where an order would go', async () => {
    const input = `{channel: "shop-eu", country: "DE", postalCode: "10-115 x",
      lines: [{sku: "SKU-1", quantity: 2}, {listingSku: "L-SKU-2", quantity: 1}]}`;
    expect(await ask(run(input), 'sourcingDryRun')).toMatchObject({
      channel: 'shop-eu',
      allocations: [
        { line: 0, node: 'dc-north', quantity: 2 },
        { line: 1, node: 'dc-north', quantity: 1 },
      ],
      missing: [],
      nodes: [{ node: 'dc-north', rank: 1, chosen: true, whyNot: [] }],
      excluded: [{ node: 'store-1' }],
    });
    const collected = '{channel: "shop-eu", collectAt: "store-1", lines: [{sku: "SKU-1", quantity: 2}]}';
    expect(await ask(run(collected), 'sourcingDryRun')).toMatchObject({ missing: [{ line: 0, quantity: 2 }] });
  });

  it('says what does not fit', async () => {
    const lines = 'lines: [{sku: "SKU-1", quantity: 1}]';
    for (const input of [
      '{channel: "shop-eu", lines: []}',
      '{channel: "shop-eu", lines: [{sku: "NONE", quantity: 1}]}',
      '{channel: "shop-eu", lines: [{sku: "SKU-1", quantity: 0}]}',
      '{channel: "shop-eu", lines: [{quantity: 1}]}',
      '{channel: "shop-eu", lines: [{sku: "SKU-1", listingSku: "L", quantity: 1}]}',
      `{channel: "shop-eu", country: "Germany", ${lines}}`,
      `{channel: "shop-eu", postalCode: "1", ${lines}}`,
      `{channel: "shop-eu", collectAt: "nowhere", ${lines}}`,
    ])
      expect([input, await codeOf(run(input))]).toEqual([input, 'BAD_USER_INPUT']);
    expect(await codeOf(run(`{channel: "none", ${lines}}`))).toBe('UNKNOWN_ACCOUNT');
    const bound = { scopes: ['availability:read'], channel: 'shop-eu' };
    expect(await codeOf(run(`{channel: "shop-eu", ${lines}}`), bound)).toBe('SCOPE_MISSING');
    expect(await codeOf(run(`{channel: "shop-eu", ${lines}}`), { scopes: [] })).toBe('SCOPE_MISSING');
  });
});
