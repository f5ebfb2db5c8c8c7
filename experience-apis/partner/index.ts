export { PARTNER } from './partner.connector.js';
export { PartnerModule } from './partner.module.js';
