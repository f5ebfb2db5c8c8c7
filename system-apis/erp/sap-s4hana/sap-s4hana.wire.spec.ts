import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkEntity } from './sandbox/entity-check.js';
import { parseEdmx, readFixture } from './sandbox/service-model.js';
import {
  collectionEnvelope,
  deliveryBillingSchema,
  deliverySchema,
  documentFlowSchema,
  salesOrderItemSchema,
  salesOrderReferenceSchema,
} from './sap-s4hana.wire.js';

const sample = (name: string): unknown => JSON.parse(readFixture(`samples/${name}`));
/** The recorder of these samples kept SAP's entities under `message`. */
const recorded = z.object({ message: z.array(z.unknown()) });
const steps = z.object({ steps: z.array(z.object({ body: z.record(z.string(), z.unknown()).optional() })) });

describe('the wire schemas read what SAP sent', () => {
  it('in its envelope', () => {
    const body = sample('odata_v2.envelope.A_SalesOrder.response.json');
    expect(collectionEnvelope(salesOrderReferenceSchema).parse(body)).toEqual([
      { SalesOrder: '9000000232', TotalNetAmount: '1356.08', TransactionCurrency: 'EUR' },
    ]);
  });

  it.each([
    {
      name: 'sales-order-header-01-sample.json',
      schema: salesOrderReferenceSchema,
      read: { SalesOrder: '1', TotalNetAmount: '52.65', TransactionCurrency: 'USD' },
    },
    {
      name: 'sales-order-header-03-item-sample.json',
      schema: salesOrderItemSchema,
      read: { SalesOrderItem: '10', RequestedQuantity: '3', SalesDocumentRjcnReason: '' },
    },
    {
      name: 'outbound-delivery-header-01-sample.json',
      schema: deliverySchema,
      read: { DeliveryDocument: '80000000', OverallGoodsMovementStatus: 'C', OverallPickingStatus: 'C' },
    },
    {
      name: 'outbound-delivery-header-01-sample.json',
      schema: deliveryBillingSchema,
      read: { DeliveryDocument: '80000000', OverallDelivReltdBillgStatus: 'C' },
    },
    {
      name: 'outbound-delivery-item-02-item-document-flow-sample.json',
      schema: documentFlowSchema,
      read: { Subsequentdocument: '90000000', SubsequentDocumentCategory: 'M' },
    },
  ])('in $name', ({ name, schema, read }) => {
    expect(schema.parse(recorded.parse(sample(name)).message[0])).toEqual(read);
  });
});

describe('the metadata document', () => {
  const model = parseEdmx(readFixture('API_SALES_ORDER_SRV.edmx'));

  it('allows the deep insert of a published client', () => {
    const [, create] = steps.parse(sample('http.create_sales_order.request.json')).steps;
    expect(create?.body).toHaveProperty('to_Item');
    expect(() => checkEntity(model, 'A_SalesOrderType', create?.body ?? {}, 'create')).not.toThrow();
  });

  it('has the lengths that the adapter counts on', () => {
    const header = model.entities['A_SalesOrderType'];
    const pricing = model.entities['A_SalesOrderItemPrElementType'];
    expect(header?.properties['PurchaseOrderByCustomer']?.maxLength).toBe(35);
    expect(header?.properties['PurchaseOrderByShipToParty']?.maxLength).toBe(35);
    expect(pricing?.properties['ConditionQuantity']).toMatchObject({ type: 'Edm.Decimal', scale: 0 });
  });
});
