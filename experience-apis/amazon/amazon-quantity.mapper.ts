import type { PublishQuantity, PublishResult } from '../channel-kit/index.js';
import type { PatchListingAnswer, PatchListingRequest } from './amazon-listings.wire.js';

/** Amazon takes PRODUCT for changes of the offer alone, whatever the item is. */
const PRODUCT_TYPE_DEFAULT = 'PRODUCT';
/** The seller's own stock, as against Amazon's. */
const CHANNEL_CODE_DEFAULT = 'DEFAULT';

/** `merge` changes the quantity and leaves lead time and restock date as they are; `replace` would wipe them. */
export function quantityPatch({ quantity, listingKeys }: PublishQuantity): PatchListingRequest {
  return {
    productType: listingKeys['productType'] ?? PRODUCT_TYPE_DEFAULT,
    patches: [
      {
        op: 'merge',
        path: '/attributes/fulfillment_availability',
        value: [{ fulfillment_channel_code: listingKeys['fulfillmentChannelCode'] ?? CHANNEL_CODE_DEFAULT, quantity }],
      },
    ],
  };
}

export function publishResult(listingSku: string, answer: PatchListingAnswer): PublishResult {
  if (answer.status === 'ACCEPTED') return { listingSku, outcome: 'ACCEPTED' };
  const issues = (answer.issues ?? []).map(({ code, message }) => `${code}: ${message}`).join('; ');
  return { listingSku, outcome: 'REFUSED', reason: issues === '' ? `Amazon answered ${answer.status}` : issues };
}
