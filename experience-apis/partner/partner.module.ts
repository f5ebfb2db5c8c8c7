import { Module, type OnModuleInit } from '@nestjs/common';
import { Intake } from '../../process-apis/intake/index.js';
import { ChannelConnectors } from '../channel-kit/index.js';
import { OpenApiController } from './openapi.controller.js';
import { OpenApiDocuments } from './openapi.documents.js';
import { PARTNER, PartnerConnector } from './partner.connector.js';
import { PartnerController } from './partner.controller.js';
import { PartnerInbox } from './partner.inbox.js';
import { interpretPartner } from './partner.interpreter.js';

/** The partner channel: orders and cancellations in, status and shipments to read, and the published contracts. */
@Module({
  controllers: [PartnerController, OpenApiController],
  providers: [PartnerConnector, PartnerInbox, OpenApiDocuments],
})
export class PartnerModule implements OnModuleInit {
  constructor(
    private readonly intake: Intake,
    private readonly connectors: ChannelConnectors,
    private readonly connector: PartnerConnector,
  ) {}

  onModuleInit(): void {
    this.intake.register(PARTNER, interpretPartner);
    this.connectors.register(this.connector);
  }
}
