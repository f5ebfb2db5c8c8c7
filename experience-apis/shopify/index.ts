export { RejectedSignatures } from './shopify-signature.js';
export { ShopifyMissedOrders } from './shopify-missed-orders.js';
export { SHOPIFY } from './shopify.connector.js';
export { ShopifyModule } from './shopify.module.js';
