import { Module, type OnModuleInit } from '@nestjs/common';
import { Intake } from '../../process-apis/intake/index.js';
import { ChannelConnectors } from '../channel-kit/index.js';
import { ShopifyFulfillments } from './shopify-fulfillments.js';
import { ShopifyInventory } from './shopify-inventory.js';
import { ShopifyMissedOrders } from './shopify-missed-orders.js';
import { RejectedSignatures } from './shopify-signature.js';
import { ShopifyClient } from './shopify.client.js';
import { SHOPIFY, ShopifyConnector } from './shopify.connector.js';
import { ShopifyController } from './shopify.controller.js';
import { interpretWebhook } from './shopify.mapper.js';

/** The Shopify channel: webhooks in, fulfillments and quantities out. */
@Module({
  controllers: [ShopifyController],
  providers: [
    ShopifyClient,
    ShopifyFulfillments,
    ShopifyInventory,
    ShopifyConnector,
    ShopifyMissedOrders,
    RejectedSignatures,
  ],
  exports: [RejectedSignatures, ShopifyMissedOrders],
})
export class ShopifyModule implements OnModuleInit {
  constructor(
    private readonly intake: Intake,
    private readonly connectors: ChannelConnectors,
    private readonly connector: ShopifyConnector,
  ) {}

  onModuleInit(): void {
    this.intake.register(SHOPIFY, interpretWebhook);
    this.connectors.register(this.connector);
  }
}
