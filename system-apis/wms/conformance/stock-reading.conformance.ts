import { expect, it } from 'vitest';
import type { NodeStock, StockPage, WmsPort } from '../wms.port.js';
import type { WmsUnderTest } from './wms.subject.js';

const PAGES_MAX = 100;

export function describeStockReading(current: () => WmsUnderTest): void {
  it('gives what is there, and what of it is held', async () => {
    const { stock, port } = current();
    stock.receive(stock.node, 'KETTLE', 7);
    stock.hold(stock.node, 'KETTLE', 2);
    expect(positionOf(await readAll(port, stock.node), 'KETTLE')).toMatchObject({ onHand: 7, qualityHold: 2 });
  });

  it('gives each item once, all pages as of one instant, whatever happens meanwhile', async () => {
    const { stock, port } = current();
    const skus = Array.from({ length: stock.positionsPerPage * 2 + 1 }, (_, index) => `PAGED-${index}`);
    for (const sku of skus) stock.receive(stock.node, sku, 5);
    const first = await port.readStock(stock.node);
    for (const sku of skus) stock.receive(stock.node, sku, 100);
    const pages = [first, ...(await readOn(port, first))];

    expect(pages.length).toBeGreaterThan(2);
    expect(new Set(pages.map(({ asOf, sequence }) => `${asOf} ${sequence}`)).size).toBe(1);
    const positions = pages.flatMap((page) => page.positions);
    expect(new Set(positions.map(({ sku }) => sku)).size).toBe(positions.length);
    for (const sku of skus) expect(positionOf(pages, sku)?.onHand).toBe(5);
    expect(positionOf(await readAll(port, stock.node), 'PAGED-0')?.onHand).toBe(105);
  });

  it('says which stock events it contains', async () => {
    const { stock, port } = current();
    stock.receive(stock.node, 'NUMBERED', 1);
    const { sequence } = await port.readStock(stock.node);
    if (sequence === undefined) return;
    await expect.poll(() => stock.facts(stock.node).length).toBe(sequence);
    const told = stock.facts(stock.node).map((fact) => fact.sequence);
    expect(told).toEqual(Array.from({ length: sequence }, (_, index) => index + 1));
  });

  it('counts units as there until they ship', async () => {
    const wms = current();
    const { stock, port } = wms;
    const release = wms.aRelease();
    for (const { sku } of release.lines) stock.receive(release.node, sku, 1_000);
    const before = await readAll(port, release.node);
    await port.release([release]);
    wms.work(release.fulfillmentOrderId, 'pack');
    expect(unitsOf(await readAll(port, release.node))).toBe(unitsOf(before));
    for (const step of ['ship', 'ship'] as const) wms.work(release.fulfillmentOrderId, step);
    const shipped = release.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(unitsOf(await readAll(port, release.node))).toBe(unitsOf(before) - shipped);
  });

  it('refuses a node that is not known, and a page that is gone', async () => {
    const { stock, port } = current();
    await expect(port.readStock(stock.unknownNode)).rejects.toMatchObject({
      kind: 'rejected',
      details: { status: 404 },
    });
    const gone = port.readStock(stock.node, 'long-ago');
    await expect(gone).rejects.toMatchObject({ kind: 'rejected', details: { status: 410 } });
  });

  it('is transient when the warehouse is down or its answer is lost', async () => {
    const wms = current();
    const { stock, port } = wms;
    wms.setDown(true);
    await expect(port.readStock(stock.node)).rejects.toMatchObject({ kind: 'transient' });
    wms.setDown(false);
    wms.loseNextAnswer();
    await expect(port.readStock(stock.node)).rejects.toMatchObject({
      kind: 'transient',
      details: { outcomeUnknown: false },
    });
    await expect(port.readStock(stock.node)).resolves.toBeDefined();
  });
}

async function readAll(port: WmsPort, node: string): Promise<readonly StockPage[]> {
  const first = await port.readStock(node);
  return [first, ...(await readOn(port, first))];
}

/** The pages after this one. */
async function readOn(port: WmsPort, first: StockPage): Promise<readonly StockPage[]> {
  const pages: StockPage[] = [];
  for (let next = first.next; next !== undefined; next = pages.at(-1)?.next) {
    if (pages.length >= PAGES_MAX) throw new Error(`the reading has more than ${PAGES_MAX} pages`);
    pages.push(await port.readStock(first.node, next));
  }
  return pages;
}

function positionOf(pages: readonly StockPage[], sku: string): NodeStock | undefined {
  return pages.flatMap((page) => page.positions).find((position) => position.sku === sku);
}

function unitsOf(pages: readonly StockPage[]): number {
  return pages.flatMap((page) => page.positions).reduce((sum, { onHand }) => sum + onHand, 0);
}
