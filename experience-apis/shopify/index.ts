export { RejectedSignatures } from './shopify-signature.js';
export { SHOPIFY } from './shopify.connector.js';
export { ShopifyModule } from './shopify.module.js';
