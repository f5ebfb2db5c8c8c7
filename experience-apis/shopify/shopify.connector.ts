import { Injectable } from '@nestjs/common';
import type {
  ChannelConnector,
  ConfirmPackage,
  ListedQuantity,
  ListingToRead,
  PackageConfirmation,
  PublishQuantity,
  PublishResult,
} from '../channel-kit/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation } from '../../src/model/channel-order.js';
import { ShopifyFulfillments } from './shopify-fulfillments.js';
import { QUANTITIES_SET_MAX, ShopifyInventory } from './shopify-inventory.js';
import { interpretWebhook } from './shopify.mapper.js';

export const SHOPIFY = 'shopify';

@Injectable()
export class ShopifyConnector implements ChannelConnector {
  readonly kind = SHOPIFY;
  /** What one set takes. */
  readonly publishPageMax = QUANTITIES_SET_MAX;

  constructor(
    private readonly fulfillments: ShopifyFulfillments,
    private readonly inventory: ShopifyInventory,
  ) {}

  interpret(account: ChannelAccount, topic: string, body: Buffer): Interpretation {
    return interpretWebhook(account, topic, body);
  }

  confirmPackage(account: ChannelAccount, command: ConfirmPackage): Promise<PackageConfirmation> {
    return this.fulfillments.confirm(account, command);
  }

  publishQuantities(
    account: ChannelAccount,
    quantities: readonly PublishQuantity[],
  ): Promise<readonly PublishResult[]> {
    return this.inventory.publish(account, quantities);
  }

  readQuantities(account: ChannelAccount, listings: readonly ListingToRead[]): Promise<readonly ListedQuantity[]> {
    return this.inventory.read(account, listings);
  }
}
