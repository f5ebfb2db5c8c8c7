import { UNIQUE } from '../harness/http-load.js';

const PRICE = { amount: '12.50', currency: 'EUR' };

/** An order of these items in the hub's own JSON, with a reference that differs in each request. */
export function partnerOrderBody(skus: readonly string[]): string {
  return JSON.stringify({
    reference: `PO-${UNIQUE}`,
    displayReference: '4500012345',
    placedAt: new Date().toISOString(),
    currency: 'EUR',
    shipMethod: 'Standard',
    buyer: { name: 'Acme Purchasing', email: 'orders@acme.example', phone: '+49 30 1234567', customerId: 'ACME-1' },
    shipTo: {
      name: 'Acme Goods In',
      company: 'Acme GmbH',
      line1: 'Example street 1',
      line2: 'Gate 4',
      city: 'Berlin',
      postalCode: '10117',
      country: 'DE',
    },
    billTo: { company: 'Acme GmbH', line1: 'Example street 2', city: 'Berlin', postalCode: '10117', country: 'DE' },
    lines: skus.map((sku, index) => ({
      lineReference: String((index + 1) * 10),
      listingSku: sku,
      title: `Item ${sku}`,
      quantity: 2,
      unitPrice: PRICE,
      charges: [
        { kind: 'TAX', label: 'VAT 19 %', amount: { amount: '4.75', currency: 'EUR' }, rate: '0.19' },
        { kind: 'DISCOUNT', label: 'Framework contract', amount: { amount: '-1.25', currency: 'EUR' } },
      ],
    })),
    charges: [{ kind: 'SHIPPING', label: 'Standard', amount: { amount: '4.90', currency: 'EUR' } }],
    note: 'Deliver to gate 4 between 7 and 15 h.',
  });
}

/** For another key in each request. */
export function partnerHeaders(bearer: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'idempotency-key': UNIQUE };
}
