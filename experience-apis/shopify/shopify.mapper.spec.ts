import { describe, expect, it } from 'vitest';
import type { ChannelOrder } from '../../src/model/channel-order.js';
import { interpretWebhook } from './shopify.mapper.js';
import { ACCOUNT, fixtureBody, onlyFact, onlyOrder, toBody } from './spec-support.js';

const base = fixtureBody('doc.2026-04.orders.create.json');
const [firstLine] = base.line_items as readonly Record<string, unknown>[];
const [shippingLine] = base.shipping_lines as readonly Record<string, unknown>[];

function set(amount: string, currency = 'USD', presentment = { amount, currency_code: currency }) {
  return { shop_money: { amount, currency_code: currency }, presentment_money: presentment };
}

function orderOf(changes: Record<string, unknown>): ChannelOrder {
  return onlyOrder(interpretWebhook(ACCOUNT, 'orders/updated', toBody({ ...base, cancelled_at: null, ...changes })));
}

function lineOf(changes: Record<string, unknown>, order: Record<string, unknown> = {}) {
  const [line] = orderOf({ ...order, line_items: [{ ...firstLine, ...changes }] }).lines;
  if (line === undefined) throw new Error('no line');
  return line;
}

describe('an order', () => {
  it('keeps every digit of ids beyond 2^53', () => {
    const text = JSON.stringify({ ...base, id: 'ID', line_items: [{ ...firstLine, id: 'LINE' }] })
      .replace('"ID"', '820982911946154508')
      .replace('"LINE"', '487817672276298554');
    const order = onlyOrder(interpretWebhook(ACCOUNT, 'orders/create', Buffer.from(text)));
    expect(order.reference).toBe('820982911946154508');
    expect(order.lines[0]?.lineReference).toBe('487817672276298554');
  });

  it('has Shopify’s name, times in UTC, parties and addresses as they were written', () => {
    const order = orderOf({ note: 'Ring twice', note_attributes: [{ name: 'Gate', value: '4711' }] });
    expect(order).toMatchObject({
      channel: 'shop-eu',
      displayReference: '#9999',
      placedAt: '2022-01-01T00:00:00.000Z',
      version: '2022-01-01T00:00:00.000Z',
      currency: 'USD',
      cancelled: false,
      shipMethod: 'Generic Shipping',
      parties: {
        buyer: { name: 'John Smith', email: 'jon@example.com', channelCustomerId: '115310627314723950' },
        shipTo: {
          name: 'Steve Shipper',
          company: 'Shipping Company',
          line1: '123 Shipping Street',
          city: 'Shippington',
          region: 'KY',
          postalCode: '40003',
          country: 'US',
          phone: '555-555-SHIP',
        },
        note: 'Ring twice\nGate: 4711',
      },
    });
  });

  it('is in the shop’s currency, and remembers what the buyer saw', () => {
    const seen = { amount: '371.20', currency_code: 'EUR' };
    const order = orderOf({ presentment_currency: 'EUR', total_price_set: set('404.95', 'USD', seen) });
    expect(order.grandTotal).toEqual({ minor: 40_495, currency: 'USD' });
    expect(order.attributes).toMatchObject({ presentmentCurrency: 'EUR', presentmentTotal: '371.20' });
  });

  it('refuses shop money in another currency than the order’s', () => {
    const read = interpretWebhook(ACCOUNT, 'orders/create', toBody({ ...base, total_price_set: set('1.00', 'EUR') }));
    expect(read).toMatchObject({ outcome: 'REFUSED', reason: 'CONTRACT_MISMATCH', pointer: '/total_price' });
  });

  it('refuses an amount that the currency cannot hold, and says where', () => {
    const line = { ...firstLine, price_set: set('89.995') };
    const read = interpretWebhook(ACCOUNT, 'orders/create', toBody({ ...base, line_items: [line] }));
    expect(read).toMatchObject({ reason: 'AMOUNT_NOT_REPRESENTABLE', pointer: '/line_items/0/price' });
  });

  it('refuses a time without an offset', () => {
    const read = interpretWebhook(ACCOUNT, 'orders/create', toBody({ ...base, updated_at: '2026-01-01T00:00:00' }));
    expect(read).toMatchObject({ reason: 'TIME_NOT_READABLE', pointer: '/updated_at' });
  });

  it('tells two changes within one second apart', () => {
    const before = orderOf({});
    const after = orderOf({ cancelled_at: base.updated_at, refunds: [{}] });
    expect(after.version > before.version).toBe(true);
    expect(after.cancelled).toBe(true);
    expect(after.cancelReason).toBe('customer');
  });

  it('holds for the payment only where the account says so', () => {
    const body = toBody({ ...base, cancelled_at: null, financial_status: 'pending' });
    expect(onlyOrder(interpretWebhook(ACCOUNT, 'orders/create', body))).not.toHaveProperty('holds');
    const waiting = { ...ACCOUNT, settings: { ...ACCOUNT.settings, waitForPayment: true } };
    expect(onlyOrder(interpretWebhook(waiting, 'orders/create', body)).holds).toMatchObject([{ kind: 'PAYMENT' }]);
    const paid = toBody({ ...base, cancelled_at: null, financial_status: 'paid' });
    expect(onlyOrder(interpretWebhook(waiting, 'orders/paid', paid))).not.toHaveProperty('holds');
  });

  it('refuses more lines than an order may have', () => {
    const lines = Array.from({ length: 501 }, () => firstLine);
    const read = interpretWebhook(ACCOUNT, 'orders/create', toBody({ ...base, line_items: lines }));
    expect(read).toMatchObject({ reason: 'TOO_MANY_LINES', pointer: '/line_items' });
  });
});

describe('charges', () => {
  it('of a line: taxes with their exact rate, discounts as negative amounts with their code, duties', () => {
    const line = lineOf(
      {
        tax_lines: [{ title: 'VAT', price: '1.20', price_set: set('1.20'), rate: 0.0725, channel_liable: true }],
        discount_allocations: [{ amount: '5.00', amount_set: set('5.00'), discount_application_index: 0 }],
        duties: [{ harmonized_system_code: '900410', country_code_of_origin: 'IT', price_set: set('3.10') }],
      },
      { discount_applications: [{ code: 'WELCOME10' }], taxes_included: true },
    );
    expect(line.charges).toEqual([
      { kind: 'DISCOUNT', label: 'WELCOME10', amount: { minor: -500, currency: 'USD' } },
      {
        kind: 'TAX',
        label: 'VAT',
        amount: { minor: 120, currency: 'USD' },
        rate: '0.0725',
        collectedByChannel: true,
        includedInPrice: true,
      },
      { kind: 'DUTY', label: 'Duty 900410 IT', amount: { minor: 310, currency: 'USD' } },
    ]);
  });

  it('of the order: shipping with tax and discount, tip, fees; not a removed shipping line', () => {
    const order = orderOf({
      total_discounts: '0.00',
      total_discounts_set: set('0.00'),
      total_tip_received: '2.00',
      original_total_additional_fees_set: set('1.50'),
      shipping_lines: [
        { ...shippingLine, is_removed: true, title: 'Gone' },
        {
          ...shippingLine,
          code: 'EXPRESS',
          tax_lines: [{ title: 'VAT', price: '0.60', rate: 0.06 }],
          discount_allocations: [{ amount: '4.00', discount_application_index: 9 }],
        },
      ],
    });
    expect(order.shipMethod).toBe('EXPRESS');
    expect(order.charges.map(({ kind, amount }) => [kind, amount.minor])).toEqual([
      ['SHIPPING', 1000],
      ['SHIPPING_DISCOUNT', -400],
      ['SHIPPING_TAX', 60],
      ['TIP', 200],
      ['FEE', 150],
    ]);
  });
});

describe('a line', () => {
  it('counts what is fulfilled by live fulfillments, and what is removed besides', () => {
    const id = firstLine?.id;
    const fulfillment = (status: string, quantity: number) => ({
      id: 1,
      order_id: 2,
      status,
      line_items: [{ id, quantity }],
    });
    const fulfillments = [fulfillment('success', 2), fulfillment('cancelled', 3)];
    expect(lineOf({ quantity: 5, current_quantity: 4 }, { fulfillments })).toMatchObject({
      quantity: 5,
      fulfilledQuantity: 2,
      cancelledQuantity: 1,
    });
  });

  it('that was shipped and then returned stays fulfilled', () => {
    const fulfillments = [{ id: 1, order_id: 2, status: 'success', line_items: [{ id: firstLine?.id, quantity: 2 }] }];
    const line = lineOf({ quantity: 2, current_quantity: 1, fulfillable_quantity: 0 }, { fulfillments });
    expect(line).toMatchObject({ fulfilledQuantity: 2, cancelledQuantity: 0 });
  });

  it('goes by its own status when the body holds no fulfillments', () => {
    expect(lineOf({ quantity: 3, current_quantity: 3, fulfillment_status: 'fulfilled' }).fulfilledQuantity).toBe(3);
    expect(
      lineOf({ quantity: 3, current_quantity: 3, fulfillable_quantity: 2, fulfillment_status: 'partial' })
        .fulfilledQuantity,
    ).toBe(1);
  });

  it('of a cancelled order is cancelled but for what left the house', () => {
    expect(lineOf({ quantity: 3 }, { cancelled_at: base.updated_at })).toMatchObject({ cancelledQuantity: 3 });
  });

  it('of a gift card needs no shipping', () => {
    expect(lineOf({ gift_card: true, requires_shipping: false }).requiresShipping).toBe(false);
    expect(lineOf({ gift_card: true, requires_shipping: null }).requiresShipping).toBe(false);
    expect(lineOf({}).requiresShipping).toBe(true);
  });

  it('carries the gift wrap, and its message with the parties', () => {
    const properties = [
      { name: '_gift-wrap', value: 'Green' },
      { name: 'Gift Message', value: 'For you' },
    ];
    const order = orderOf({ line_items: [{ ...firstLine, properties }] });
    const [line] = order.lines;
    expect(line?.gift).toEqual({ wrap: 'Green', hasMessage: true });
    expect(order.parties.giftMessages).toEqual({ [line?.lineReference ?? '']: 'For you' });
  });
});

describe('the other messages', () => {
  it('a fulfillment is observed with its tracking and units', () => {
    const body = toBody(fixtureBody('doc.2026-04.fulfillments.create.json'));
    const fact = onlyFact(interpretWebhook(ACCOUNT, 'fulfillments/create', body));
    expect(fact).toMatchObject({
      kind: 'FULFILLMENT_OBSERVED',
      reference: '820982911946154500',
      fulfillmentId: '123456',
      observedAt: '2022-01-01T00:00:00.000Z',
      createdAt: '2022-01-01T00:00:00.000Z',
      trackingNumbers: ['1z827wk74630'],
    });
    expect(fact.kind === 'FULFILLMENT_OBSERVED' && fact.lines).toHaveLength(5);
  });

  const refund = {
    id: 509562969,
    order_id: 450789469,
    processed_at: '2026-04-01T10:00:00-04:00',
    refund_line_items: [
      { line_item_id: 1, quantity: 2, restock_type: 'return', subtotal_set: set('195.66') },
      { line_item_id: 2, quantity: 1, restock_type: 'no_restock', subtotal_set: set('1.00') },
    ],
    transactions: [
      { kind: 'refund', status: 'success', amount: '196.66', currency: 'USD' },
      { kind: 'refund', status: 'failure', amount: '10.00', currency: 'USD' },
    ],
  };

  it('a refund tells the money that went back and which units are sellable again', () => {
    expect(onlyFact(interpretWebhook(ACCOUNT, 'refunds/create', toBody(refund)))).toEqual({
      kind: 'REFUND_ISSUED',
      reference: '450789469',
      refundId: '509562969',
      issuedAt: '2026-04-01T14:00:00.000Z',
      amount: { minor: 19_666, currency: 'USD' },
      lines: [
        { lineReference: '1', quantity: 2, restock: true },
        { lineReference: '2', quantity: 1, restock: false },
      ],
    });
  });

  it('a refund before any capture moves units and no money; one of neither is ignored', () => {
    const fact = onlyFact(interpretWebhook(ACCOUNT, 'refunds/create', toBody({ ...refund, transactions: [] })));
    expect(fact).toMatchObject({ amount: { minor: 0, currency: 'USD' } });
    const nothing = { ...refund, transactions: [], refund_line_items: [] };
    expect(interpretWebhook(ACCOUNT, 'refunds/create', toBody(nothing)).outcome).toBe('IGNORED');
  });

  it('an edit is a hint, an unknown topic and an unreadable body are refused', () => {
    expect(interpretWebhook(ACCOUNT, 'orders/edited', toBody({}))).toMatchObject({ reason: 'HINT_ONLY' });
    expect(interpretWebhook(ACCOUNT, 'rockets/launch', toBody({}))).toMatchObject({ reason: 'UNKNOWN_TOPIC' });
    for (const body of [Buffer.from('{"id":'), Buffer.from([0x22, 0xff, 0x22]), Buffer.alloc(0)])
      expect(interpretWebhook(ACCOUNT, 'orders/create', body)).toMatchObject({ reason: 'BODY_NOT_READABLE' });
  });
});
