export { Publishing, type PublishingParts } from './publishing.service.js';
export {
  readPublications,
  readPublicationsAt,
  readPublicationsOfItems,
  readTellings,
  type Publication,
  type PublicationFilter,
  type Telling,
} from './publication-reader.sql.js';
export { readToldAsOf, type ToldAsOf } from './told-as-of.sql.js';
export { readOverwritten, readTold, readToldPage, type ToldQuantity } from './told-quantities.sql.js';
export type {
  DueQuantity,
  ListingKey,
  QuantityTeller,
  SellableListing,
  SellableListings,
  TellResult,
} from './publishing.types.js';
export { readSettledTellings, type SettledTelling } from './settled-tellings.sql.js';
