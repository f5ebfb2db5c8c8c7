import { z } from 'zod';

/**
 * Orders API 2026-01-01 as Amazon sends it. Loose everywhere: fields that Amazon adds pass through unseen.
 * Optional fields may also be null; sections come only when `includedData` names them and the account may read them.
 */
const text = z.string().nullish();
const texts = z.array(z.string()).nullish();

export const MoneyWire = z.looseObject({ amount: z.string(), currencyCode: z.string() });

const DateTimeRange = z.looseObject({ earliestDateTime: text, latestDateTime: text });

export const CustomerAddressWire = z.looseObject({
  name: text,
  companyName: text,
  addressLine1: text,
  addressLine2: text,
  addressLine3: text,
  city: text,
  districtOrCounty: text,
  stateOrRegion: text,
  municipality: text,
  postalCode: text,
  countryCode: text,
  phone: text,
  addressType: text,
  extendedFields: z
    .looseObject({ streetName: text, streetNumber: text, complement: text, neighborhood: text })
    .nullish(),
});

/** TAX and DISCOUNT are split by what they are on; the other types stand for themselves. */
export const ItemBreakdownWire = z.looseObject({
  type: z.string(),
  subtotal: MoneyWire,
  detailedBreakdowns: z.array(z.looseObject({ subtype: text, value: MoneyWire.nullish() })).nullish(),
});

const Cancellation = z.looseObject({
  cancellationRequest: z.looseObject({ requester: text, cancelReason: text }).nullish(),
  cancellationExecution: z.looseObject({ cancelledBy: text, cancelReason: text }).nullish(),
});

const Product = z.looseObject({
  asin: text,
  title: text,
  sellerSku: text,
  condition: z.looseObject({ conditionType: text, conditionSubtype: text, conditionNote: text }).nullish(),
  price: z.looseObject({ unitPrice: MoneyWire.nullish(), priceDesignation: text }).nullish(),
  serialNumbers: texts,
});

const ItemFulfillment = z.looseObject({
  quantityFulfilled: z.int().min(0).nullish(),
  quantityUnfulfilled: z.int().min(0).nullish(),
  packing: z
    .looseObject({
      giftOption: z.looseObject({ giftMessage: text, giftWrapLevel: text }).nullish(),
      serialNumberRequirement: z.looseObject({ requirementType: text }).nullish(),
    })
    .nullish(),
  shipping: z.looseObject({ internationalShipping: z.looseObject({ iossNumber: text }).nullish() }).nullish(),
});

const ItemTax = z.looseObject({
  taxCalculationBreakdowns: z.array(z.looseObject({ reportingScheme: text })).nullish(),
  taxCollections: z.array(z.looseObject({ model: text, responsibleParty: text })).nullish(),
});

export const OrderItemWire = z.looseObject({
  orderItemId: z.string().min(1),
  quantityOrdered: z.int().min(0),
  measurement: z.looseObject({ unit: z.string(), value: z.number() }).nullish(),
  programs: texts,
  product: Product,
  proceeds: z
    .looseObject({ proceedsTotal: MoneyWire.nullish(), breakdowns: z.array(ItemBreakdownWire).nullish() })
    .nullish(),
  expense: z
    .looseObject({
      pointsCost: z
        .looseObject({
          pointsGranted: z
            .looseObject({ pointsNumber: z.int().nullish(), pointsMonetaryValue: MoneyWire.nullish() })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
  promotion: z.looseObject({ breakdowns: z.array(z.looseObject({ promotionId: text })).nullish() }).nullish(),
  cancellation: Cancellation.nullish(),
  fulfillment: ItemFulfillment.nullish(),
  tax: ItemTax.nullish(),
});

export const OrderPackageWire = z.looseObject({
  packageReferenceId: z.string(),
  carrier: text,
  trackingNumber: text,
  shipTime: text,
  shippingService: text,
  packageItems: z.array(z.looseObject({ orderItemId: z.string(), quantity: z.int() })).nullish(),
});

const TaxRegistration = z.looseObject({
  entityType: text,
  legalName: text,
  taxRegistrationType: text,
  taxRegistrationNumber: text,
  taxRegistrationAddress: CustomerAddressWire.nullish(),
  taxRegistrationAttributes: z.array(z.looseObject({ key: text, value: text })).nullish(),
});

const OrderFulfillment = z.looseObject({
  /** PENDING_AVAILABILITY, PENDING, UNSHIPPED, PARTIALLY_SHIPPED, SHIPPED, CANCELLED, UNFULFILLABLE; more may come. */
  fulfillmentStatus: z.string(),
  /** AMAZON or MERCHANT. */
  fulfilledBy: text,
  fulfillmentServiceLevel: text,
  shipByWindow: DateTimeRange.nullish(),
  deliverByWindow: DateTimeRange.nullish(),
});

export const OrderWire = z.looseObject({
  orderId: z.string().min(1),
  orderAliases: z.array(z.looseObject({ aliasId: z.string(), aliasType: z.string() })).nullish(),
  createdTime: z.string(),
  lastUpdatedTime: z.string(),
  programs: texts,
  associatedOrders: z.array(z.looseObject({ orderId: text, associationType: text })).nullish(),
  salesChannel: z.looseObject({ channelName: z.string(), marketplaceId: text, marketplaceName: text }),
  buyer: z
    .looseObject({ buyerName: text, buyerEmail: text, buyerCompanyName: text, buyerPurchaseOrderNumber: text })
    .nullish(),
  recipient: z
    .looseObject({
      deliveryAddress: CustomerAddressWire.nullish(),
      deliveryPreference: z.looseObject({ dropOffLocation: text, addressInstruction: text }).nullish(),
    })
    .nullish(),
  proceeds: z
    .looseObject({
      grandTotal: MoneyWire.nullish(),
      breakdowns: z.array(z.looseObject({ type: z.string(), status: text, subtotal: MoneyWire })).nullish(),
    })
    .nullish(),
  payment: z
    .looseObject({
      paymentExecutions: z.array(z.looseObject({ paymentMethod: text, paymentAmount: MoneyWire.nullish() })).nullish(),
    })
    .nullish(),
  tax: z
    .looseObject({
      taxRegistrations: z.array(TaxRegistration).nullish(),
      taxInvoicing: z.looseObject({ buyerInvoicePreference: text, invoiceStatus: text }).nullish(),
    })
    .nullish(),
  fulfillment: OrderFulfillment.nullish(),
  orderItems: z.array(OrderItemWire),
  packages: z.array(OrderPackageWire).nullish(),
});

/** The orders stay unread here: each is kept as received before anyone looks into it. */
export const SearchOrdersAnswerWire = z.looseObject({
  orders: z.array(z.unknown()),
  pagination: z.looseObject({ nextToken: text }).nullish(),
  lastUpdatedBefore: text,
});

export const GetOrderAnswerWire = z.looseObject({ order: z.unknown().refine((order) => order !== undefined) });

/** What must be readable of an order before it can be handed on. */
export const OrderHeadWire = z.looseObject({ orderId: z.string().min(1), lastUpdatedTime: z.string().min(1) });

/** The packages that Amazon shows on an order, whatever else is in it. */
export const OrderPackagesWire = z.looseObject({
  packages: z.array(OrderPackageWire).nullish(),
  fulfillment: z.looseObject({ fulfillmentStatus: z.string().nullish() }).nullish(),
});

/** The data sets that the hub asks for. EXPENSE for points, TAX for registrations; PAYMENT for the method alone. */
export const INCLUDED_DATA = [
  'BUYER',
  'RECIPIENT',
  'PROCEEDS',
  'EXPENSE',
  'PROMOTION',
  'CANCELLATION',
  'FULFILLMENT',
  'PACKAGES',
  'TAX',
  'PAYMENT',
] as const;

export const RESULTS_PER_PAGE_MAX = 100;

export type MoneyOnWire = z.infer<typeof MoneyWire>;
export type CustomerAddress2026 = z.infer<typeof CustomerAddressWire>;
export type OrderItem2026 = z.infer<typeof OrderItemWire>;
export type OrderPackage2026 = z.infer<typeof OrderPackageWire>;
export type ItemBreakdown2026 = z.infer<typeof ItemBreakdownWire>;
export type Order2026 = z.infer<typeof OrderWire>;
