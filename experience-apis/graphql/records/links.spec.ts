import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../../src/model/order.js';
import { fieldOf, startGraphHub, type GraphHub, type TokenWish } from '../spec-support.js';
import { globalId } from './global-id.js';

const ALL = { scopes: ['orders:read', 'stock:read', 'availability:read'] };

let hub: GraphHub;
let order: Order;

beforeAll(async () => {
  hub = await startGraphHub();
  await hub.orders.accept('shop-eu', ['L-1', 'L-2', 'L-3']);
  order = await hub.orders.fulfill('shop-eu', 'L-1');
  await hub.orders.fulfill('shop-eu', 'L-2');
  await hub.pool.query(
    `insert into publication (channel, listing_sku, wanted, cause) values ('shop-eu', 'L-SKU-1', 4, 'c')`,
  );
});
afterAll(() => hub.close());

async function nodes(ids: readonly string[], wish: TokenWish = ALL): Promise<unknown> {
  const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename
    ... on OrderLine { order { reference } item { sku } } ... on FulfillmentOrder { order { reference } }
    ... on Shipment { order { reference } } ... on Package { order { reference } }
    ... on Position { item { sku } } ... on Listing { item { sku } } ... on Publication { item { sku } } } }`;
  return fieldOf(await hub.post(query, { ids }, wish), 'nodes');
}

const partsOf = ({ lines, fulfillmentOrders, shipments }: Order): readonly string[] =>
  [lines[0]?.id, fulfillmentOrders[0]?.id, shipments[0]?.id, shipments[0]?.packages[0]?.id].flatMap((id) => id ?? []);

const statementsOfPage = (first: number): Promise<readonly string[]> =>
  hub.countStatements(async () => {
    const links = 'lines { order { id } item { title } } shipments { order { id } }';
    const { errors } = await hub.post(`{ orders(first: ${first}) { edges { node { ${links} } } } }`, {}, ALL);
    expect(errors).toBeUndefined();
  });

const ofOrder = { order: { reference: 'L-1' } };

describe('a part of an order', () => {
  it('leads to its order, and a line to its item', async () => {
    expect(await nodes(partsOf(order))).toEqual([
      { __typename: 'OrderLine', ...ofOrder, item: { sku: 'SKU-1' } },
      { __typename: 'FulfillmentOrder', ...ofOrder },
      { __typename: 'Shipment', ...ofOrder },
      { __typename: 'Package', ...ofOrder },
    ]);
  });

  it('leads its channel to the order, and nobody without the scope to the item', async () => {
    const line = partsOf(order).slice(0, 1);
    const shown = [{ __typename: 'OrderLine', ...ofOrder, item: null }];
    expect(await nodes(line, { ...ALL, channel: 'shop-eu' })).toEqual(shown);
    expect(await nodes(line, { scopes: ['orders:read'] })).toEqual(shown);
    expect(await nodes(line, { ...ALL, channel: 'amazon-de' })).toEqual([null]);
  });

  it('costs as many statements for a page of orders as for one', async () => {
    expect(await statementsOfPage(3)).toHaveLength((await statementsOfPage(1)).length);
  });

  it('cannot be followed in circles', async () => {
    const circles = [
      `{ order(id: "${order.id}") { lines { order { shipments { order { id } } } } } }`,
      `{ order(id: "${order.id}") { ...Lap } } fragment Lap on Order { lines { order { ...Parts } } }
       fragment Parts on Order { fulfillmentOrders { order { id } } }`,
    ];
    for (const circle of circles)
      expect((await hub.post(circle, {}, ALL)).errors?.[0]?.message).toContain('operation costs');
    const { errors } = await hub.post(
      `{ order(id: "${order.id}") { ...Line lines { order { ...Line } } } } fragment Line on Order { lines { id } }`,
      {},
      ALL,
    );
    expect(errors).toBeUndefined();
  });
});

describe('stock', () => {
  it('leads to its item', async () => {
    const ids = [
      globalId('Position', 'SKU-1', 'dc-north'),
      globalId('Listing', 'shop-eu', 'L-SKU-1'),
      globalId('Publication', 'shop-eu', 'L-SKU-1'),
    ];
    const item = { sku: 'SKU-1' };
    expect(await nodes(ids)).toEqual([
      { __typename: 'Position', item },
      { __typename: 'Listing', item },
      { __typename: 'Publication', item },
    ]);
    expect(await nodes(ids.slice(2), { ...ALL, channel: 'shop-eu' })).toEqual([
      { __typename: 'Publication', item: null },
    ]);
  });
});
