import type { ChannelAccount } from '../../src/model/channel.js';
import type { Catalog } from '../../process-apis/catalog/index.js';
import type { DueQuantity, QuantityTeller, TellResult } from '../../process-apis/publishing/index.js';
import type { ChannelConnectors } from './channel-connectors.js';
import { PUBLISH_MAX, type ChannelConnector } from './channel.port.js';

interface Speaker {
  readonly account: ChannelAccount;
  readonly connector: ChannelConnector;
}

/** Tells quantities through the connector of each channel's kind. */
export class ChannelQuantities implements QuantityTeller {
  constructor(
    private readonly connectors: ChannelConnectors,
    private readonly catalog: Catalog,
  ) {}

  async pageMax(channel: string): Promise<number> {
    const { connector } = await this.speakerFor(channel);
    if (connector.publishQuantities === undefined) return 0;
    return connector.publishPageMax ?? PUBLISH_MAX;
  }

  async tell(channel: string, quantities: readonly DueQuantity[]): Promise<readonly TellResult[]> {
    const { account, connector } = await this.speakerFor(channel);
    return (await connector.publishQuantities?.(account, quantities)) ?? [];
  }

  async readSubmission(
    channel: string,
    submission: string,
    listingSkus: readonly string[],
  ): Promise<readonly TellResult[] | 'PENDING'> {
    const { account, connector } = await this.speakerFor(channel);
    if (connector.readSubmission === undefined)
      throw new Error(`the connector "${connector.kind}" takes submissions and cannot tell what became of them`);
    const reading = await connector.readSubmission(account, submission, listingSkus);
    return reading.state === 'PENDING' ? 'PENDING' : reading.results;
  }

  private async speakerFor(channel: string): Promise<Speaker> {
    const account = await this.catalog.account(channel);
    if (account === undefined) throw new Error(`the channel account "${channel}" is not active`);
    return { account, connector: this.connectors.of(account.kind) };
  }
}
