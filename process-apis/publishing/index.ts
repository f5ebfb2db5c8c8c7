export { Publishing, PUBLISH_PAGE, type TellQuantities } from './publishing.service.js';
export type { DuePublication, ToldQuantity } from './publication.sql.js';
