/** Topics whose body is the whole order: each becomes the order as it is now. */
export const ORDER_TOPICS: ReadonlySet<string> = new Set([
  'orders/create',
  'orders/updated',
  'orders/cancelled',
  'orders/paid',
  'orders/fulfilled',
  'orders/partially_fulfilled',
]);

export const FULFILLMENT_TOPICS: ReadonlySet<string> = new Set(['fulfillments/create', 'fulfillments/update']);

export const REFUND_TOPIC = 'refunds/create';

/** A buyer asked for a return, and a shop granted or opened one. */
export const RETURN_TOPICS: ReadonlySet<string> = new Set(['returns/request', 'returns/approve']);

/** Carries the edit alone; `orders/updated`, which Shopify sends with it, carries the order that came of it. */
export const ORDER_EDITED_TOPIC = 'orders/edited';

/**
 * Resources whose webhooks a shop may be subscribed to and that the hub has no use for.
 * A topic of any other resource is refused, so that a misdirected subscription is seen.
 */
const OTHER_RESOURCES: ReadonlySet<string> = new Set([
  'app',
  'carts',
  'checkouts',
  'collections',
  'companies',
  'company_locations',
  'customers',
  'disputes',
  'draft_orders',
  'fulfillment_events',
  'fulfillment_holds',
  'fulfillment_orders',
  'inventory_items',
  'inventory_levels',
  'inventory_shipments',
  'inventory_transfers',
  'locations',
  'order_transactions',
  'orders',
  'payment_terms',
  'products',
  'returns',
  'reverse_deliveries',
  'reverse_fulfillment_orders',
  'shop',
  'tender_transactions',
  'variants',
]);

export function isKnownTopic(topic: string): boolean {
  const [resource = '', action] = topic.split('/');
  return action !== undefined && OTHER_RESOURCES.has(resource);
}
