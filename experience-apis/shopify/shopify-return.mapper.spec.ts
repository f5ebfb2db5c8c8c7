import { describe, expect, it } from 'vitest';
import { ACCOUNT, onlyFact, toBody } from './spec-support.js';
import { interpretWebhook } from './shopify.mapper.js';

const line = { quantity: 2, return_reason: 'size_too_small', fulfillment_line_item: { id: 5, line_item: { id: 11 } } };

describe('a return', () => {
  it.each([
    ['returns/request', { order: { id: 9_001 } }],
    ['returns/approve', { order_id: 9_001 }],
  ])('of %s is announced for its order, under one id', (topic, order) => {
    const body = toBody({ id: 777, status: 'requested', ...order, return_line_items: [line, { quantity: 1 }] });
    expect(onlyFact(interpretWebhook(ACCOUNT, topic, body))).toEqual({
      kind: 'RETURN_ANNOUNCED',
      reference: '9001',
      returnId: '777',
      lines: [{ lineReference: '11', quantity: 2 }],
    });
  });

  it('keeps all digits of its ids', () => {
    const body = Buffer.from('{"id":777,"order_id":820982911946154508}');
    expect(onlyFact(interpretWebhook(ACCOUNT, 'returns/request', body))).toMatchObject({
      reference: '820982911946154508',
      lines: [],
    });
  });

  it('of no order is refused with the place', () => {
    expect(interpretWebhook(ACCOUNT, 'returns/request', toBody({ id: 777 }))).toMatchObject({
      outcome: 'REFUSED',
      reason: 'CONTRACT_MISMATCH',
      pointer: '/order_id',
    });
  });
});
