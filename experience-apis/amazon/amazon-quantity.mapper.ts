import type { ListingToRead, PublishQuantity, PublishResult } from '../channel-kit/index.js';
import type { Listing, PatchListingAnswer, PatchListingRequest } from './amazon-listings.wire.js';

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
        value: [{ fulfillment_channel_code: channelCodeOf(listingKeys), quantity }],
      },
    ],
  };
}

/** What a listing shows of the stock that the hub tells it. Null: Amazon does not know the listing. */
export function listedQuantity({ listingKeys }: ListingToRead, listing: Listing | undefined): number | null {
  if (listing === undefined) return null;
  const code = channelCodeOf(listingKeys);
  return listing.fulfillmentAvailability?.find((one) => one.fulfillmentChannelCode === code)?.quantity ?? 0;
}

export function publishResult(listingSku: string, answer: PatchListingAnswer): PublishResult {
  if (answer.status === 'ACCEPTED') return { listingSku, outcome: 'ACCEPTED' };
  const issues = (answer.issues ?? []).map(({ code, message }) => `${code}: ${message}`).join('; ');
  return { listingSku, outcome: 'REFUSED', reason: issues === '' ? `Amazon answered ${answer.status}` : issues };
}

function channelCodeOf(listingKeys: ListingToRead['listingKeys']): string {
  return listingKeys['fulfillmentChannelCode'] ?? CHANNEL_CODE_DEFAULT;
}
