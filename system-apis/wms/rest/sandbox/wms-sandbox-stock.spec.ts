import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRecordingHub, type RecordingHub } from '../testing/recording-hub.js';
import { aRelease, SECRET, TOKEN } from '../testing/spec-support.js';
import type { WireEvent } from '../wms-rest-event.wire.js';
import type { WireReleaseResults } from '../wms-rest-release.wire.js';
import { toWireRelease } from '../wms-rest.mapper.js';
import { memoryJournal } from './journal.js';
import { startWmsSandbox, type WmsSandbox, type WmsSandboxOptions } from './wms-sandbox.js';

const NODE = 'DC-EAST';
const BOX = {
  lineId: 'box',
  sku: 'BREAKFAST-BOX',
  quantity: 2,
  components: [
    { sku: 'COFFEE', quantity: 1 },
    { sku: 'MUG', quantity: 3 },
  ],
};

describe('the stock of the sandbox warehouse', () => {
  let hub: RecordingHub;
  const running: WmsSandbox[] = [];
  beforeEach(async () => {
    hub = await startRecordingHub(SECRET);
  });
  afterEach(async () => {
    for (const sandbox of running.splice(0)) await sandbox.close();
    await hub.close();
  });

  const start = async (options: Partial<WmsSandboxOptions> = {}): Promise<WmsSandbox> => {
    const still = { pickMs: 60_000, flushMs: 2, hub: hub.url, variation: { partialShipments: 0, severalPackages: 0 } };
    const sandbox = await startWmsSandbox({ token: TOKEN, webhookSecret: SECRET, ...still, ...options });
    running.push(sandbox);
    return sandbox;
  };
  const told = async (sandbox: WmsSandbox): Promise<readonly WireEvent[]> => {
    await expect.poll(() => sandbox.untoldEvents()).toBe(0);
    return hub.taken();
  };
  it('numbers stock events by node and tells those of a node in order', async () => {
    const sandbox = await start();
    for (let units = 1; units <= 150; units += 1)
      sandbox.receiveStock({ sku: `SKU-${units % 7}`, node: units % 2 === 0 ? NODE : 'DC-WEST', quantity: units });
    const byNode = Map.groupBy(await told(sandbox), (event) => ('node' in event ? event.node : ''));
    for (const node of [NODE, 'DC-WEST'])
      expect(byNode.get(node)?.map((event) => 'sequence' in event && event.sequence)).toEqual(
        Array.from({ length: 75 }, (_, index) => index + 1),
      );
  });

  it('leaves a gap where an event is dropped, and its snapshot knows better', async () => {
    const sandbox = await start();
    sandbox.receiveStock({ sku: 'MUG', node: NODE, quantity: 5 });
    sandbox.dropStockEvents(1);
    sandbox.tellStock({ type: 'stock.adjusted', sku: 'MUG', node: NODE, quantity: -2, reason: 'BROKEN' });
    sandbox.receiveStock({ sku: 'MUG', node: NODE, quantity: 1 });
    expect((await told(sandbox)).map((event) => 'sequence' in event && event.sequence)).toEqual([1, 3]);
    expect(sandbox.stock(NODE)).toEqual({ positions: [{ sku: 'MUG', onHand: 4, qualityHold: 0 }], sequence: 3 });
  });

  it('takes the same event once, by its document or its id', async () => {
    const sandbox = await start();
    for (let times = 0; times < 2; times += 1) {
      sandbox.receiveStock({ document: 'PO-1', sku: 'MUG', node: NODE, quantity: 5 });
      sandbox.tellStock({ id: 'A-1', type: 'stock.adjusted', sku: 'MUG', node: NODE, quantity: 1 });
    }
    sandbox.receiveStock({ document: 'PO-1', sku: 'COFFEE', node: NODE, quantity: 5 });
    expect(onHand(sandbox)).toEqual({ MUG: 6, COFFEE: 5 });
    expect(await told(sandbox)).toHaveLength(3);
  });

  it('refuses what it could not tell', async () => {
    const sandbox = await start();
    const nothing = { type: 'stock.adjusted', sku: 'MUG', node: NODE, quantity: 0 } as const;
    expect(() => sandbox.tellStock(nothing)).toThrow('Must not be 0');
    expect(() => sandbox.receiveStock({ sku: 'MUG', node: NODE, quantity: 1, unit: 'CASE' })).toThrow(RangeError);
    expect(sandbox.stock(NODE)).toEqual({ positions: [], sequence: 0 });
  });

  it('ships a kit as one unit of its line, its components off the stock, and says the lots', async () => {
    const sandbox = await start({
      openingStock: [
        { node: NODE, sku: 'COFFEE', quantity: 1, lot: 'L1', expiresOn: '2027-01-31' },
        { node: NODE, sku: 'COFFEE', quantity: 5, lot: 'L2', expiresOn: '2027-06-30' },
        { node: NODE, sku: 'MUG', quantity: 10 },
      ],
    });
    const id = await release(sandbox, { ...BOX, lots: [{ sku: 'COFFEE', lot: 'L2', quantity: 1 }] });
    sandbox.workUntil(id, 'ship');
    expect(onHand(sandbox)).toEqual({ COFFEE: 4, MUG: 4 });
    const shipped = (await told(sandbox)).flatMap((event) =>
      event.type === 'fulfillment.shipped' ? event.packages.flatMap(({ items }) => items) : [],
    );
    expect(shipped).toEqual([
      {
        lineId: 'box',
        quantity: 2,
        lots: [
          { sku: 'COFFEE', lot: 'L2', quantity: 1 },
          { sku: 'COFFEE', lot: 'L1', quantity: 1 },
        ],
      },
    ]);
  });

  it('names the component that a short pick missed, and has it no more', async () => {
    const openingStock = [
      { node: NODE, sku: 'COFFEE', quantity: 2 },
      { node: NODE, sku: 'MUG', quantity: 6 },
    ];
    const sandbox = await start({
      openingStock,
      variation: { partialShipments: 0, severalPackages: 0, shortPicks: 1 },
    });
    const id = await release(sandbox, BOX);
    sandbox.workUntil(id, 'ship');
    expect(await told(sandbox)).toMatchObject([
      { type: 'fulfillment.picked', lines: [{ lineId: 'box', quantity: 1 }] },
      { type: 'fulfillment.short_picked', lines: [{ lineId: 'box', quantity: 1, sku: 'COFFEE' }] },
      { type: 'fulfillment.packed' },
      { type: 'fulfillment.shipped' },
    ]);
    expect(onHand(sandbox)).toEqual({ COFFEE: 0, MUG: 3 });
  });

  it('rejects a kit of which it does not keep a component', async () => {
    const sandbox = await start({ unknownSkus: ['MUG'] });
    await expect(release(sandbox, BOX)).rejects.toThrow('The item MUG is not kept here.');
  });

  it('has the same stock after a restart, and begins once', async () => {
    const journal = memoryJournal();
    const openingStock = [{ node: NODE, sku: 'COFFEE', quantity: 9, lot: 'L1' }];
    const first = await start({ journal, openingStock });
    first.tellStock({ type: 'stock.held', sku: 'COFFEE', node: NODE, quantity: 2 });
    first.dropStockEvents(1);
    first.tellStock({ type: 'stock.adjusted', sku: 'COFFEE', node: NODE, quantity: -1 });
    first.workUntil(await release(first, { ...BOX, quantity: 1 }), 'ship');
    await told(first);
    const second = await start({ journal, openingStock });
    expect(second.stock(NODE)).toEqual(first.stock(NODE));
    expect(onHand(second)).toEqual({ COFFEE: 7, MUG: 0 });
    expect(second.stock(NODE).sequence).toBe(2);
  });

  it('tells nothing with the time of a snapshot that does not contain it', async () => {
    const sandbox = await start();
    const headers = { authorization: `Bearer ${TOKEN}` };
    for (let round = 0; round < 20; round += 1) {
      const answer = await fetch(`${sandbox.url}/v1/stock?node=${NODE}`, { headers });
      const { asOf } = (await answer.json()) as { readonly asOf: string };
      sandbox.receiveStock({ id: `after-${asOf}`, sku: 'MUG', node: NODE, quantity: 1 });
    }
    for (const event of await told(sandbox)) expect(event.occurredAt > event.id.slice('after-'.length)).toBe(true);
  });
});

function onHand(sandbox: WmsSandbox): Record<string, number> {
  return Object.fromEntries(sandbox.stock(NODE).positions.map((position) => [position.sku, position.onHand]));
}

/** Releases one line; throws what the warehouse said when it did not take it. */
async function release(sandbox: WmsSandbox, line: object): Promise<string> {
  const sent = toWireRelease(aRelease());
  const answer = await fetch(`${sandbox.url}/v1/releases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ releases: [{ ...sent, lines: [line] }] }),
  });
  const [result] = ((await answer.json()) as WireReleaseResults).results;
  if (result?.outcome === 'REJECTED') throw new Error(result.reason);
  return sent.fulfillmentOrderId;
}
