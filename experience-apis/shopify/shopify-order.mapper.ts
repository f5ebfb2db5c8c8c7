import type { ChannelOrder } from '../../src/model/channel-order.js';
import type { Instant } from '../../src/model/time.js';
import { defined, given } from './defined.js';
import { chargeContext, orderCharges } from './shopify-charges.mapper.js';
import { mapLines } from './shopify-line.mapper.js';
import { mapParties } from './shopify-parties.mapper.js';
import { readAmount, readInstant } from './shopify-read.js';
import type { WireOrder } from './shopify.wire.js';

const TIE_BREAK_MAX = 999;

/** The order as it is now. All amounts are in the shop's currency; what the buyer saw stands in the attributes. */
export function mapOrder(channel: string, order: WireOrder): ChannelOrder {
  const context = chargeContext(order);
  const cancelled = given(order.cancelled_at) !== undefined;
  const total = { set: order.total_price_set, plain: order.total_price, pointer: '/total_price' };
  return {
    channel,
    reference: order.id,
    version: orderVersion(order),
    placedAt: readInstant(given(order.processed_at) ?? order.created_at, '/processed_at'),
    currency: order.currency,
    cancelled,
    lines: mapLines(order, context),
    charges: orderCharges(order, context),
    parties: mapParties(order),
    attributes: attributesOf(order),
    ...defined({
      displayReference: given(order.name),
      cancelReason: cancelled ? given(order.cancel_reason) : undefined,
      shipMethod: shipMethodOf(order),
      grandTotal: readAmount(total, order.currency),
    }),
  };
}

/**
 * `updated_at`, which Shopify gives in whole seconds. Two changes within one second would look like one version, and the
 * later could be taken for a repetition; the count of what only ever grows on an order breaks the tie, as milliseconds.
 */
function orderVersion(order: WireOrder): Instant {
  const updated = readInstant(order.updated_at, '/updated_at');
  if (!updated.endsWith('.000Z')) return updated;
  const fulfillments = order.fulfillments ?? [];
  const changes =
    fulfillments.length +
    fulfillments.filter(({ status }) => status === 'cancelled').length +
    (order.refunds ?? []).length +
    (given(order.cancelled_at) === undefined ? 0 : 1);
  return updated.replace('.000Z', `.${String(Math.min(changes, TIE_BREAK_MAX)).padStart(3, '0')}Z`);
}

function shipMethodOf(order: WireOrder): string | undefined {
  const line = (order.shipping_lines ?? []).find(({ is_removed: removed }) => removed !== true);
  return given(line?.code) ?? given(line?.title);
}

function attributesOf(order: WireOrder): Readonly<Record<string, string>> {
  const seenByBuyer = order.total_price_set?.presentment_money;
  return defined({
    financialStatus: given(order.financial_status),
    fulfillmentStatus: given(order.fulfillment_status),
    sourceName: given(order.source_name),
    tags: given(order.tags),
    test: order.test === true ? 'true' : undefined,
    confirmationNumber: given(order.confirmation_number),
    purchaseOrderNumber: given(order.po_number),
    locale: given(order.customer_locale),
    paymentGateways: given((order.payment_gateway_names ?? []).join(', ')),
    discountCodes: given((order.discount_codes ?? []).flatMap(({ code }) => given(code) ?? []).join(', ')),
    taxesIncluded: order.taxes_included === true ? 'true' : undefined,
    presentmentCurrency: given(order.presentment_currency) ?? seenByBuyer?.currency_code,
    presentmentTotal: seenByBuyer?.amount,
    currentTotal: order.current_total_price_set?.shop_money.amount ?? order.current_total_price ?? undefined,
    companyId: order.company?.id ?? undefined,
    companyLocationId: order.company?.location_id ?? undefined,
  });
}
