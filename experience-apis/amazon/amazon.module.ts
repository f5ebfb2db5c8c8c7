import { Module, type OnModuleInit } from '@nestjs/common';
import { Intake } from '../../process-apis/intake/index.js';
import { ChannelConnectors } from '../channel-kit/index.js';
import { AmazonClients } from './amazon.clients.js';
import { AmazonConnector } from './amazon.connector.js';
import { AmazonController } from './amazon.controller.js';
import { AmazonHints } from './amazon.hints.js';
import { AmazonOrderReader } from './amazon.order-reader.js';
import { AmazonPoller } from './amazon.poller.js';
import { AMAZON } from './amazon.settings.js';

/** The Amazon channel. The composition starts AmazonPoller in processes that work in the background. */
@Module({
  controllers: [AmazonController],
  providers: [AmazonClients, AmazonConnector, AmazonHints, AmazonOrderReader, AmazonPoller],
  exports: [AmazonPoller],
})
export class AmazonModule implements OnModuleInit {
  constructor(
    private readonly intake: Intake,
    private readonly connectors: ChannelConnectors,
    private readonly connector: AmazonConnector,
  ) {}

  onModuleInit(): void {
    this.intake.register(AMAZON, this.connector.interpret);
    this.connectors.register(this.connector);
  }
}
