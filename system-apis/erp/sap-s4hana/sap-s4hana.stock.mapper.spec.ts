import { describe, expect, it } from 'vitest';
import { sapS4HanaSettingsSchema } from './sap-s4hana.settings.js';
import { stockAnswers } from './sap-s4hana.stock.mapper.js';
import { stockRecordSchema, type SapStockRecord } from './sap-s4hana.wire.js';

const settings = sapS4HanaSettingsSchema.parse({
  url: 'https://s4hana.example.com/',
  user: 'HUB',
  passwordSecret: 'SAP_PASSWORD',
  salesOrderType: 'OR',
  salesOrganization: '1710',
  distributionChannel: '10',
  division: '00',
  soldToParty: { default: '17100001' },
  nodes: { west: { plant: '1710', storageLocation: '171A' } },
  priceConditionType: 'PMP0',
  cancellationReason: '61',
});
const asOf = '2026-01-01T10:00:00.000Z';

/** As the service writes a record; the adapter asks for a part of the fields. */
const record = (change: Partial<SapStockRecord>): SapStockRecord =>
  stockRecordSchema.parse({
    Material: 'TG11',
    Plant: '1710',
    StorageLocation: '171A',
    Batch: '0000000001',
    Supplier: '',
    Customer: '',
    WBSElementInternalID: '000000000000000000000000',
    SDDocument: '',
    SDDocumentItem: '0',
    InventorySpecialStockType: '',
    InventoryStockType: '01',
    MaterialBaseUnit: 'PC',
    MatlWrhsStkQtyInMatlBaseUnit: '1',
    ...change,
  });
const answers = (sku: string, ...records: readonly SapStockRecord[]) =>
  stockAnswers([{ sku, nodes: ['west'] }], [{ Material: 'TG11', MaterialBaseUnit: 'PC' }], records, settings, asOf);

describe('stockAnswers', () => {
  it.each([
    ['100', 100],
    ['12.00000000000000', 12],
    ['-3.000', -3],
    ['0', 0],
    ['-0.000', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('reads %s as %i', (decimal, onHand) => {
    expect(answers('TG11', record({ MatlWrhsStkQtyInMatlBaseUnit: decimal }))).toEqual([
      { sku: 'TG11', node: 'west', onHand, qualityHold: 0, unit: 'PC', asOf },
    ]);
  });

  it.each(['2.5', '0.00000000000001', '1e3', '', 'many', '9007199254740993'])(
    'does not take %s for units',
    (decimal) => {
      const read = () => answers('TG11', record({ MatlWrhsStkQtyInMatlBaseUnit: decimal }));
      expect(read).toThrow(expect.objectContaining({ kind: 'contract' }));
      expect(read).toThrow('TG11 in plant 1710');
    },
  );

  it('does not mind a part of a unit that is on its way or elsewhere', () => {
    const part = { MatlWrhsStkQtyInMatlBaseUnit: '2.5' };
    const records = [record({ ...part, InventoryStockType: '06' }), record({ ...part, StorageLocation: '171B' })];
    expect(answers('TG11', ...records)).toMatchObject([{ onHand: 0 }]);
  });

  it('answers in the words that it was asked in', () => {
    expect(answers('tg11', record({}))).toMatchObject([{ sku: 'tg11', onHand: 1 }]);
  });
});
