import { expect, it } from 'vitest';
import type { PostedSalesOrder } from '../erp.port.js';
import { decided, orderFor, type ErpSubject } from './erp.subject.js';

export function describePosting(current: () => ErpSubject): void {
  it('gives the document and an item for each line', async () => {
    const command = orderFor(current());
    const posted = await current().erp.postSalesOrder(command);
    expect(posted.salesOrder).not.toBe('');
    expect(Object.keys(posted.items)).toEqual(command.lines.map((line) => line.lineId));
    expect(new Set(Object.values(posted.items)).size).toBe(command.lines.length);
  });

  it('makes one document of the same key twice', async () => {
    const { erp, countSalesOrders } = current();
    const command = orderFor(current());
    const first = await erp.postSalesOrder(command);
    expect(await erp.postSalesOrder({ ...command, mayExist: true })).toEqual(first);
    expect(countSalesOrders(command.idempotencyKey)).toBe(1);
  });

  it('makes one document when the first answer is lost', async () => {
    const { erp, countSalesOrders, loseAnswerOf } = current();
    const command = orderFor(current());
    loseAnswerOf('createSalesOrder');
    await expect(erp.postSalesOrder(command)).rejects.toMatchObject({
      kind: 'transient',
      details: { outcomeUnknown: true },
    });
    await erp.postSalesOrder({ ...command, mayExist: true });
    expect(countSalesOrders(command.idempotencyKey)).toBe(1);
  });

  it('names why the ERP refuses an order', async () => {
    const { erp, countSalesOrders, skus, unknownSku } = current();
    const command = orderFor(current(), { skus: [skus[0], unknownSku] });
    const refusal: unknown = await erp.postSalesOrder(command).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ kind: 'rejected', details: { reason: 'UNKNOWN_ITEM' } });
    expect(String(refusal)).toContain(unknownSku);
    expect(countSalesOrders(command.idempotencyKey)).toBe(0);
  });
}

export function describeDecisions(current: () => ErpSubject): void {
  it('is pending first and confirmed then', async () => {
    const { erp } = current();
    const { salesOrder } = await erp.postSalesOrder(orderFor(current()));
    expect(await erp.readSalesOrders([salesOrder])).toEqual([{ salesOrder, state: 'PENDING' }]);
    expect(await decided(erp, salesOrder)).toEqual({ salesOrder, state: 'CONFIRMED' });
  });

  it('is a rejection with its reason', async () => {
    const { erp, rejectedChannel } = current();
    const { salesOrder } = await erp.postSalesOrder(orderFor(current(), { channel: rejectedChannel }));
    const decision = await decided(erp, salesOrder);
    expect(decision).toMatchObject({ salesOrder, state: 'REJECTED' });
    expect(decision).toHaveProperty('reason');
  });

  it('comes for many at once, and says which are missing', async () => {
    const { erp } = current();
    const posted = await Promise.all([1, 2, 3].map(() => erp.postSalesOrder(orderFor(current()))));
    const asked = [...posted.map((one) => one.salesOrder), '999999999'];
    const decisions = await erp.readSalesOrders(asked);
    expect(decisions.map((decision) => decision.salesOrder).toSorted()).toEqual(asked.toSorted());
    expect(decisions).toContainEqual({ salesOrder: '999999999', state: 'MISSING' });
  });

  it('of no sales orders is nothing', async () => {
    expect(await current().erp.readSalesOrders([])).toEqual([]);
  });
}

export function describeCancelling(current: () => ErpSubject): void {
  it('takes off some units of one item and all of another', async () => {
    const posted = await current().erp.postSalesOrder(orderFor(current()));
    await cancel(current(), posted, [1, 0]);
    expect(unitsOf(current(), posted)).toEqual([1, 0]);
  });

  it('changes nothing when repeated, or when an older command comes late', async () => {
    const posted = await current().erp.postSalesOrder(orderFor(current()));
    await cancel(current(), posted, [1, 0]);
    await cancel(current(), posted, [1, 0]);
    await cancel(current(), posted, [2, 2]);
    expect(unitsOf(current(), posted)).toEqual([1, 0]);
  });
}

function cancel({ erp, skus }: ErpSubject, posted: PostedSalesOrder, remaining: readonly [number, number]) {
  return erp.cancelSalesOrderItems({
    idempotencyKey: `cancel:${posted.salesOrder}:${remaining.join(':')}`,
    salesOrder: posted.salesOrder,
    reason: 'the buyer changed their mind',
    items: Object.values(posted.items).map((item, index) => ({
      item,
      sku: skus[index] ?? '',
      remaining: remaining[index] ?? 0,
    })),
  });
}

function unitsOf(subject: ErpSubject, posted: PostedSalesOrder): readonly number[] {
  return Object.values(posted.items).map((item) => subject.unitsOf(posted.salesOrder, item));
}
