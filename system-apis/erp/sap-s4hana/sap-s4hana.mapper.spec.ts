import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goodsIssueOf, salesOrderOf } from '../conformance/erp.commands.js';
import {
  decisionState,
  deliveryBody,
  invoiceOf,
  itemsByLine,
  pricingElement,
  rejectionSentence,
  salesOrderBody,
  sameItem,
  sapKey,
} from './sap-s4hana.mapper.js';
import { sapS4HanaSettingsSchema } from './sap-s4hana.settings.js';
import { checkEntity } from './sandbox/entity-check.js';
import { parseEdmx, parseServiceModel, readFixture } from './sandbox/service-model.js';
import { documentFlowSchema, type SapSalesOrderDecision } from './sap-s4hana.wire.js';

const settings = sapS4HanaSettingsSchema.parse({
  url: 'https://s4hana.example.com/',
  user: 'HUB',
  passwordSecret: 'SAP_PASSWORD',
  salesOrderType: 'OR',
  salesOrganization: '1710',
  distributionChannel: '10',
  division: '00',
  soldToParty: { default: '17100001', byChannel: { 'amazon-de': '17100002' } },
  shipToPartyByChannel: { 'amazon-de': '17100003' },
  nodes: { west: { plant: '1710', storageLocation: '171A' }, east: { plant: '1720' } },
  priceConditionType: 'PMP0',
  cancellationReason: '61',
  deliveryTextId: 'TX01',
});
const salesOrderModel = parseEdmx(readFixture('API_SALES_ORDER_SRV.edmx'));
const deliveryModel = parseServiceModel(readFixture('API_OUTBOUND_DELIVERY_SRV.model.json'));
const command = salesOrderOf({ channel: 'amazon-de', node: 'west', skus: ['TG11', 'TG12'], quantities: [3, 2] });
const goodsIssue = goodsIssueOf(
  { salesOrder: '1000001', items: itemsByLine(command.lines) },
  { node: 'west', skus: ['TG11', 'TG12'], quantities: [3, 2] },
);

const status = (change: Partial<SapSalesOrderDecision>): SapSalesOrderDecision => ({
  SalesOrder: '1',
  TotalCreditCheckStatus: '',
  SalesDocApprovalStatus: '',
  OverallSDDocumentRejectionSts: 'A',
  DeliveryBlockReason: '',
  ...change,
});

/** A body as it goes over the wire. */
const asSent = (body: object) => z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(body)));

describe('sapKey', () => {
  it('fits the 35 characters of the field, is stable, and differs by key', () => {
    expect(sapKey('sales-order:0197')).toMatch(/^EP-[0-9A-F]{32}$/);
    expect(sapKey('sales-order:0197')).toBe(sapKey('sales-order:0197'));
    expect(sapKey('sales-order:0197')).not.toBe(sapKey('sales-order:0198'));
  });
});

describe('salesOrderBody', () => {
  it('is what the metadata document allows', () => {
    const body = asSent(salesOrderBody(command, settings));
    expect(() => checkEntity(salesOrderModel, 'A_SalesOrderType', body, 'create')).not.toThrow();
  });

  it('names the customer of the channel, and the items in tens', () => {
    const body = salesOrderBody(command, settings);
    expect(body).toMatchObject({
      SalesOrderType: 'OR',
      SoldToParty: '17100002',
      PurchaseOrderByCustomer: sapKey(command.idempotencyKey),
      PurchaseOrderByShipToParty: command.reference,
      CustomerPurchaseOrderDate: '/Date(1768435200000)/',
      to_Partner: { results: [{ PartnerFunction: 'SH', Customer: '17100003' }] },
    });
    expect(body.to_Item.results[1]).toEqual({
      SalesOrderItem: '20',
      Material: 'TG12',
      RequestedQuantity: '2',
      RequestedQuantityUnit: 'PC',
      ProductionPlant: '1710',
      to_PricingElement: {
        results: [
          {
            ConditionType: 'PMP0',
            ConditionRateValue: '12.50',
            ConditionCurrency: 'EUR',
            ConditionQuantity: '1',
            ConditionQuantityUnit: 'PC',
          },
        ],
      },
    });
  });

  it('has the default customer and no partner for another channel', () => {
    const body = salesOrderBody({ ...command, channel: 'shop' }, settings);
    expect(body.SoldToParty).toBe('17100001');
    expect(body).not.toHaveProperty('to_Partner');
  });
});

describe('pricingElement', () => {
  it.each([
    { net: 1000, units: 3, rate: '10.00', per: '3' },
    { net: 1050, units: 3, rate: '3.50', per: '1' },
    { net: 0, units: 7, rate: '0.00', per: '1' },
    { net: 125_000_000, units: 1_000_000, rate: '1.25', per: '1' },
    { net: 7, units: 4, rate: '0.07', per: '4' },
  ])('states $net cents for $units units as $rate per $per', ({ net, units, rate, per }) => {
    expect(pricingElement({ minor: net, currency: 'EUR' }, units, settings)).toMatchObject({
      ConditionRateValue: rate,
      ConditionQuantity: per,
    });
  });

  it('refuses an amount that SAP has no field for', () => {
    expect(() => pricingElement({ minor: 1, currency: 'EUR' }, 100_001, settings)).toThrow(/cannot be priced/);
  });
});

describe('deliveryBody', () => {
  it('is what the API description allows', () => {
    const body = asSent(deliveryBody(goodsIssue, settings));
    expect(() => checkEntity(deliveryModel, 'A_OutbDeliveryHeaderType', body, 'create')).not.toThrow();
  });

  it('refers to the sales order items, in the storage location of the node', () => {
    expect(deliveryBody({ ...goodsIssue, trackingNumbers: ['T-1', 'T-2'] }, settings)).toMatchObject({
      DeliveryDocumentBySupplier: sapKey(goodsIssue.idempotencyKey),
      ActualGoodsMovementDate: '/Date(1768521600000)/',
      BillOfLading: 'T-1',
      to_DeliveryDocumentText: {
        results: [{ TextElement: 'TX01', Language: 'EN', TextElementText: 'Shipment S-1, tracking T-1, T-2' }],
      },
      to_DeliveryDocumentItem: {
        results: [
          {
            ReferenceSDDocument: '1000001',
            ReferenceSDDocumentItem: '10',
            ActualDeliveryQuantity: '3',
            DeliveryQuantityUnit: 'PC',
            StorageLocation: '171A',
          },
          { ReferenceSDDocumentItem: '20', ActualDeliveryQuantity: '2' },
        ],
      },
    });
  });
});

describe('decisionState', () => {
  it.each([
    { change: {}, state: 'CONFIRMED' },
    { change: { TotalCreditCheckStatus: 'A' }, state: 'CONFIRMED' },
    { change: { TotalCreditCheckStatus: 'D' }, state: 'CONFIRMED' },
    { change: { TotalCreditCheckStatus: 'B' }, state: 'PENDING' },
    { change: { TotalCreditCheckStatus: 'C' }, state: 'PENDING' },
    { change: { SalesDocApprovalStatus: 'A' }, state: 'PENDING' },
    { change: { SalesDocApprovalStatus: 'B' }, state: 'CONFIRMED' },
    { change: { SalesDocApprovalStatus: 'C' }, state: 'REJECTED' },
    { change: { DeliveryBlockReason: '01' }, state: 'PENDING' },
    { change: { OverallSDDocumentRejectionSts: 'B' }, state: 'CONFIRMED' },
    { change: { OverallSDDocumentRejectionSts: 'C', TotalCreditCheckStatus: 'B' }, state: 'REJECTED' },
  ])('of $change is $state', ({ change, state }) => {
    expect(decisionState(status(change))).toBe(state);
  });

  it('is told in words where the code has any', () => {
    const texts = { '51': 'Credit limit exceeded' };
    expect(rejectionSentence(status({}), ['51', '51', ''], texts)).toBe(
      'Credit limit exceeded (reason for rejection 51)',
    );
    expect(rejectionSentence(status({ SalesDocApprovalStatus: 'C' }), ['07'], texts)).toBe(
      'the approval was refused; reason for rejection 07',
    );
    expect(rejectionSentence(status({}), [], texts)).toBe('all items were rejected without a reason');
  });
});

describe('SAP numbers', () => {
  it('are the same with and without leading zeros', () => {
    expect(sameItem('000010', '10')).toBe(true);
    expect(sameItem('000010', '100')).toBe(false);
  });
});

describe('invoiceOf', () => {
  it('is the document of category M in the recorded document flow', () => {
    const sample: unknown = JSON.parse(readFixture('samples/outbound-delivery-item-02-item-document-flow-sample.json'));
    const flow = z.object({ message: z.array(documentFlowSchema) }).parse(sample).message;
    expect(invoiceOf({ to_DocumentFlow: { results: flow } })).toBe('90000000');
    expect(invoiceOf({ to_DocumentFlow: { results: flow.slice(1) } })).toBeUndefined();
    expect(invoiceOf(undefined)).toBeUndefined();
  });
});
