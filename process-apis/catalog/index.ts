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
export { findItemsByKey, type FoundItem } from './catalog-search.sql.js';
export {
  countListings,
  ITEMS_PAGE_MAX,
  pageItems,
  readItems,
  readKitComponents,
  readListingRecords,
  readListingsOfItems,
  type ItemFilter,
  type ItemRecord,
  type ListingRecord,
} from './item-records.sql.js';
