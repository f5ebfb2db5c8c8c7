import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { ChannelAccount } from '../../src/model/channel.js';
import { OutsideError } from '../../src/platform/http/outside-error.js';
import type {
  ChannelConnector,
  ConfirmPackage,
  PackageConfirmation,
  PublishQuantity,
  PublishResult,
} from '../channel-kit/index.js';
import { publishResult, quantityPatch } from './amazon-quantity.mapper.js';
import { confirmShipmentRequest, isCancelled, packageReferenceId, showsPackage } from './amazon-shipment.mapper.js';
import type { AmazonClient } from './amazon.client.js';
import { AmazonClients } from './amazon.clients.js';
import { interpretAmazon } from './amazon.mapper.js';
import { AMAZON, amazonSettings } from './amazon.settings.js';

/** The burst of patchListingsItem; the client's bucket paces what comes after. */
const PATCHES_IN_FLIGHT_MAX = 5;

/** Amazon as a channel. */
@Injectable()
export class AmazonConnector implements ChannelConnector {
  readonly kind = AMAZON;
  readonly interpret = interpretAmazon;

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

  /** One patch per listing; a listing that Amazon refuses stops no other. Repeating it is safe: the last quantity holds. */
  async publishQuantities(
    account: ChannelAccount,
    quantities: readonly PublishQuantity[],
  ): Promise<readonly PublishResult[]> {
    const client = this.clients.of(account);
    const { marketplaceIds } = amazonSettings(account);
    const limit = pLimit(PATCHES_IN_FLIGHT_MAX);
    return await limit.map(quantities, async (quantity) => {
      const marketplaceId = quantity.listingKeys['marketplaceId'];
      return await this.publish(client, marketplaceId === undefined ? marketplaceIds : [marketplaceId], quantity);
    });
  }

  private async isShown(client: AmazonClient, command: ConfirmPackage): Promise<boolean> {
    return showsPackage(await client.getOrder(command.orderReference), command);
  }

  private async publish(
    client: AmazonClient,
    marketplaceIds: readonly string[],
    quantity: PublishQuantity,
  ): Promise<PublishResult> {
    const { listingSku } = quantity;
    try {
      return publishResult(
        listingSku,
        await client.patchListingsItem(listingSku, marketplaceIds, quantityPatch(quantity)),
      );
    } catch (error) {
      if (error instanceof OutsideError && error.kind === 'rejected')
        return { listingSku, outcome: 'REFUSED', reason: error.message };
      throw error;
    }
  }
}
