import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderFor, type ErpSubject } from './erp.subject.js';
import { describeBilling, describeGoodsIssue } from './goods-issue.conformance.js';
import { describeStock } from './stock.conformance.js';
import { describeCancelling, describeDecisions, describePosting } from './sales-order.conformance.js';

export type { DeliveryInErp, ErpSubject } from './erp.subject.js';

/** What every ERP adapter must do; run it against the vendor's sandbox. */
export function describeErpConformance(name: string, setup: () => Promise<ErpSubject>): void {
  describe(`${name} as an ERP`, () => {
    let subject: ErpSubject;
    beforeAll(async () => {
      subject = await setup();
    });
    afterAll(() => subject.close());
    const current = () => subject;

    describe('posting a sales order', () => {
      describePosting(current);
    });
    describe('the decision on a sales order', () => {
      describeDecisions(current);
    });
    describe('cancelling items', () => {
      describeCancelling(current);
    });
    describe('goods issue', () => {
      describeGoodsIssue(current);
    });
    describe('billing', () => {
      describeBilling(current);
    });

    describe('stock', () => {
      describeStock(current);
    });

    it('fails in a way that passes while the ERP is down', async () => {
      const { erp } = subject;
      subject.setDown(true);
      try {
        await expect(erp.postSalesOrder(orderFor(subject))).rejects.toMatchObject({ kind: 'transient' });
        await expect(erp.readSalesOrders(['1'])).rejects.toMatchObject({ kind: 'transient' });
        await expect(erp.readBilling(['1'])).rejects.toMatchObject({ kind: 'transient' });
        const query = { sku: subject.idleSku, nodes: [subject.node] };
        await expect(erp.readStock([query])).rejects.toMatchObject({ kind: 'transient' });
      } finally {
        subject.setDown(false);
      }
      await expect(erp.postSalesOrder(orderFor(subject))).resolves.toBeDefined();
    });
  });
}
