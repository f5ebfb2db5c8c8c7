import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/until.js';
import { Catalog } from '../../process-apis/catalog/index.js';
import { Intake } from '../../process-apis/intake/index.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
import { CursorStore } from '../../src/platform/db/cursor-store.js';
import { ChannelConnectors } from '../channel-kit/index.js';
import { AmazonController } from './amazon.controller.js';
import { AmazonModule } from './amazon.module.js';
import { startAmazonSandbox, type AmazonSandbox } from './sandbox/amazon-sandbox.js';
import { fixturesFolder } from './sandbox/sandbox-fixtures.js';
import { accountAt, MemoryCatalog, MemoryCursors, MemoryIntake, MemorySecrets } from './testing/memory-hub.js';
import { orderFrom } from './testing/orders.js';

const sample = readFileSync(join(fixturesFolder(), 'notification.OrderChangeNotification.0.json'));

describe('the door for notifications', () => {
  let intake: MemoryIntake;
  let sandbox: AmazonSandbox;
  let controller: AmazonController;
  let connectors: ChannelConnectors;

  beforeEach(async () => {
    sandbox = await startAmazonSandbox({ rateFactor: 100_000 });
    intake = new MemoryIntake();
    connectors = new ChannelConnectors();
    const providers = [
      { provide: Catalog, useValue: new MemoryCatalog([accountAt(sandbox)]) },
      { provide: Intake, useValue: intake },
      { provide: SecretSource, useValue: new MemorySecrets() },
      { provide: CursorStore, useValue: new MemoryCursors() },
      { provide: ChannelConnectors, useValue: connectors },
    ];
    @Global()
    @Module({ providers, exports: providers.map(({ provide }) => provide) })
    class Doors {}
    const module = await Test.createTestingModule({ imports: [Doors, AmazonModule] }).compile();
    await module.init();
    controller = module.get(AmazonController);
    return async () => {
      await module.close();
      await sandbox.close();
    };
  });

  function notify(body: Buffer, caller: Partial<Principal> = {}, account = 'amazon-uk') {
    const principal = { subject: 'eventbridge', scopes: new Set(['channel:notify']), expiresAt: 0, ...caller };
    return controller.notify(account, principal, body);
  }

  it('registers what Amazon speaks with the hub', () => {
    expect(intake.kinds.has('amazon')).toBe(true);
    expect(connectors.of('amazon').kind).toBe('amazon');
  });

  it('keeps a notification once, under its own id', async () => {
    await expect(notify(sample)).resolves.toMatchObject({ outcome: 'IGNORED' });
    await expect(notify(sample)).resolves.toMatchObject({ outcome: 'DUPLICATE' });
    expect(intake.committed).toMatchObject([
      { topic: 'ORDER_CHANGE', messageId: 'd0e9e693-c3ad-4373-979f-ed4ec98dd746', body: sample },
    ]);
  });

  it('makes the hub read the order, bare or in an EventBridge envelope', async () => {
    const first = orderFrom(1);
    const second = orderFrom(2);
    const told: Promise<unknown>[] = [];
    sandbox.onOrderChange((notification) =>
      told.push(notify(told.length === 0 ? Buffer.from(JSON.stringify(notification)) : envelope(notification))),
    );
    sandbox.placeOrder(first);
    sandbox.placeOrder(second);
    await eventually(() => expect(intake.orderIds()).toEqual([first.orderId, second.orderId].toSorted()));
    await Promise.all(told);
  });

  it.each([
    ['no JSON', 'nonsense', 'BODY_NOT_READABLE'],
    ['no notification', '{"hello":"world"}', 'CONTRACT_MISMATCH'],
  ])('%s is kept and answered with 400', async (_, body, code) => {
    await expect(notify(Buffer.from(body))).rejects.toMatchObject({ problem: { status: 400, code } });
    expect(intake.refused).toMatchObject([{ reason: code }]);
  });

  it('an ORDER_CHANGE without an order is kept and answered with 400', async () => {
    const body = { NotificationType: 'ORDER_CHANGE', NotificationMetadata: { NotificationId: 'n1' }, Payload: {} };
    await expect(notify(Buffer.from(JSON.stringify(body)))).rejects.toMatchObject({ problem: { status: 400 } });
    expect(intake.committed).toHaveLength(1);
  });

  it('a notification of another type is kept as refused, and its sender need not send it again', async () => {
    const body = { NotificationType: 'FEED_PROCESSING_FINISHED', NotificationMetadata: { NotificationId: 'n2' } };
    await expect(notify(Buffer.from(JSON.stringify(body)))).resolves.toMatchObject({ outcome: 'REFUSED' });
  });

  it.each([
    ['an account that does not exist', {}, 'amazon-mars'],
    ["another channel's token", { channel: 'partner-1' }, 'amazon-uk'],
  ])('%s is 404', async (_, caller, account) => {
    await expect(notify(sample, caller, account)).rejects.toMatchObject({ problem: { status: 404 } });
    expect(intake.committed).toEqual([]);
  });
});

function envelope(detail: unknown): Buffer {
  return Buffer.from(JSON.stringify({ version: '0', id: 'e', source: 'aws', detail }));
}
