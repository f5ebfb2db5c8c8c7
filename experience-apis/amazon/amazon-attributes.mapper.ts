import { filled } from './amazon.reading.js';
import type { MoneyOnWire, Order2026, OrderItem2026 } from './amazon.wire.js';

type Attributes = Readonly<Record<string, string>>;
type Payment = NonNullable<NonNullable<Order2026['payment']>['paymentExecutions']>[number];
type TaxRegistration = NonNullable<NonNullable<Order2026['tax']>['taxRegistrations']>[number];
type Entry = readonly [key: string, value: string | null | undefined];

/** Facts worth keeping that have no field of their own and are not personal. (So no link to a buyer's customization.) Item facts are `item.<orderItemId>.<name>`. */
export function orderAttributes(order: Order2026): Attributes {
  const entries: readonly Entry[] = [
    ['marketplaceId', order.salesChannel.marketplaceId],
    ['marketplaceName', order.salesChannel.marketplaceName],
    ['salesChannel', order.salesChannel.channelName],
    ['fulfillmentStatus', order.fulfillment?.fulfillmentStatus],
    ['programs', order.programs?.join(',')],
    ['associatedOrders', order.associatedOrders?.map((o) => `${o.associationType}:${o.orderId}`).join(',')],
    ['purchaseOrderNumber', order.buyer?.buyerPurchaseOrderNumber],
    ['addressType', order.recipient?.deliveryAddress?.addressType],
    ['paymentMethods', order.payment?.paymentExecutions?.map(paymentText).join(',')],
    ['buyerInvoicePreference', order.tax?.taxInvoicing?.buyerInvoicePreference],
    ['invoiceStatus', order.tax?.taxInvoicing?.invoiceStatus],
    ...taxRegistrationEntries(order),
    ...order.orderItems.flatMap(itemEntries),
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => filled(entry[1]) !== undefined));
}

function paymentText(payment: Payment): string {
  return [payment.paymentMethod ?? 'unknown', amountText(payment.paymentAmount)].filter(Boolean).join(' ');
}

/** What identifies the buyer is personal and goes to the parties; everyone's kind of registration stays here. */
function taxRegistrationEntries(order: Order2026): readonly Entry[] {
  return (order.tax?.taxRegistrations ?? []).flatMap((registration) => {
    const entity = registration.entityType ?? 'UNKNOWN';
    const prefix = `taxRegistration.${entity}`;
    const kind: Entry = [`${prefix}.type`, registration.taxRegistrationType];
    if (entity === 'BUYER') return [kind];
    const more = registrationAttributes(registration).map(([key, value]): Entry => [`${prefix}.${key}`, value]);
    return [kind, [`${prefix}.number`, registration.taxRegistrationNumber], ...more];
  });
}

/** The registration's further data, by Amazon's key: a tax office, an address for invoices. */
export function registrationAttributes(registration: TaxRegistration): readonly (readonly [string, string])[] {
  return (registration.taxRegistrationAttributes ?? []).flatMap(({ key, value }) => {
    const given = filled(value);
    return given === undefined ? [] : [[key ?? 'OTHER', given] as const];
  });
}

function itemEntries(item: OrderItem2026): readonly Entry[] {
  const { product, fulfillment, tax } = item;
  const points = item.expense?.pointsCost?.pointsGranted;
  const facts: readonly Entry[] = [
    ['asin', product.asin],
    ['condition', [product.condition?.conditionType, product.condition?.conditionSubtype].filter(Boolean).join('/')],
    ['conditionNote', product.condition?.conditionNote],
    ['priceDesignation', product.price?.priceDesignation],
    ['serialNumbers', product.serialNumbers?.join(',')],
    ['programs', item.programs?.join(',')],
    ['promotionIds', item.promotion?.breakdowns?.map(({ promotionId }) => promotionId).join(',')],
    ['measurement', item.measurement ? `${item.measurement.value} ${item.measurement.unit}` : undefined],
    ['pointsGranted', points?.pointsNumber?.toString()],
    ['pointsValue', amountText(points?.pointsMonetaryValue)],
    ['serialNumberRequirement', fulfillment?.packing?.serialNumberRequirement?.requirementType],
    ['iossNumber', fulfillment?.shipping?.internationalShipping?.iossNumber],
    ['taxReportingScheme', tax?.taxCalculationBreakdowns?.map(({ reportingScheme }) => reportingScheme).join(',')],
    ['taxCollector', tax?.taxCollections?.map(({ responsibleParty }) => responsibleParty).join(',')],
  ];
  return facts.map(([name, value]) => [`item.${item.orderItemId}.${name}`, value]);
}

function amountText(money: MoneyOnWire | null | undefined): string | undefined {
  return money ? `${money.amount} ${money.currencyCode}` : undefined;
}
