export * from './catalog.types.js';
export type { ListPage } from './catalog-lists.js';
export { SqlCatalog } from './catalog.service.js';
export {
  channelSchema,
  instantSchema,
  itemSchema,
  itemUnitSchema,
  kitSchema,
  listingSchema,
  nodeSchema,
  skuSchema,
  substitutesSchema,
} from './catalog.schemas.js';
