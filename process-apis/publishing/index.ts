export { Publishing, type PublishingParts } from './publishing.service.js';
export type {
  DueQuantity,
  ListingKey,
  QuantityTeller,
  SellableListing,
  SellableListings,
  TellResult,
} from './publishing.types.js';
