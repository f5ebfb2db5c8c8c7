import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/until.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { AmazonAccountPoll } from './amazon.account-poll.js';
import { AmazonClients } from './amazon.clients.js';
import { cursorName } from './amazon.cursor.js';
import { AmazonHints } from './amazon.hints.js';
import { interpretAmazon } from './amazon.mapper.js';
import { AmazonOrderReader } from './amazon.order-reader.js';
import { AmazonPoller } from './amazon.poller.js';
import { startAmazonSandbox, type AmazonSandbox } from './sandbox/amazon-sandbox.js';
import { accountAt, MemoryCatalog, MemoryCursors, MemoryIntake, MemorySecrets } from './testing/memory-hub.js';
import { orderFrom, ordersFrom } from './testing/orders.js';

describe('the reading of orders', () => {
  let sandbox: AmazonSandbox;
  let account: ChannelAccount;
  let intake: MemoryIntake;
  let cursors: MemoryCursors;
  let catalog: MemoryCatalog;
  let frozen: number | undefined;
  const running: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    frozen = undefined;
    sandbox = await startAmazonSandbox({ rateFactor: 1_000_000, now: () => frozen ?? Date.now() });
    account = accountAt(sandbox, { overlapMs: 0 });
    catalog = new MemoryCatalog([account]);
    intake = new MemoryIntake();
    intake.register('amazon', interpretAmazon);
    cursors = new MemoryCursors();
  });
  afterEach(async () => {
    for (const stop of running.splice(0).toReversed()) await stop();
    await sandbox.close();
  });

  /** The services of one process: a new one knows only what is stored. */
  function process() {
    const clients = new AmazonClients(new MemorySecrets());
    const reader = new AmazonOrderReader(intake, clients);
    const hints = new AmazonHints(catalog, reader);
    const poller = new AmazonPoller(catalog, cursors, clients, reader, hints);
    running.push(
      () => clients.onApplicationShutdown(),
      () => hints.onApplicationShutdown(),
      () => poller.onModuleDestroy(),
    );
    return { poller, round: () => new AmazonAccountPoll(account.id, catalog, cursors, clients, reader).round(account) };
  }
  function place(seed: number, count: number): readonly string[] {
    const orders = ordersFrom(seed, count);
    for (const order of orders) sandbox.placeOrder(order);
    return orders.map(({ orderId }) => orderId).toSorted();
  }

  it('keeps every order once, over many pages and rounds', async () => {
    const first = place(1, 250);
    const { round } = process();
    await round();
    const second = place(2, 30);
    await round();
    await round();
    expect(intake.orderIds()).toEqual([...first, ...second].toSorted());
  });

  it('reads a changed order again, as a new version', async () => {
    const [orderId = ''] = place(1, 1);
    const { round } = process();
    await round();
    sandbox.requestCancel(orderId);
    await round();
    expect(intake.committed).toHaveLength(2);
    expect(new Set(intake.committed.map(({ messageId }) => messageId)).size).toBe(2);
  });

  it('hands on what Amazon sent, unchanged', async () => {
    const [orderId = ''] = place(1, 1);
    await process().round();
    expect(JSON.parse(intake.committed[0]?.body.toString() ?? '')).toEqual(sandbox.order(orderId));
  });

  it('loses nothing when it dies between pages, and goes on with the page', async () => {
    const placed = place(1, 250);
    intake.beforeCommit = () => {
      if (intake.committed.length >= 120) throw new Error('the database is gone');
    };
    await expect(process().round()).rejects.toThrow('the database is gone');
    expect(cursors.values.get(cursorName(account.id))).toContain('token');
    intake.beforeCommit = () => undefined;
    await process().round();
    expect(intake.orderIds()).toEqual(placed);
  });

  it('does not move the cursor before the page is committed', async () => {
    place(1, 5);
    const { round } = process();
    await expect(failingOnce(round)).rejects.toThrow('the database is gone');
    const before = cursors.values.get(cursorName(account.id));
    expect(before).not.toContain('token');
    await round();
    expect(cursors.values.get(cursorName(account.id))).not.toBe(before);
    expect(intake.committed).toHaveLength(5);
  });

  it('reads orders that share the timestamp of the last one read', async () => {
    frozen = Date.now();
    const first = place(1, 3);
    const { round } = process();
    await round();
    const second = place(2, 3);
    await round();
    expect(new Set(sandbox.orders().map(({ lastUpdatedTime }) => lastUpdatedTime)).size).toBe(1);
    expect(intake.orderIds()).toEqual([...first, ...second].toSorted());
  });

  it('starts the search again when Amazon no longer takes the stored token', async () => {
    const placed = place(1, 5);
    const since = '2020-01-01T00:00:00.000Z';
    const search = { after: since, token: 'expired', until: since };
    cursors.values.set(cursorName(account.id), JSON.stringify({ since, search }));
    await process().round();
    expect(intake.orderIds()).toEqual(placed);
  });

  it('keeps an order that has no id for inspection, and goes on', async () => {
    const broken = { ...orderFrom(1), orderId: '' };
    sandbox.placeOrder(broken);
    const placed = place(2, 2);
    await process().round();
    expect(intake.refused).toMatchObject([{ reason: 'CONTRACT_MISMATCH' }]);
    expect(intake.orderIds()).toEqual(placed);
  });

  it('goes on by itself after Amazon was away', async () => {
    sandbox.failNext({ operation: 'searchOrders', times: 1, mode: 'before', status: 503 });
    const { poller } = process();
    await poller.start();
    const placed = place(1, 3);
    await eventually(() => expect(intake.orderIds()).toEqual(placed));
  });

  it('stops, and reads nothing after that', async () => {
    const { poller } = process();
    await poller.start();
    const placed = place(1, 1);
    await eventually(() => expect(intake.orderIds()).toEqual(placed));
    await poller.onModuleDestroy();
    place(2, 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(intake.orderIds()).toEqual(placed);
  });

  it('leaves an account that is switched off alone', async () => {
    catalog.accounts = [{ ...account, active: false }];
    place(1, 1);
    await process().poller.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(intake.committed).toEqual([]);
  });

  it('reads a hinted order at once, without polling', async () => {
    const placed = place(1, 2);
    const { poller } = process();
    for (const orderId of placed) poller.wake(account.id, orderId);
    await eventually(() => expect(intake.orderIds()).toEqual(placed));
  });

  it('leaves hints to the poll while Amazon is away', async () => {
    const [orderId = ''] = place(1, 1);
    const { poller, round } = process();
    sandbox.setDown(true);
    poller.wake(account.id, orderId);
    await new Promise((resolve) => setTimeout(resolve, 50));
    sandbox.setDown(false);
    expect(intake.committed).toEqual([]);
    await round();
    expect(intake.orderIds()).toEqual([orderId]);
  });

  function failingOnce(round: () => Promise<void>): Promise<void> {
    intake.beforeCommit = () => {
      intake.beforeCommit = () => undefined;
      throw new Error('the database is gone');
    };
    return round();
  }
});
