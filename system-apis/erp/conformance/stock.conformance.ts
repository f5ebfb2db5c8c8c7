import { expect, it } from 'vitest';
import { ERP_STOCK_READ_MAX, type ErpStock } from '../erp.port.js';
import type { ErpSubject } from './erp.subject.js';
import { shipment } from './goods-issue.conformance.js';

export function describeStock(current: () => ErpSubject): void {
  it('is what the ERP has, at each node that was asked for', async () => {
    const { erp, idleSku, node, otherNode, setStock } = current();
    setStock(idleSku, node, { onHand: 12, qualityHold: 2 });
    setStock(idleSku, otherNode, { onHand: 5, qualityHold: 0 });
    const before = new Date().toISOString();
    const answer = await erp.readStock([{ sku: idleSku, nodes: [node, otherNode] }]);
    expect(answer).toMatchObject([
      { sku: idleSku, node, onHand: 12, qualityHold: 2 },
      { sku: idleSku, node: otherNode, onHand: 5, qualityHold: 0 },
    ]);
    for (const { asOf, unit } of answer) {
      expect(asOf >= before && asOf <= new Date().toISOString()).toBe(true);
      expect(unit).not.toBe('');
    }
    expect(await onHand(current(), idleSku, otherNode)).toBe(5);
  });

  it('is 0 where there is none, and nothing of an item that the ERP does not know', async () => {
    const { erp, idleSku, unknownSku, node, setStock } = current();
    setStock(idleSku, node, { onHand: 0, qualityHold: 0 });
    const answer = await erp.readStock([
      { sku: unknownSku, nodes: [node] },
      { sku: idleSku, nodes: [node] },
    ]);
    expect(answer).toMatchObject([{ sku: idleSku, node, onHand: 0, qualityHold: 0 }]);
  });

  it('goes down by what was shipped, once', async () => {
    const { erp, skus, node, setStock } = current();
    for (const sku of skus) setStock(sku, node, { onHand: 100, qualityHold: 0 });
    const command = await shipment(current(), [3, 2]);
    expect(await onHand(current(), skus[0], node)).toBe(100);
    await erp.postGoodsIssue(command);
    await erp.postGoodsIssue({ ...command, mayExist: true });
    expect(await onHand(current(), skus[0], node)).toBe(97);
    expect(await onHand(current(), skus[1], node)).toBe(98);
  });

  it('can be asked for many items at once, and no more than that', async () => {
    const { erp, idleSku, node, unknownSku } = current();
    const many = Array.from({ length: ERP_STOCK_READ_MAX - 1 }, (_, index) => ({
      sku: `${unknownSku}-${index}`,
      nodes: [node],
    }));
    const query = { sku: idleSku, nodes: [node] };
    expect(await erp.readStock([...many, query])).toMatchObject([{ sku: idleSku, node }]);
    await expect(Promise.resolve().then(() => erp.readStock([...many, query, query]))).rejects.toThrow(RangeError);
  });

  it('of nothing is nothing', async () => {
    const { erp, idleSku } = current();
    expect(await erp.readStock([])).toEqual([]);
    expect(await erp.readStock([{ sku: idleSku, nodes: [] }])).toEqual([]);
  });
}

async function onHand({ erp }: ErpSubject, sku: string, node: string): Promise<number | undefined> {
  const [stock]: readonly (ErpStock | undefined)[] = await erp.readStock([{ sku, nodes: [node] }]);
  return stock?.onHand;
}
