import type { ChannelAccount } from '../../src/model/channel.js';
import type { ChannelOrder, Interpretation } from '../../src/model/channel-order.js';
import { orderAttributes } from './amazon-attributes.mapper.js';
import { cancellationRequests } from './amazon-cancellation.mapper.js';
import { orderCharges } from './amazon-charges.mapper.js';
import { orderLines } from './amazon-lines.mapper.js';
import { orderParties } from './amazon-parties.mapper.js';
import { marketplaceCurrency } from './amazon.marketplaces.js';
import { compact, filled, moneyReader, readInstant, readOptionalInstant, Refusal } from './amazon.reading.js';
import type { Order2026 } from './amazon.wire.js';

const RELEASED: ReadonlySet<string> = new Set(['UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED', 'CANCELLED']);

/** Reads an order of the Orders API 2026-01-01. Throws Refusal. */
export function interpretOrder(account: ChannelAccount, order: Order2026): Interpretation {
  return (
    notForTheHub(order) ?? {
      outcome: 'FACTS',
      facts: [{ kind: 'ORDER', order: channelOrder(account, order) }, ...cancellationRequests(order)],
    }
  );
}

/** Orders that are not ours to ship, or not yet. */
function notForTheHub(order: Order2026): Interpretation | undefined {
  const fulfillment = order.fulfillment;
  if (!fulfillment)
    throw new Refusal(
      'CONTRACT_MISMATCH',
      'the FULFILLMENT data set is missing: may the account read it?',
      '/fulfillment',
    );
  const { fulfillmentStatus: status, fulfilledBy } = fulfillment;
  if (status === 'PENDING' || status === 'PENDING_AVAILABILITY')
    return { outcome: 'IGNORED', reason: 'NOT_RELEASED_BY_CHANNEL', detail: `the order is ${status}` };
  // UNFULFILLABLE exists for Amazon-fulfilled orders alone.
  if (fulfilledBy === 'AMAZON' || status === 'UNFULFILLABLE')
    return { outcome: 'IGNORED', reason: 'FULFILLED_BY_CHANNEL', detail: `Amazon fulfils the order (${status})` };
  // Shipping an order that Amazon ships too is worse than asking.
  if (fulfilledBy !== 'MERCHANT')
    throw new Refusal('CONTRACT_MISMATCH', 'the order does not say who fulfils it', '/fulfillment/fulfilledBy');
  if (!RELEASED.has(status))
    throw new Refusal('CONTRACT_MISMATCH', `unknown status "${status}"`, '/fulfillment/fulfillmentStatus');
  return undefined;
}

function channelOrder(account: ChannelAccount, order: Order2026): ChannelOrder {
  const currency = orderCurrency(order);
  const money = moneyReader(currency);
  const lines = orderLines(order, currency, money);
  const cancelled = order.fulfillment?.fulfillmentStatus === 'CANCELLED';
  const grandTotal = order.proceeds?.grandTotal;
  return compact({
    channel: account.id,
    reference: order.orderId,
    displayReference: sellerOrderId(order),
    version: readInstant(order.lastUpdatedTime, '/lastUpdatedTime'),
    placedAt: readInstant(order.createdTime, '/createdTime'),
    currency,
    cancelled,
    cancelReason: cancelled ? cancelReason(order) : undefined,
    shipMethod: filled(order.fulfillment?.fulfillmentServiceLevel),
    shipBy: readOptionalInstant(
      order.fulfillment?.shipByWindow?.latestDateTime,
      '/fulfillment/shipByWindow/latestDateTime',
    ),
    deliverBy: readOptionalInstant(
      order.fulfillment?.deliverByWindow?.latestDateTime,
      '/fulfillment/deliverByWindow/latestDateTime',
    ),
    lines,
    charges: orderCharges(order.proceeds?.breakdowns ?? [], lines, money),
    grandTotal: grandTotal ? money(grandTotal, '/proceeds/grandTotal') : undefined,
    parties: orderParties(order),
    attributes: orderAttributes(order),
  });
}

function orderCurrency(order: Order2026): string {
  const currency =
    order.proceeds?.grandTotal?.currencyCode ??
    order.orderItems.map(({ product }) => product.price?.unitPrice?.currencyCode).find(Boolean) ??
    order.orderItems.map(({ proceeds }) => proceeds?.proceedsTotal?.currencyCode).find(Boolean) ??
    marketplaceCurrency(order.salesChannel.marketplaceId);
  if (currency === undefined)
    throw new Refusal('CONTRACT_MISMATCH', 'no amount and no known marketplace tell the currency', '/proceeds');
  return currency;
}

function sellerOrderId(order: Order2026): string | undefined {
  const alias = order.orderAliases?.find(({ aliasType }) => aliasType === 'SELLER_ORDER_ID')?.aliasId;
  return alias === order.orderId ? undefined : filled(alias);
}

function cancelReason(order: Order2026): string | undefined {
  const executions = order.orderItems.map(({ cancellation }) => cancellation?.cancellationExecution);
  const execution = executions.find((candidate) => candidate);
  if (!execution) return undefined;
  const said = [filled(execution.cancelledBy), filled(execution.cancelReason)].filter(Boolean).join(': ');
  return filled(said);
}
