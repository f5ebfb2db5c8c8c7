import type { ShopEntry, Tracking, UnitsOfLine } from './shop-entries.js';
import type { Shop, Work } from './shop.js';
import { fulfillmentView, idOf } from './admin-views.js';

interface FulfillmentArgs {
  readonly fulfillment: {
    readonly lineItemsByFulfillmentOrder: readonly {
      readonly fulfillmentOrderId: string;
      readonly fulfillmentOrderLineItems?: readonly { readonly id: string; readonly quantity: number }[] | null;
    }[];
    readonly trackingInfo?: {
      readonly company?: string | null;
      readonly number?: string | null;
      readonly url?: string | null;
    } | null;
  };
}

type RecordEntry = (entry: ShopEntry) => void;

/** A sentence that says why not, in Shopify's manner. */
class Refusal extends Error {}

/** `fulfillmentCreate`: one fulfillment of fulfillment orders of one order and one location. Not idempotent, as at Shopify. */
export function createFulfillment(shop: Shop, record: RecordEntry, now: () => string, args: FulfillmentArgs): object {
  try {
    const { work, lines } = readLines(shop, args.fulfillment.lineItemsByFulfillmentOrder);
    const tracking = readTracking(args.fulfillment.trackingInfo);
    record({ kind: 'fulfillment', at: now(), orderId: work.orderId, lines, tracking });
    const made = shop.orderOf(work.orderId).fulfillments.at(-1);
    return { fulfillment: made === undefined ? null : fulfillmentView(made), userErrors: [] };
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    return { fulfillment: null, userErrors: [{ field: ['fulfillment'], message: cause.message }] };
  }
}

function readLines(
  shop: Shop,
  groups: FulfillmentArgs['fulfillment']['lineItemsByFulfillmentOrder'],
): { readonly work: Work; readonly lines: readonly UnitsOfLine[] } {
  let first: Work | undefined;
  const lines: UnitsOfLine[] = [];
  for (const group of groups) {
    const work = shop.work.get(idOf('FulfillmentOrder', group.fulfillmentOrderId) ?? 0);
    if (work === undefined) throw new Refusal('Fulfillment order does not exist.');
    first ??= work;
    if (work.orderId !== first.orderId) throw new Refusal('All fulfillment orders must belong to the same order.');
    if (work.locationId !== first.locationId)
      throw new Refusal('All fulfillment orders must be assigned to the same location.');
    if (work.status !== 'OPEN' && work.status !== 'IN_PROGRESS')
      throw new Refusal(`Fulfillment order ${work.id} has an unfulfillable status= ${work.status.toLowerCase()}.`);
    lines.push(...readUnits(work, group.fulfillmentOrderLineItems));
  }
  if (first === undefined || lines.length === 0) throw new Refusal('There are no line items to fulfill.');
  return { work: first, lines };
}

/** Without lines, all that remains of the fulfillment order. */
function readUnits(
  work: Work,
  asked: readonly { readonly id: string; readonly quantity: number }[] | null | undefined,
): readonly UnitsOfLine[] {
  const remaining = work.lines.filter((line) => line.remaining > 0);
  if (!asked || asked.length === 0) return remaining.map((line) => ({ id: line.id, quantity: line.remaining }));
  return asked.map(({ id, quantity }) => {
    const line = work.lines.find((one) => one.id === idOf('FulfillmentOrderLineItem', id));
    if (line === undefined) throw new Refusal('Fulfillment order line item does not exist.');
    if (quantity < 1 || quantity > line.remaining)
      throw new Refusal('Invalid fulfillment order line item quantity requested.');
    return { id: line.id, quantity };
  });
}

function readTracking(info: FulfillmentArgs['fulfillment']['trackingInfo']): Tracking {
  return { company: info?.company ?? null, number: info?.number ?? null, url: info?.url ?? null };
}
