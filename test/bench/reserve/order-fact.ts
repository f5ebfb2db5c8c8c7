import type { OrderFact } from '../../../process-apis/orders/index.js';
import { PARTNER_ACCOUNT } from '../../../src/demo/retail.js';
import type { ChannelOrder, ChannelOrderLine } from '../../../src/model/channel-order.js';

const CURRENCY = 'EUR';

/** A new order of these items, as a channel tells it. */
export function orderFact(reference: string, skus: readonly string[]): OrderFact {
  const occurredAt = new Date().toISOString();
  return {
    id: `${PARTNER_ACCOUNT}/${reference}/order`,
    source: PARTNER_ACCOUNT,
    occurredAt,
    address: { by: 'REFERENCE', channel: PARTNER_ACCOUNT, reference },
    body: { kind: 'ChannelOrderReceived', order: channelOrder(reference, occurredAt, skus) },
  };
}

function channelOrder(reference: string, at: string, skus: readonly string[]): ChannelOrder {
  return {
    channel: PARTNER_ACCOUNT,
    reference,
    version: at,
    placedAt: at,
    currency: CURRENCY,
    cancelled: false,
    shipMethod: 'Standard',
    lines: skus.map(lineOf),
    charges: [{ kind: 'SHIPPING', label: 'Standard', amount: { minor: 490, currency: CURRENCY } }],
    grandTotal: { minor: 490 + 1_990 * skus.length, currency: CURRENCY },
    parties: {
      buyer: { name: 'Ada Lovelace', email: 'ada@example.org', phone: '+49 30 123456' },
      shipTo: { name: 'Ada Lovelace', line1: 'Example street 1', city: 'Berlin', postalCode: '10117', country: 'DE' },
    },
    attributes: {},
  };
}

function lineOf(sku: string, index: number): ChannelOrderLine {
  const tax = { minor: 318, currency: CURRENCY };
  return {
    lineReference: String(index + 1),
    listingSku: sku,
    title: `Item ${sku}`,
    quantity: 1,
    fulfilledQuantity: 0,
    cancelledQuantity: 0,
    requiresShipping: true,
    unitPrice: { minor: 1_990, currency: CURRENCY },
    charges: [{ kind: 'TAX', label: 'VAT', amount: tax, rate: '0.19', includedInPrice: true }],
  };
}
