import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ConfirmPackage } from '../channel-kit/index.js';
import { AmazonClients } from './amazon.clients.js';
import { AmazonConnector } from './amazon.connector.js';
import type { Order2026 } from './amazon.wire.js';
import { startAmazonSandbox, type AmazonSandbox } from './sandbox/amazon-sandbox.js';
import { accountAt, MemorySecrets, UK } from './testing/memory-hub.js';
import { singleLineOrder } from './testing/orders.js';

describe('Amazon as a channel', () => {
  let sandbox: AmazonSandbox;
  let account: ChannelAccount;
  let clients: AmazonClients;
  let connector: AmazonConnector;
  let order: Order2026;

  beforeEach(async () => {
    sandbox = await startAmazonSandbox({ rateFactor: 100_000 });
    account = accountAt(sandbox, { carrierCodes: { 'Own Fleet': 'Self Delivery' } });
    clients = new AmazonClients(new MemorySecrets());
    connector = new AmazonConnector(clients);
    order = singleLineOrder(4, 3);
    sandbox.placeOrder(order);
  });
  afterEach(async () => {
    await clients.onApplicationShutdown();
    await sandbox.close();
  });

  function command(packageNumber: number, quantity: number, more: Partial<ConfirmPackage> = {}): ConfirmPackage {
    return {
      idempotencyKey: `package-${packageNumber}`,
      orderReference: order.orderId,
      packageNumber,
      carrier: 'dpd',
      service: 'Next Day',
      trackingNumber: `TRACK-${packageNumber}`,
      shippedAt: '2026-03-02T10:00:00.000Z',
      items: [{ lineReference: order.orderItems[0]?.orderItemId ?? '', quantity, serials: [] }],
      mayExist: false,
      attributes: { marketplaceId: UK },
      ...more,
    };
  }
  const status = () => sandbox.order(order.orderId)?.fulfillment?.fulfillmentStatus;

  it('confirms package by package until the order is shipped', async () => {
    await expect(connector.confirmPackage(account, command(1, 2))).resolves.toEqual({ channelReference: '1' });
    expect(status()).toBe('PARTIALLY_SHIPPED');
    await connector.confirmPackage(account, command(2, 1));
    expect(status()).toBe('SHIPPED');
    expect(sandbox.confirmations(order.orderId)).toMatchObject([
      { packageReferenceId: '1', carrierCode: 'DPD', shippingMethod: 'Next Day', trackingNumber: 'TRACK-1' },
      { packageReferenceId: '2', trackingNumber: 'TRACK-2' },
    ]);
  });

  it.each([
    ['Own Fleet', 'Self Delivery'],
    ['DHL Express', 'DHL Express'],
    ['Velo Kurier', 'Other'],
  ])('names the carrier %s as %s', async (carrier, carrierCode) => {
    await connector.confirmPackage(account, command(1, 1, { carrier }));
    expect(sandbox.confirmations(order.orderId)).toMatchObject([{ carrierCode, carrierName: carrier }]);
  });

  it('shows a package once, however often it is confirmed', async () => {
    await connector.confirmPackage(account, command(1, 3));
    await connector.confirmPackage(account, command(1, 3));
    await connector.confirmPackage(account, command(1, 3, { mayExist: true }));
    expect(sandbox.confirmations(order.orderId)).toHaveLength(1);
  });

  it('finds the package of an attempt whose answer was lost', async () => {
    sandbox.failNext({ operation: 'confirmShipment', times: 1, mode: 'after' });
    await expect(connector.confirmPackage(account, command(1, 3))).rejects.toMatchObject({
      kind: 'transient',
      details: { outcomeUnknown: true },
    });
    // Sending it again would fail: it is not sent.
    sandbox.failNext({ operation: 'confirmShipment', times: 1, mode: 'before', status: 500 });
    await connector.confirmPackage(account, command(1, 3, { mayExist: true }));
    expect(sandbox.confirmations(order.orderId)).toHaveLength(1);
    expect(status()).toBe('SHIPPED');
  });

  it('takes a refusal for success when Amazon shows the very package', async () => {
    await connector.confirmPackage(account, command(1, 3));
    // The same package, told with another service: Amazon refuses, and shows what it has.
    await expect(connector.confirmPackage(account, command(1, 3, { service: 'Standard' }))).resolves.toEqual({
      channelReference: '1',
    });
  });

  it('passes on the refusal of more units than are left', async () => {
    await connector.confirmPackage(account, command(1, 2));
    await expect(connector.confirmPackage(account, command(2, 2))).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('PackageToUpdateNotFound') as string,
    });
  });

  it('takes a cancelled order as one that wants no confirmation', async () => {
    sandbox.cancelOrder(order.orderId);
    expect(await connector.confirmPackage(account, command(1, 1))).toEqual({ notWanted: 'Amazon cancelled the order' });
    expect(sandbox.confirmations(order.orderId)).toEqual([]);
  });
  function publish(quantity: number) {
    return connector.publishQuantities(account, [
      { listingSku: 'MUG/BLUE 1', quantity, listingKeys: { productType: 'MUG' } },
      { listingSku: 'LAMP', quantity: quantity + 1, listingKeys: {} },
    ]);
  }

  it('tells quantities, the last one holding', async () => {
    await publish(5);
    await expect(publish(3)).resolves.toEqual([
      { listingSku: 'MUG/BLUE 1', outcome: 'ACCEPTED' },
      { listingSku: 'LAMP', outcome: 'ACCEPTED' },
    ]);
    expect([...sandbox.quantities()]).toEqual([
      ['MUG/BLUE 1', 3],
      ['LAMP', 4],
    ]);
  });

  it('tells which listing Amazon refuses, and tells the others', async () => {
    const results = await connector.publishQuantities(account, [
      { listingSku: 'A', quantity: -1, listingKeys: {} },
      { listingSku: 'B', quantity: 2, listingKeys: {} },
    ]);
    expect(results).toMatchObject([
      { listingSku: 'A', outcome: 'REFUSED', reason: expect.stringContaining('90215') as string },
      { listingSku: 'B', outcome: 'ACCEPTED' },
    ]);
  });

  it('throws when Amazon is away: the task is tried again', async () => {
    sandbox.setDown(true);
    const quantities = [{ listingSku: 'A', quantity: 1, listingKeys: {} }];
    await expect(connector.publishQuantities(account, quantities)).rejects.toMatchObject({ kind: 'transient' });
  });
});
