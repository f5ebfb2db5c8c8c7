import { expect, it } from 'vitest';
import type { PostGoodsIssue } from '../erp.port.js';
import { goodsIssueOf } from './erp.commands.js';
import { decided, orderFor, until, type DeliveryInErp, type ErpSubject } from './erp.subject.js';

export function describeGoodsIssue(current: () => ErpSubject): void {
  it('posts a delivery of what was shipped, with its serials', async () => {
    const command = await shipment(current(), [2, 1]);
    const { deliveryDocument } = await current().erp.postGoodsIssue(command);
    expect(onlyDelivery(current(), command)).toEqual({
      deliveryDocument,
      goodsIssued: true,
      items: command.items.map(({ item, quantity, serials }) => ({ item, quantity, serials })),
    });
  });

  it('makes one delivery of the same key twice', async () => {
    const command = await shipment(current());
    const first = await current().erp.postGoodsIssue(command);
    expect(await current().erp.postGoodsIssue({ ...command, mayExist: true })).toEqual(first);
    expect(onlyDelivery(current(), command)?.goodsIssued).toBe(true);
  });

  it.each(['createDelivery', 'postGoodsIssue'] as const)('goes on after the answer of %s is lost', async (step) => {
    const command = await shipment(current());
    current().loseAnswerOf(step);
    await expect(current().erp.postGoodsIssue(command)).rejects.toMatchObject({ kind: 'transient' });
    const { deliveryDocument } = await current().erp.postGoodsIssue({ ...command, mayExist: true });
    expect(onlyDelivery(current(), command)).toMatchObject({
      deliveryDocument,
      goodsIssued: true,
      items: command.items.map(({ serials }) => ({ serials })),
    });
  });

  it('takes several shipments of one sales order', async () => {
    const first = await shipment(current(), [1, 1]);
    const second: PostGoodsIssue = {
      ...first,
      idempotencyKey: `${first.idempotencyKey}:2`,
      shipmentReference: 'S-2',
      items: first.items.map((item) => ({ ...item, serials: item.serials.map((serial) => `${serial}B`) })),
    };
    const one = await current().erp.postGoodsIssue(first);
    const other = await current().erp.postGoodsIssue(second);
    expect(other.deliveryDocument).not.toBe(one.deliveryDocument);
    expect(current().deliveriesOf(first.salesOrder)).toHaveLength(2);
  });
}

export function describeBilling(current: () => ErpSubject): void {
  it('comes after goods issue', async () => {
    const { erp } = current();
    const { deliveryDocument } = await erp.postGoodsIssue(await shipment(current()));
    expect(await erp.readBilling([deliveryDocument])).toEqual([{ deliveryDocument }]);
    const billed = await until(
      async () => (await erp.readBilling([deliveryDocument]))[0],
      (state) => state?.invoice !== undefined,
    );
    expect(billed?.invoice).not.toBe('');
  });

  it('of no deliveries is nothing', async () => {
    expect(await current().erp.readBilling([])).toEqual([]);
  });
}

/** A shipment of a new sales order that the ERP has confirmed. */
export async function shipment(
  subject: ErpSubject,
  quantities: readonly [number, number] = [3, 2],
): Promise<PostGoodsIssue> {
  const posted = await subject.erp.postSalesOrder(orderFor(subject));
  await decided(subject.erp, posted.salesOrder);
  return goodsIssueOf(posted, { node: subject.node, skus: subject.skus, quantities });
}

function onlyDelivery(subject: ErpSubject, command: PostGoodsIssue): DeliveryInErp | undefined {
  const deliveries = subject.deliveriesOf(command.salesOrder);
  expect(deliveries).toHaveLength(1);
  return deliveries[0];
}
