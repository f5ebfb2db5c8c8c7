import { describe, expect, it } from 'vitest';
import { LOTS_MAX, type WireStockEvent } from '../wms-rest-stock.wire.js';
import { StockBook } from './stock-book.js';

const NODE = 'DC';
const SKU = 'COFFEE';
const base = { id: 'e', occurredAt: '2026-01-01T10:00:00Z', sku: SKU, node: NODE };

function bookOf(
  ...events: readonly (Partial<WireStockEvent> & Pick<WireStockEvent, 'type' | 'quantity'>)[]
): StockBook {
  const book = new StockBook({ [SKU]: { CASE: 12 } });
  for (const event of events) book.apply({ ...base, ...event } as WireStockEvent);
  return book;
}

const received = (quantity: number, lot?: string, expiresOn?: string) => ({
  type: 'stock.received' as const,
  quantity,
  ...(lot === undefined ? {} : { lot }),
  ...(expiresOn === undefined ? {} : { expiresOn }),
});

describe('the stock book of the sandbox', () => {
  it.each([
    { what: 'received in cases', events: [{ ...received(2), unit: 'CASE' }], onHand: 24 },
    { what: 'counted', events: [received(5), { type: 'stock.counted' as const, quantity: 3 }], onHand: 3 },
    { what: 'adjusted down', events: [received(5), { type: 'stock.adjusted' as const, quantity: -2 }], onHand: 3 },
    { what: 'adjusted below nothing', events: [{ type: 'stock.adjusted' as const, quantity: -2 }], onHand: 0 },
    { what: 'sent away', events: [received(5), { type: 'transfer.shipped' as const, quantity: 4 }], onHand: 1 },
    { what: 'come from elsewhere', events: [{ type: 'transfer.received' as const, quantity: 4 }], onHand: 4 },
    { what: 'announced', events: [received(1), { type: 'stock.announced' as const, quantity: 9 }], onHand: 1 },
    { what: 'held', events: [received(5), { type: 'stock.held' as const, quantity: 2 }], onHand: 5 },
  ])('has $onHand units on hand after they were $what', ({ events, onHand }) => {
    expect(bookOf(...events).positions(NODE)[0]?.onHand ?? 0).toBe(onHand);
  });

  it('never holds more than is there', () => {
    const book = bookOf(received(5), { type: 'stock.held', quantity: 4 }, { type: 'stock.counted', quantity: 3 });
    expect(book.positions(NODE)).toEqual([{ sku: SKU, onHand: 3, qualityHold: 3 }]);
    book.apply({ ...base, type: 'stock.hold_lifted', quantity: 9 });
    expect(book.positions(NODE)).toEqual([{ sku: SKU, onHand: 3, qualityHold: 0 }]);
  });

  it('takes suggested lots first, then those that expire first, then units of no lot', () => {
    const book = bookOf(
      received(2, 'LATE', '2028-01-01'),
      received(2, 'SOON', '2027-01-01'),
      received(2, 'NEVER'),
      received(1),
    );
    const suggested = [{ sku: SKU, lot: 'LATE', quantity: 1 }];
    expect(book.takeOut(NODE, SKU, 4, suggested)).toEqual([
      { sku: SKU, lot: 'LATE', quantity: 2 },
      { sku: SKU, lot: 'SOON', quantity: 2 },
    ]);
    expect(book.takeOut(NODE, SKU, 3, [])).toEqual([{ sku: SKU, lot: 'NEVER', quantity: 2 }]);
    expect(book.positions(NODE)).toEqual([{ sku: SKU, onHand: 0, qualityHold: 0 }]);
  });

  it('counts one lot and leaves the others', () => {
    const book = bookOf(received(5, 'A'), received(5, 'B'), { type: 'stock.counted', quantity: 2, lot: 'A' });
    expect(book.positions(NODE)).toEqual([
      {
        sku: SKU,
        onHand: 7,
        qualityHold: 0,
        lots: [
          { lot: 'A', onHand: 2 },
          { lot: 'B', onHand: 5 },
        ],
      },
    ]);
  });

  it('refuses units that it cannot convert, and more lots than a page can tell', () => {
    const book = bookOf(...Array.from({ length: LOTS_MAX }, (_, lot) => received(1, `L${lot}`)));
    expect(book.refusalOf({ ...base, unit: 'PALLET' })).toContain('PALLET');
    expect(book.refusalOf({ ...base, lot: 'ONE-MORE' })).toContain('200 lots');
    expect(book.refusalOf({ ...base, unit: 'CASE', lot: 'L1' })).toBeUndefined();
  });
});
