import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import {
  QUANTITIES_READ_MAX,
  type ChannelConnector,
  type ConfirmPackage,
  type ListedQuantity,
  type ListingToRead,
  type PackageConfirmation,
  type PublishQuantity,
  type PublishResult,
  type SubmissionReading,
} from '../channel-kit/index.js';
import { FEED_MESSAGES_MAX } from './amazon-feeds.wire.js';
import { listedQuantity } from './amazon-quantity.mapper.js';
import { marketplacesOf, planRoutes } from './amazon-routes.js';
import { confirmShipmentRequest, isCancelled, packageReferenceId, showsPackage } from './amazon-shipment.mapper.js';
import type { AmazonClient } from './amazon.client.js';
import { AmazonClients } from './amazon.clients.js';
import { interpretAmazon } from './amazon.mapper.js';
import { AMAZON, amazonSettings } from './amazon.settings.js';
import { readFeedSubmission } from './amazon.submissions.js';
import { AmazonTelling } from './amazon.telling.js';

/** The client's bucket of getListingsItem paces what comes after. */
const READS_IN_FLIGHT_MAX = 5;

/** Amazon as a channel. */
@Injectable()
export class AmazonConnector implements ChannelConnector {
  readonly kind = AMAZON;
  readonly interpret = interpretAmazon;
  /** What one feed takes. */
  readonly publishPageMax = FEED_MESSAGES_MAX;

  constructor(private readonly clients: AmazonClients) {}

  /**
   * Tells Amazon one package. confirmShipment has no idempotency key, and Amazon answers a package for units that are
   * already confirmed with 400: so after an attempt of unknown outcome the order's packages are looked at first.
   */
  async confirmPackage(account: ChannelAccount, command: ConfirmPackage): Promise<PackageConfirmation> {
    const client = this.clients.of(account);
    const confirmed = { channelReference: packageReferenceId(command) };
    if (command.mayExist && (await this.isShown(client, command))) return confirmed;
    try {
      await client.confirmShipment(command.orderReference, confirmShipmentRequest(amazonSettings(account), command));
    } catch (error) {
      // Another worker, or an attempt that timed out and was carried out late, may have been first.
      const refused = error instanceof OutsideError && error.kind === 'rejected';
      if (!refused) throw error;
      const order = await client.getOrder(command.orderReference);
      if (isCancelled(order)) return { notWanted: 'Amazon cancelled the order' };
      if (!showsPackage(order, command)) throw error;
    }
    return confirmed;
  }

  /**
   * Few listings by patch, many by feed (`planRoutes`); each listing's outcome is its own. Repeating it is safe: the last
   * quantity holds.
   */
  async publishQuantities(
    account: ChannelAccount,
    quantities: readonly PublishQuantity[],
  ): Promise<readonly PublishResult[]> {
    const { sellerId, marketplaceIds } = amazonSettings(account);
    const telling = new AmazonTelling(this.clients.of(account), sellerId);
    return await telling.tell(planRoutes(quantities.slice(0, this.publishPageMax), marketplaceIds));
  }

  async readSubmission(
    account: ChannelAccount,
    submission: string,
    listingSkus: readonly string[],
  ): Promise<SubmissionReading> {
    return await readFeedSubmission(this.clients.of(account).feeds, submission, listingSkus);
  }

  /** One call per listing, 5 in a second. A listing without stock of the seller's own has nothing to sell: 0. */
  async readQuantities(
    account: ChannelAccount,
    listings: readonly ListingToRead[],
  ): Promise<readonly ListedQuantity[]> {
    if (listings.length > QUANTITIES_READ_MAX)
      throw new RangeError(`more than ${QUANTITIES_READ_MAX} listings at once`);
    const client = this.clients.of(account);
    const { marketplaceIds } = amazonSettings(account);
    return await pLimit(READS_IN_FLIGHT_MAX).map(listings, async (listing) => {
      const readAt = new Date().toISOString();
      const found = await client.getListingsItem(listing.listingSku, marketplacesOf(listing, marketplaceIds));
      return { listingSku: listing.listingSku, quantity: listedQuantity(listing, found), readAt };
    });
  }

  private async isShown(client: AmazonClient, command: ConfirmPackage): Promise<boolean> {
    return showsPackage(await client.getOrder(command.orderReference), command);
  }
}
