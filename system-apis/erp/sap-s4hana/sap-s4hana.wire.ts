import { z } from 'zod';

/** The three OData V2 services this adapter speaks; the delivery service needs its version in the path. */
export const SALES_ORDER_SERVICE = '/sap/opu/odata/sap/API_SALES_ORDER_SRV';
export const DELIVERY_SERVICE = '/sap/opu/odata/sap/API_OUTBOUND_DELIVERY_SRV;v=0002';
export const MATERIAL_STOCK_SERVICE = '/sap/opu/odata/sap/API_MATERIAL_STOCK_SRV';

export type SapService = typeof SALES_ORDER_SERVICE | typeof DELIVERY_SERVICE | typeof MATERIAL_STOCK_SERVICE;

const metadata = z.looseObject({ etag: z.string().optional() }).optional();

/** `{ d: { … } }`: one entity. */
export function entityEnvelope<Entity extends object>(entity: z.ZodType<Entity>) {
  return z.object({ d: entity }).transform((body) => body.d);
}

/** `{ d: { results: [ … ] } }`: entities, and what a function import gives back. */
export function collectionEnvelope<Entity extends object>(entity: z.ZodType<Entity>) {
  return z.object({ d: z.object({ results: z.array(entity) }) }).transform((body) => body.d.results);
}

/** The same with the number of all entities that there are, on whatever page: asked for by `$inlinecount=allpages`. */
export function countedEnvelope<Entity extends object>(entity: z.ZodType<Entity>) {
  return z
    .object({ d: z.object({ __count: z.string().regex(/^\d{1,9}$/), results: z.array(entity) }) })
    .transform(({ d }) => ({ count: Number(d.__count), results: d.results }));
}

/** SAP's error answer. `errordetails` repeats the first message and adds the others. */
export const sapErrorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.object({ value: z.string() }),
    innererror: z
      .object({
        errordetails: z
          .array(z.object({ code: z.string(), message: z.string(), severity: z.string().optional() }))
          .default([]),
      })
      .optional(),
  }),
});

export const salesOrderReferenceSchema = z.object({
  SalesOrder: z.string().min(1),
  TotalNetAmount: z.string().optional(),
  TransactionCurrency: z.string().optional(),
});
export type SapSalesOrderReference = z.infer<typeof salesOrderReferenceSchema>;

/** The header fields that tell what SAP decided. */
export const salesOrderDecisionSchema = z.object({
  SalesOrder: z.string().min(1),
  TotalCreditCheckStatus: z.string(),
  SalesDocApprovalStatus: z.string(),
  OverallSDDocumentRejectionSts: z.string(),
  DeliveryBlockReason: z.string(),
});
export type SapSalesOrderDecision = z.infer<typeof salesOrderDecisionSchema>;

export const salesOrderItemSchema = z.object({
  __metadata: metadata,
  SalesOrderItem: z.string().min(1),
  RequestedQuantity: z.string(),
  SalesDocumentRjcnReason: z.string(),
});

export const itemRejectionSchema = z.object({ SalesDocumentRjcnReason: z.string() });

export const deliverySchema = z.object({
  __metadata: metadata,
  DeliveryDocument: z.string().min(1),
  /** Blank: not relevant; A: not started; B: in part; C: done. */
  OverallGoodsMovementStatus: z.string(),
  OverallPickingStatus: z.string(),
});
export type SapDelivery = z.infer<typeof deliverySchema>;

export const deliveryBillingSchema = z.object({
  DeliveryDocument: z.string().min(1),
  OverallDelivReltdBillgStatus: z.string(),
});

export const deliveryItemSchema = z.object({
  DeliveryDocumentItem: z.string().min(1),
  ReferenceSDDocumentItem: z.string(),
});
export type SapDeliveryItem = z.infer<typeof deliveryItemSchema>;

export const documentFlowSchema = z.object({
  /** SAP spells this one property with a small d. */
  Subsequentdocument: z.string(),
  SubsequentDocumentCategory: z.string(),
});

export const deliveryItemFlowSchema = z.object({
  to_DocumentFlow: z.object({ results: z.array(documentFlowSchema) }),
});
export type SapDeliveryItemFlow = z.infer<typeof deliveryItemFlowSchema>;

/** A material and its base unit. */
export const materialSchema = z.object({ Material: z.string().min(1), MaterialBaseUnit: z.string().min(1) });
export type SapMaterial = z.infer<typeof materialSchema>;

/** Stock of one type, in one batch, at one place. */
export const stockRecordSchema = z.object({
  Material: z.string().min(1),
  Plant: z.string(),
  StorageLocation: z.string(),
  InventoryStockType: z.string(),
  /** A decimal of up to 14 places; negative where the plant allows it. */
  MatlWrhsStkQtyInMatlBaseUnit: z.string(),
});
export type SapStockRecord = z.infer<typeof stockRecordSchema>;

/** What the delivery's function imports answer: the messages of what was done, with HTTP 200 even for type E. */
export const processingMessageSchema = z.object({
  SystemMessageType: z.string().default(''),
  SystemMessageIdentification: z.string().default(''),
  SystemMessageNumber: z.string().default(''),
  SystemMessageVariable1: z.string().default(''),
  SystemMessageVariable2: z.string().default(''),
  SystemMessageVariable3: z.string().default(''),
  SystemMessageVariable4: z.string().default(''),
});
export type SapProcessingMessage = z.infer<typeof processingMessageSchema>;

/** Deep insert of `A_SalesOrder`. */
export interface CreateSalesOrder {
  readonly SalesOrderType: string;
  readonly SalesOrganization: string;
  readonly DistributionChannel: string;
  readonly OrganizationDivision: string;
  readonly SoldToParty: string;
  readonly PurchaseOrderByCustomer: string;
  readonly PurchaseOrderByShipToParty: string;
  readonly CustomerPurchaseOrderDate: string;
  readonly TransactionCurrency: string;
  readonly to_Partner?: {
    readonly results: readonly { readonly PartnerFunction: string; readonly Customer: string }[];
  };
  readonly to_Item: { readonly results: readonly CreateSalesOrderItem[] };
}

export interface CreateSalesOrderItem {
  readonly SalesOrderItem: string;
  readonly Material: string;
  readonly RequestedQuantity: string;
  readonly RequestedQuantityUnit: string;
  readonly ProductionPlant: string;
  readonly to_PricingElement: { readonly results: readonly CreatePricingElement[] };
}

export interface CreatePricingElement {
  readonly ConditionType: string;
  readonly ConditionRateValue: string;
  readonly ConditionCurrency: string;
  readonly ConditionQuantity: string;
  readonly ConditionQuantityUnit: string;
}

/** Deep insert of `A_OutbDeliveryHeader`, with reference to sales order items. */
export interface CreateDelivery {
  readonly DeliveryDocumentBySupplier: string;
  readonly ActualGoodsMovementDate: string;
  readonly BillOfLading?: string;
  readonly to_DeliveryDocumentText?: {
    readonly results: readonly {
      readonly TextElement: string;
      readonly Language: string;
      readonly TextElementText: string;
    }[];
  };
  readonly to_DeliveryDocumentItem: { readonly results: readonly CreateDeliveryItem[] };
}

export interface CreateDeliveryItem {
  readonly ReferenceSDDocument: string;
  readonly ReferenceSDDocumentItem: string;
  readonly ActualDeliveryQuantity: string;
  readonly DeliveryQuantityUnit: string;
  readonly StorageLocation?: string;
}
