import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StockIntake } from '../../../process-apis/availability/index.js';
import type { StockFact } from '../../../src/model/stock.js';
import { fieldOf, startGraphHub, type GraphHub } from '../spec-support.js';
import { instantOf } from './testing/finding-hub.js';

const ALL = { scopes: ['availability:read', 'stock:read'] };

let hub: GraphHub;
let [empty, five, three] = ['', '', ''];

beforeAll(async () => {
  hub = await startGraphHub();
  await hub.pool.query(`insert into item (sku, title) values ('P', 'Past')`);
  await hub.pool.query(`insert into listing (channel, listing_sku, sku) values ('shop-eu', 'L-P', 'P')`);
  empty = await instantOf(hub);
  await receive({ kind: 'RECEIVED', quantity: 5 });
  await hub.pool.query(
    `insert into told_quantity (channel, listing_sku, quantity, cause, outcome) values ('shop-eu', 'L-P', 5, 'a', 'ACCEPTED')`,
  );
  five = await instantOf(hub);
  await receive({ kind: 'ADJUSTED', quantity: -2, reason: 'DAMAGE' });
  await hub.pool.query(
    `insert into told_quantity (channel, listing_sku, quantity, cause, outcome)
     values ('shop-eu', 'L-P', 3, 'b', 'ACCEPTED'), ('shop-eu', 'L-P', 99, 'c', 'REFUSED')`,
  );
  three = await instantOf(hub);
});

afterAll(() => hub.close());

async function receive(fact: object): Promise<void> {
  const occurredAt = new Date().toISOString();
  const given = { id: `wms/${JSON.stringify(fact)}`, source: 'wms', sku: 'P', node: 'dc-north', occurredAt, ...fact };
  await new StockIntake(hub.pool, () => undefined).receive([given as unknown as StockFact]);
}

const asked = (asOf: string): string => `asOf: "${asOf}"`;

async function positionOf(asOf: string, fields: string): Promise<unknown> {
  return fieldOf(
    await hub.post(`{ position(sku: "P", node: "dc-north", ${asked(asOf)}) { ${fields} } }`, {}, ALL),
    'position',
  );
}

async function availabilityOf(given: string): Promise<unknown> {
  return fieldOf(
    await hub.post(
      `{ availability(channel: "shop-eu", skus: ["P"], listings: ["L-P"]${given}) {
         asOf basis items { sku available status told { quantity } } } }`,
      {},
      ALL,
    ),
    'availability',
  );
}

describe('a position of the past', () => {
  it('is the sum of its movements until then, with those alone', async () => {
    const fields = 'onHand atp asOf movements { edges { node { delta } } }';
    expect(await positionOf(empty, fields)).toBeNull();
    expect(await positionOf(five, fields)).toEqual({
      onHand: 5,
      atp: 5,
      asOf: five,
      movements: { edges: [{ node: { delta: 5 } }] },
    });
    expect(await positionOf(three, fields)).toMatchObject({
      onHand: 3,
      movements: { edges: [{ node: { delta: -2 } }, { node: { delta: 5 } }] },
    });
  });

  it('says what cannot be rebuilt, and is not of the future', async () => {
    const supply = await hub.post(
      `{ position(sku: "P", node: "dc-north", ${asked(five)}) { expectedSupply { id } lots { lot } } }`,
      {},
      ALL,
    );
    expect(supply.errors).toMatchObject([{ extensions: { code: 'NOT_REBUILT' } }]);
    const future = await hub.post(
      `{ position(sku: "P", node: "dc-north", ${asked('2999-01-01T00:00:00Z')}) { onHand } }`,
      {},
      ALL,
    );
    expect(future.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('availability of the past', () => {
  it('is what could be sold then, with what the channel had been told', async () => {
    expect(await availabilityOf(`, ${asked(empty)}`)).toEqual({
      asOf: empty,
      basis: 'REBUILT',
      items: [
        { sku: 'P', available: 0, status: 'NOT_AVAILABLE', told: null },
        { sku: 'P', available: 0, status: 'NOT_AVAILABLE', told: null },
      ],
    });
    expect(await availabilityOf(`, ${asked(five)}`)).toMatchObject({
      items: [
        { available: 5, told: null },
        { available: 5, told: { quantity: 5 } },
      ],
    });
    expect(await availabilityOf(`, ${asked(three)}`)).toMatchObject({
      items: [{ available: 3 }, { available: 3, told: { quantity: 3 } }],
    });
    expect(await availabilityOf('')).toMatchObject({
      basis: 'CURRENT',
      items: [{ available: 3 }, { available: 3, told: { quantity: 3 } }],
    });
  });

  it('looks back or ahead, not both', async () => {
    const { errors } = await hub.post(
      `{ availability(channel: "shop-eu", skus: ["P"], date: "2999-01-01", ${asked(five)}) { asOf } }`,
      {},
      ALL,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
