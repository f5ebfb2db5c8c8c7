import type { ChannelFact } from '../../src/model/channel-order.js';
import { sumMoney, zero, type Money } from '../../src/model/money.js';
import { given } from './defined.js';
import { MappingRefusal } from './mapping-refusal.js';
import { exactMoney, readInstant } from './shopify-read.js';
import type { WireRefund } from './shopify.wire.js';

type RefundIssued = Extract<ChannelFact, { kind: 'REFUND_ISSUED' }>;

/** `no_restock` is the only type that leaves the units out of sale. */
const RESTOCKED: ReadonlySet<string> = new Set(['cancel', 'return', 'legacy_restock']);

/** A payment provider may answer later; `refunds/create` does not come again for it. */
const MONEY_ON_ITS_WAY: ReadonlySet<string> = new Set(['success', 'pending']);

/**
 * The refund as a fact, or undefined when it moved neither money nor units. Units that it took off the order are not
 * cancelled here: the order's own update says so, with a version.
 */
export function mapRefund(refund: WireRefund): RefundIssued | undefined {
  const amount = refundedAmount(refund);
  if (amount === undefined) return undefined;
  return {
    kind: 'REFUND_ISSUED',
    reference: refund.order_id,
    refundId: refund.id,
    issuedAt: readInstant(given(refund.processed_at) ?? refund.created_at, '/processed_at'),
    amount,
    lines: (refund.refund_line_items ?? []).map((line) => ({
      lineReference: line.line_item_id,
      quantity: line.quantity,
      restock: RESTOCKED.has(line.restock_type ?? ''),
    })),
  };
}

/** The money that went back, in the currency it went back in. Units taken off before any capture move none. */
function refundedAmount(refund: WireRefund): Money | undefined {
  const amounts = (refund.transactions ?? []).flatMap((transaction, index) => {
    if (transaction.kind !== 'refund' || !MONEY_ON_ITS_WAY.has(transaction.status)) return [];
    const pointer = `/transactions/${index}`;
    if (transaction.currency === null || transaction.currency === undefined)
      throw new MappingRefusal('CONTRACT_MISMATCH', 'the currency is missing', `${pointer}/currency`);
    return [exactMoney(transaction.amount, transaction.currency, `${pointer}/amount`)];
  });
  const currency = amounts[0]?.currency ?? shopCurrency(refund);
  if (currency === undefined) return undefined;
  const foreign = amounts.findIndex((amount) => amount.currency !== currency);
  if (foreign >= 0)
    throw new MappingRefusal('CONTRACT_MISMATCH', 'the refund is in several currencies', '/transactions');
  return amounts.length === 0 ? zero(currency) : sumMoney(amounts, currency);
}

function shopCurrency(refund: WireRefund): string | undefined {
  return refund.refund_line_items?.find((line) => line.subtotal_set)?.subtotal_set?.shop_money.currency_code;
}
