import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf, startGraphHub, type Answer, type GraphHub, type TokenWish } from '../spec-support.js';

const HOUSE = ['stock:read', 'availability:read', 'orders:read', 'exceptions:read', 'policies:read'];

let hub: GraphHub;

beforeAll(async () => {
  hub = await startGraphHub();
  await hub.orders.accept('shop-eu', ['R-1', 'R-2']);
});
afterAll(() => hub.close());

function send(query: string, variables: object = {}, wish: TokenWish = { scopes: HOUSE }): Promise<Answer> {
  return hub.post(query, variables, wish);
}

async function ask(query: string, field: string, variables: object = {}, wish?: TokenWish): Promise<unknown> {
  return fieldOf(await send(query, variables, wish), field);
}

async function codeOf(query: string, wish?: TokenWish): Promise<string | undefined> {
  return (await send(query, {}, wish)).errors?.[0]?.extensions.code;
}

describe('items in the graph', () => {
  it('shows one with all that belongs to it', async () => {
    console.log(JSON.stringify(await send('{ items(first: 3) { edges { node { id sku title category brand baseUnit tracking active releaseAt components { sku quantity } positions(first: 2) { id sku node onHand } listings(first: 2) { id channel listingSku sku unit } publications(first: 2) { id told } } } } }')).slice(0, 900));
    console.log(JSON.stringify(await send('{ channels { id key name kind active shortage tier preOrder system { name kind state } lastMessageAt lastOrderAt openOrders openExceptions listings } fulfillmentNodes { id key name kind country active priority timeZone cutOff workingDays unitsPerDay unitsToday } }')).slice(0, 1900));
    console.log(JSON.stringify(await send('{ systems { name kind state reason since lastMessageAt openExceptions channels { key } backlog { kind } operations { id system operation write tier timeoutMs concurrencyMax rate { name perSecond burst tokens pausedUntil perAccount } budgets { name } breaker { state since lastError failures openMs } paused pausedReason changedBy changedAt } } }')).slice(0, 1900));
  });
});
