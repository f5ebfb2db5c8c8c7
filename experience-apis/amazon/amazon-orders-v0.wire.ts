import { z } from 'zod';

/**
 * What is still needed of Orders API v0: the shipment confirmation (2026-01-01 has none), and enough of
 * its reads to say why they are not taken. v0 order reads come without items.
 */
export const OrderReadV0Wire = z.looseObject({
  AmazonOrderId: z.string().min(1),
  OrderStatus: z.string().nullish(),
  /** MFN (the seller ships) or AFN (Amazon ships). */
  FulfillmentChannel: z.string().nullish(),
});

export const ConfirmShipmentItemWire = z.looseObject({
  orderItemId: z.string().min(1),
  quantity: z.int().positive(),
  transparencyCodes: z.array(z.string()).optional(),
});

export const ConfirmShipmentWire = z.looseObject({
  marketplaceId: z.string().min(1),
  packageDetail: z.looseObject({
    /** A JSON string with a positive number in it; a JSON number is refused by Amazon. */
    packageReferenceId: z.string().regex(/^[1-9]\d*$/, 'must be a positive numeric value'),
    carrierCode: z.string().min(1),
    /** Required when the code is "Other". */
    carrierName: z.string().optional(),
    shippingMethod: z.string().optional(),
    trackingNumber: z.string().min(1),
    shipDate: z.iso.datetime({ offset: true }),
    shipFromSupplySourceId: z.string().optional(),
    orderItems: z.array(ConfirmShipmentItemWire).min(1),
  }),
});

export type ConfirmShipmentRequest = z.infer<typeof ConfirmShipmentWire>;
