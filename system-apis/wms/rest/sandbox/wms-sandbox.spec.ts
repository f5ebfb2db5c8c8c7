import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRecordingHub, type RecordingHub } from '../testing/recording-hub.js';
import { aRelease, SECRET, TOKEN } from '../testing/spec-support.js';
import type { WireEvent } from '../wms-rest-event.wire.js';
import type { WireReleaseResults } from '../wms-rest-release.wire.js';
import { toWireRelease } from '../wms-rest.mapper.js';
import { memoryJournal } from './journal.js';
import { startWmsSandbox, type WmsSandbox, type WmsSandboxOptions } from './wms-sandbox.js';

const release = async (sandbox: WmsSandbox, count: number): Promise<readonly string[]> => {
  const releases = Array.from({ length: count }, () => toWireRelease(aRelease()));
  const answer = await fetch(`${sandbox.url}/v1/releases`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ releases }),
  });
  const { results } = (await answer.json()) as WireReleaseResults;
  return results.map(({ fulfillmentOrderId }) => fulfillmentOrderId);
};

const allTold = async (sandbox: WmsSandbox): Promise<void> => {
  await expect
    .poll(() => sandbox.untoldEvents() === 0 && sandbox.releases().every(({ status }) => status === 'SHIPPED'), {
      timeout: 5_000,
      interval: 10,
    })
    .toBe(true);
};

describe('the sandbox warehouse', () => {
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
    const fast = { pickMs: 0, packMs: 0, shipMs: 0, flushMs: 2, hub: hub.url };
    const sandbox = await startWmsSandbox({ token: TOKEN, webhookSecret: SECRET, ...fast, ...options });
    running.push(sandbox);
    return sandbox;
  };

  it('tells of many releases in few messages, in order within each', async () => {
    const sandbox = await start();
    const ids = await release(sandbox, 100);
    await allTold(sandbox);
    expectInOrder(hub.taken(), ids);
    expect(hub.messages.length).toBeLessThan(hub.taken().length / 5);
  });

  it('repeats a message with the same id until the hub takes it, and keeps the order', async () => {
    let failures = 6;
    hub.answer = () => {
      failures -= 1;
      if (failures < 0) return { status: 204 };
      return failures % 2 === 0 ? { status: 503 } : null;
    };
    const sandbox = await start();
    const ids = await release(sandbox, 20);
    await allTold(sandbox);
    expectInOrder(hub.taken(), ids);
    const failed = hub.messages.filter(({ status }) => status !== 204);
    expect(failed).toHaveLength(6);
    for (const { id, body } of failed) expect(hub.messages).toContainEqual({ id, body, status: 204 });
  });

  it('goes on where it was after a restart, with the same events', async () => {
    const journal = memoryJournal();
    hub.answer = () => ({ status: 503 });
    const first = await start({ journal, shipMs: 60_000 });
    const ids = await release(first, 10);
    await expect.poll(() => first.releases().every(({ status }) => status === 'PACKED')).toBe(true);
    await first.close();

    hub.answer = () => ({ status: 204 });
    const continued = copyOf(journal);
    const second = await start({ journal: continued });
    await allTold(second);
    // A message of the closing warehouse may have reached the hub too: the same events, under the same ids.
    const told = new Map(hub.taken().map((event) => [event.id, event]));
    for (const event of hub.taken()) expect(event).toEqual(told.get(event.id));
    expectInOrder([...told.values()], ids);
    expect(second.shipments().length).toBeGreaterThanOrEqual(10);

    const messages = hub.messages.length;
    const third = await start({ journal: copyOf(continued) });
    expect(third.releases()).toEqual(second.releases());
    expect(third.untoldEvents()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hub.messages.length).toBe(messages);
  });

  it('keeps no address of a buyer in its journal', async () => {
    const journal = memoryJournal();
    await release(await start({ journal }), 1);
    expect(JSON.stringify(journal.entries())).not.toContain('Erika');
  });

  it('sets the events aside that the hub names and tells the others', async () => {
    hub.answer = (events) => {
      const place = events.findIndex(({ id }) => id === 'stock.counted-bad-A-DC');
      const errors = [{ pointer: `/events/${place}/quantity`, detail: 'Must be less' }];
      return place < 0 ? { status: 204 } : { status: 422, problem: { errors } };
    };
    const sandbox = await start();
    sandbox.receiveStock({ document: '1', sku: 'A', node: 'DC', quantity: 1 });
    sandbox.countStock({ document: 'bad', sku: 'A', node: 'DC', quantity: 1 });
    sandbox.countStock({ document: '2', sku: 'A', node: 'DC', quantity: 1 });
    await expect.poll(() => sandbox.untoldEvents()).toBe(0);
    expect(hub.taken().map(({ id }) => id)).toEqual(['stock.received-1-A-DC', 'stock.counted-2-A-DC']);
    expect(sandbox.setAsideEvents().map(({ id }) => id)).toEqual(['stock.counted-bad-A-DC']);
  });

  it('tells each event again when asked to', async () => {
    const sandbox = await start({ variation: { partialShipments: 0 } });
    sandbox.duplicateEvents(true);
    await release(sandbox, 5);
    await allTold(sandbox);
    await expect.poll(() => hub.taken().length).toBe(30);
    const times = Map.groupBy(hub.taken(), ({ id }) => id);
    expect([...times.values()].every((same) => same.length === 2)).toBe(true);
  });

  it('stands still while paused', async () => {
    const sandbox = await start();
    sandbox.pause();
    await release(sandbox, 3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sandbox.releases().map(({ status }) => status)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
    sandbox.resume();
    await allTold(sandbox);
  });

  it('fails before the work, when asked to, with nothing done', async () => {
    const sandbox = await start();
    sandbox.failNext({ operation: 'release', times: 1, mode: 'before' });
    await expect(release(sandbox, 1)).rejects.toThrow('fetch failed');
    expect(sandbox.releases()).toEqual([]);
    expect(await release(sandbox, 1)).toHaveLength(1);
  });
});

function copyOf(journal: ReturnType<typeof memoryJournal>): ReturnType<typeof memoryJournal> {
  const copy = memoryJournal();
  for (const entry of JSON.parse(JSON.stringify(journal.entries())) as readonly unknown[]) copy.append(entry);
  return copy;
}

/** Each release was picked, then packed, then shipped in full, each told once. */
function expectInOrder(events: readonly WireEvent[], ids: readonly string[]): void {
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const byRelease = Map.groupBy(events, (event) => ('fulfillmentOrderId' in event ? event.fulfillmentOrderId : ''));
  for (const id of ids) {
    const own = byRelease.get(id) ?? [];
    expect(own.slice(0, 3).map(({ type }) => type)).toEqual([
      'fulfillment.picked',
      'fulfillment.packed',
      'fulfillment.shipped',
    ]);
    const boxes = own.flatMap((event) => (event.type === 'fulfillment.shipped' ? event.packages : []));
    expect(boxes.flatMap(({ items }) => items).reduce((sum, { quantity }) => sum + quantity, 0)).toBe(5);
  }
}
