import { describe, expect, it } from 'vitest';
import { dhlWaybill, gs1CheckDigit, labelOf, ssccOf, upsCheckDigit, upsTracking } from './labels.js';

describe('labels', () => {
  it('have the check digits of published examples', () => {
    expect(upsCheckDigit('999AA1012345678')).toBe(4);
    expect(upsCheckDigit('5R8939035756712')).toBe(7);
    expect(gs1CheckDigit('10614141123456789')).toBe(7);
  });

  it('look like those of the carriers', () => {
    expect(upsTracking(4_294_967_295)).toMatch(/^1Z999AA103\d{8}$/);
    expect(dhlWaybill(7)).toBe('0000000070');
    expect(ssccOf(5)).toMatch(/^10614141\d{10}$/);
  });

  it('are the same for the same package and differ between packages', () => {
    const references = Array.from({ length: 500 }, (_, index) => `WR-${index}-S1-P1`);
    expect(labelOf('WR-1-S1-P1')).toEqual(labelOf('WR-1-S1-P1'));
    expect(new Set(references.map((reference) => labelOf(reference).sscc)).size).toBe(500);
    expect(new Set(references.map((reference) => labelOf(reference).carrier))).toEqual(new Set(['UPS', 'DHL']));
  });
});
