import { ITEMS, NODES } from '../../src/demo/retail.js';
import type { KnownWork } from './target.js';

const AT = '2026-03-01T10:00:00Z';
const SKU = ITEMS[2]?.sku ?? '';
const NODE = NODES[0]?.id ?? '';
const OTHER_NODE = NODES[1]?.id ?? '';

/** Batches of each kind of event: about work that the warehouse holds, about work that nobody knows, and about stock. */
export function warehouseSeeds(work: readonly KnownWork[]): readonly object[] {
  const unknown: KnownWork = { fulfillmentOrderId: 'nobody-knows-it', lineId: 'no-line', quantity: 1 };
  const ofWork = [...work, unknown].flatMap((known) => workEvents(known).map((event) => ({ events: [event] })));
  return [...ofWork, { events: stockEvents() }, ...stockEvents().map((event) => ({ events: [event] }))];
}

function workEvents({ fulfillmentOrderId, lineId, quantity }: KnownWork): readonly object[] {
  const event = { id: 'e', occurredAt: AT, fulfillmentOrderId };
  const lines = [{ lineId, quantity }];
  return [
    { type: 'fulfillment.picked', ...event, lines },
    { type: 'fulfillment.packed', ...event, lines },
    { type: 'fulfillment.short_picked', ...event, lines: [{ lineId, quantity, sku: SKU }], reason: 'DAMAGE' },
    { type: 'fulfillment.carrier_refused', ...event, reason: 'ADDRESS' },
    {
      type: 'fulfillment.shipped',
      ...event,
      shipmentReference: `S-${fulfillmentOrderId}`,
      packages: [
        {
          reference: 'P-1',
          sscc: '003456789012345675',
          carrier: 'DHL',
          service: 'PARCEL',
          trackingNumber: `T-${fulfillmentOrderId}`,
          trackingUrl: 'https://tracking.example.org/1',
          items: [{ lineId, quantity, serials: ['SN-1'], lots: [{ sku: SKU, lot: 'L1', quantity: 1 }] }],
        },
      ],
    },
  ];
}

function stockEvents(): readonly object[] {
  const event = { id: 'e', occurredAt: AT, sku: SKU, node: NODE, quantity: 2 };
  const goods = { ...event, lot: 'L2026-11', expiresOn: '2027-03-31', reason: 'DAMAGE' };
  return [
    { type: 'stock.received', ...goods, document: 'PO-1', serials: ['SN-2'] },
    { type: 'stock.counted', ...event, sequence: 7 },
    { type: 'stock.adjusted', ...event, quantity: -1 },
    { type: 'stock.held', ...event },
    { type: 'stock.hold_lifted', ...event },
    { type: 'transfer.shipped', ...event, document: 'TO-1', otherNode: OTHER_NODE, expectedAt: AT },
    { type: 'transfer.received', ...event, document: 'TO-1', otherNode: OTHER_NODE },
    { type: 'stock.announced', ...event, document: 'PO-2', supply: 'ASN', expectedAt: AT },
    { type: 'stock.announcement_cancelled', ...event, document: 'PO-2' },
    { type: 'stock.received', ...event, unit: 'CASE' },
  ];
}
