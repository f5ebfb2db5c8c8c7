import { describe, expect, it } from 'vitest';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelFact, ChannelOrder, Interpretation } from '../../src/model/channel-order.js';
import { interpretAmazon } from './amazon.mapper.js';
import type { Order2026, OrderItem2026 } from './amazon.wire.js';
import { sampleOrders } from './sandbox/sandbox-fixtures.js';
import { ordersFrom } from './testing/orders.js';

const account: ChannelAccount = { id: 'amazon-1', kind: 'amazon', name: 'Amazon', active: true, settings: {} };

function sample(orderId: string): Order2026 {
  const order = sampleOrders().find((candidate) => candidate.orderId === orderId);
  if (order === undefined) throw new Error(`no sample ${orderId}`);
  return order;
}
const brazil = sample('171-9876543-2109876');
const turkey = sample('028-1234567-8901234');

function interpret(order: unknown): Interpretation {
  return interpretAmazon(account, 'order', Buffer.from(JSON.stringify(order)));
}
function facts(order: unknown): readonly ChannelFact[] {
  const reading = interpret(order);
  if (reading.outcome !== 'FACTS') throw new Error(`${reading.outcome}: ${reading.detail}`);
  return reading.facts;
}
function channelOrder(order: unknown): ChannelOrder {
  const [fact] = facts(order);
  if (fact?.kind !== 'ORDER') throw new Error('no order');
  return fact.order;
}
function withStatus(order: Order2026, fulfillmentStatus: string): Order2026 {
  return { ...order, fulfillment: { ...order.fulfillment, fulfillmentStatus } };
}
function withItem(order: Order2026, change: Partial<OrderItem2026>): Order2026 {
  return { ...order, orderItems: order.orderItems.map((item) => ({ ...item, ...change })) };
}
const brl = (amount: string) => ({ amount, currencyCode: 'BRL' });

describe('an order of the Orders API 2026-01-01', () => {
  it('is read whole', () => {
    expect(channelOrder(brazil)).toMatchObject({
      channel: 'amazon-1',
      reference: '171-9876543-2109876',
      displayReference: 'BR-CONSUMER-ORDER-2024-003',
      version: '2024-12-25T08:15:00.000Z',
      placedAt: '2024-12-24T20:30:00.000Z',
      currency: 'BRL',
      cancelled: false,
      shipMethod: 'STANDARD',
      shipBy: '2024-12-27T23:59:59.000Z',
      deliverBy: '2024-12-31T23:59:59.000Z',
      grandTotal: { minor: 29990, currency: 'BRL' },
      charges: [],
      lines: [
        {
          lineReference: '17198765432109',
          listingSku: 'ECHO-DOT-4-BR-PRETO',
          quantity: 1,
          fulfilledQuantity: 0,
          cancelledQuantity: 0,
          unitPrice: { minor: 29990, currency: 'BRL' },
          charges: [{ kind: 'ITEM', label: 'ITEM', amount: { minor: 29990, currency: 'BRL' } }],
          gift: { wrap: 'STANDARD', hasMessage: true },
        },
      ],
    });
  });

  it('keeps people, addresses and gift messages with the parties alone', () => {
    const order = channelOrder(brazil);
    expect(order.parties).toEqual({
      buyer: { name: 'Maria Silva Santos', email: 'buyer-email@marketplace.amazon.com.br' },
      shipTo: {
        name: 'Maria Silva Santos',
        line1: 'Rua das Flores, 123',
        line2: 'Apartamento 45',
        line3: 'Vila Madalena',
        city: 'São Paulo',
        region: 'SP',
        postalCode: '01234-567',
        country: 'BR',
        phone: '+55 11 98765-4321',
      },
      giftMessages: { '17198765432109': 'Feliz Natal! Espero que goste do seu novo alto-falante inteligente!' },
    });
    expect(JSON.stringify({ ...order, parties: {} })).not.toMatch(/Maria|Flores|Feliz Natal/);
  });

  it('keeps the tax registration of the buyer, and the marketplace facts as attributes', () => {
    const { parties, attributes } = channelOrder(turkey);
    expect(parties.buyer).toMatchObject({
      company: 'Test company name',
      taxId: 'TR1234567890',
      taxDetails: 'TAX_OFFICE: tax office',
    });
    expect(parties.billTo).toMatchObject({ company: 'Test company name', postalCode: '34430' });
    expect(attributes).toMatchObject({
      marketplaceId: 'A33AVAJ2PDY3EV',
      'taxRegistration.BUYER.type': 'BUSINESS',
      buyerInvoicePreference: 'BUSINESS',
      'item.02812345678901.asin': 'B09V3KXJPB',
      'item.02812345678901.taxReportingScheme': 'IOSS',
    });
    expect(JSON.stringify(attributes)).not.toContain('TR1234567890');
  });

  it('counts what is shipped', () => {
    expect(channelOrder(turkey).lines[0]).toMatchObject({ quantity: 2, fulfilledQuantity: 2, cancelledQuantity: 0 });
  });

  it('splits taxes and discounts by what they are on, and marks what Amazon remits', () => {
    const order = withItem(brazil, {
      proceeds: {
        proceedsTotal: brl('330.40'),
        breakdowns: [
          { type: 'ITEM', subtotal: brl('299.90') },
          { type: 'SHIPPING', subtotal: brl('10.00') },
          { type: 'COD_FEE', subtotal: brl('1.50') },
          {
            type: 'TAX',
            subtotal: brl('29.00'),
            detailedBreakdowns: [
              { subtype: 'ITEM', value: brl('27.00') },
              { subtype: 'SHIPPING', value: brl('2.00') },
            ],
          },
          {
            type: 'DISCOUNT',
            subtotal: brl('10.00'),
            detailedBreakdowns: [{ subtype: 'SHIPPING', value: brl('10.00') }],
          },
        ],
      },
      tax: { taxCollections: [{ model: 'MARKETPLACE_FACILITATOR', responsibleParty: 'Amazon' }] },
    });
    const charges = channelOrder(order).lines[0]?.charges ?? [];
    expect(charges.map(({ kind, amount, collectedByChannel }) => [kind, amount.minor, collectedByChannel])).toEqual([
      ['ITEM', 29990, undefined],
      ['SHIPPING', 1000, undefined],
      ['FEE', 150, undefined],
      ['TAX', 2700, true],
      ['SHIPPING_TAX', 200, true],
      ['SHIPPING_DISCOUNT', -1000, undefined],
    ]);
  });

  it('takes the subtotal where its split does not add up', () => {
    const order = withItem(brazil, {
      proceeds: {
        breakdowns: [
          { type: 'TAX', subtotal: brl('5.00'), detailedBreakdowns: [{ subtype: 'ITEM', value: brl('4.99') }] },
        ],
      },
    });
    expect(channelOrder(order).lines[0]?.charges).toEqual([
      { kind: 'TAX', label: 'TAX', amount: { minor: 500, currency: 'BRL' } },
    ]);
  });

  it('keeps at the order what no line explains, and nothing twice', () => {
    const order: Order2026 = {
      ...brazil,
      proceeds: {
        grandTotal: brl('309.90'),
        breakdowns: [
          { type: 'ITEM', subtotal: brl('299.90') },
          { type: 'DELIVERY_TIP', subtotal: brl('10.00') },
        ],
      },
    };
    expect(channelOrder(order).charges).toEqual([
      { kind: 'TIP', label: 'DELIVERY_TIP', amount: { minor: 1000, currency: 'BRL' } },
    ]);
  });

  it('has charges that add up to its total, for every order of the sandbox', () => {
    for (const order of ordersFrom(7, 200)) {
      const { lines, charges, grandTotal } = channelOrder(order);
      const sum = [...lines.flatMap((line) => line.charges), ...charges].reduce(
        (all, { amount }) => all + amount.minor,
        0,
      );
      expect(sum).toBe(grandTotal?.minor);
    }
  });
});

describe('an order that is not for the hub', () => {
  it.each([
    ['PENDING', 'NOT_RELEASED_BY_CHANNEL'],
    ['PENDING_AVAILABILITY', 'NOT_RELEASED_BY_CHANNEL'],
    ['UNFULFILLABLE', 'FULFILLED_BY_CHANNEL'],
  ])('%s is ignored: %s', (status, reason) => {
    expect(interpret(withStatus(brazil, status))).toMatchObject({ outcome: 'IGNORED', reason });
  });

  it.each([
    ['no items', { ...brazil, orderItems: [] }, 'NO_LINES', '/orderItems'],
    ['an unknown status', withStatus(brazil, 'LOST'), 'CONTRACT_MISMATCH', '/fulfillment/fulfillmentStatus'],
    [
      'no word on who ships',
      { ...brazil, fulfillment: { fulfillmentStatus: 'UNSHIPPED' } },
      'CONTRACT_MISMATCH',
      '/fulfillment/fulfilledBy',
    ],
    ['no FULFILLMENT data', { ...brazil, fulfillment: undefined }, 'CONTRACT_MISMATCH', '/fulfillment'],
    [
      'a time without offset',
      { ...brazil, lastUpdatedTime: '2024-12-25T08:15:00' },
      'TIME_NOT_READABLE',
      '/lastUpdatedTime',
    ],
    [
      'too many decimals',
      { ...brazil, proceeds: { grandTotal: brl('1.999') } },
      'AMOUNT_NOT_REPRESENTABLE',
      '/proceeds/grandTotal',
    ],
    [
      'two currencies',
      { ...brazil, proceeds: { grandTotal: { amount: '1', currencyCode: 'USD' } } },
      'CONTRACT_MISMATCH',
      '/orderItems/0/product/price/unitPrice',
    ],
    [
      'an item twice',
      { ...brazil, orderItems: [...brazil.orderItems, ...brazil.orderItems] },
      'CONTRACT_MISMATCH',
      '/orderItems/1/orderItemId',
    ],
    [
      'a quantity as text',
      withItem(brazil, { quantityOrdered: '1' as unknown as number }),
      'CONTRACT_MISMATCH',
      '/orderItems/0/quantityOrdered',
    ],
  ])('%s is refused', (_, order, reason, pointer) => {
    expect(interpret(order)).toMatchObject({ outcome: 'REFUSED', reason, pointer });
  });

  it('a body that is not JSON and an unknown topic are refused', () => {
    expect(interpretAmazon(account, 'order', Buffer.from('{'))).toMatchObject({ reason: 'BODY_NOT_READABLE' });
    expect(interpretAmazon(account, 'toString', Buffer.from('{}'))).toMatchObject({ reason: 'UNKNOWN_TOPIC' });
  });
});

describe('a cancellation', () => {
  const executed = { cancellationExecution: { cancelledBy: 'BUYER', cancelReason: 'BUYER_CANCELED' } };
  const asked = { cancellationRequest: { requester: 'BUYER', cancelReason: 'CHEAPER_ELSEWHERE' } };

  it('of the whole order cancels what is not shipped', () => {
    const order = channelOrder(withStatus(withItem(brazil, { cancellation: executed }), 'CANCELLED'));
    expect(order).toMatchObject({ cancelled: true, cancelReason: 'BUYER: BUYER_CANCELED' });
    expect(order.lines[0]).toMatchObject({ quantity: 1, cancelledQuantity: 1, fulfilledQuantity: 0 });
  });

  it('of some units is what is neither fulfilled nor left to fulfil', () => {
    const order = withItem(withStatus(turkey, 'PARTIALLY_SHIPPED'), {
      quantityOrdered: 5,
      fulfillment: { quantityFulfilled: 2, quantityUnfulfilled: 1 },
    });
    expect(channelOrder(order).lines[0]).toMatchObject({ fulfilledQuantity: 2, cancelledQuantity: 2 });
  });

  it('that the buyer asks for is a request with a stable id', () => {
    const request = {
      kind: 'CANCELLATION_REQUESTED',
      reference: brazil.orderId,
      requestId: `${brazil.orderId}:whole`,
      reason: 'CHEAPER_ELSEWHERE',
    };
    const order = withItem(brazil, { cancellation: asked });
    expect(facts(order).slice(1)).toEqual([request]);
    expect(facts({ ...order, lastUpdatedTime: '2025-01-01T00:00:00Z' }).slice(1)).toEqual([request]);
  });

  it('of one line of two names the line and its open units', () => {
    const [first] = brazil.orderItems;
    if (first === undefined) throw new Error('the sample has an item');
    const other = { ...first, orderItemId: 'other', quantityOrdered: 3, fulfillment: null, cancellation: asked };
    expect(facts({ ...brazil, orderItems: [first, other] }).slice(1)).toEqual([
      expect.objectContaining({
        requestId: `${brazil.orderId}:other`,
        lines: [{ lineReference: 'other', quantity: 3 }],
      }),
    ]);
  });

  it('that is done already, or comes after shipping, is no request', () => {
    expect(facts(withItem(brazil, { cancellation: { ...asked, ...executed } }))).toHaveLength(1);
    expect(facts(withItem(turkey, { cancellation: asked }))).toHaveLength(1);
  });
});
