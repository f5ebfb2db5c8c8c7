import { describe, expect, it } from 'vitest';
import { withoutPersonalData } from './personal-data.js';

const PARTIES = {
  buyer: { name: 'Ada', email: 'ada@example.org' },
  shipTo: { name: 'Ada Lovelace', line1: 'Ada Lovelace Road 1', postalCode: '10115', country: 'DE' },
  giftMessages: { '1': 'For you' },
};

describe('withoutPersonalData', () => {
  it('hides what the sentence quotes of the order, wherever it stands', () => {
    const said = 'Postal code 10115 of Ada Lovelace Road 1 (Ada Lovelace, ada@example.org): For you';
    expect(withoutPersonalData(said, PARTIES)).toBe('Postal code *** of *** (***, ***): ***');
  });

  it('keeps everything else', () => {
    const said = 'sap-s4hana answered A_SalesOrder.create with 400: V1/042 country DE';
    expect(withoutPersonalData(said, PARTIES)).toBe(said);
    expect(withoutPersonalData(said, {})).toBe(said);
  });
});
