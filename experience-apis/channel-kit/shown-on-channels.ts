import type { Catalog } from '../../process-apis/catalog/index.js';
import type { ShownQuantities, ShownQuantity } from '../../process-apis/reconciliation/index.js';
import type { ChannelConnectors } from './channel-connectors.js';
import { QUANTITIES_READ_MAX, type ListingToRead } from './channel.port.js';

/** Reads what channels show through the connector of each channel's kind. */
export class ShownOnChannels implements ShownQuantities {
  readonly pageMax = QUANTITIES_READ_MAX;

  constructor(
    private readonly connectors: ChannelConnectors,
    private readonly catalog: Catalog,
  ) {}

  async channels(): Promise<readonly string[]> {
    const kinds = this.connectors.all().filter((connector) => connector.readQuantities !== undefined);
    const accounts = await Promise.all(kinds.map(({ kind }) => this.catalog.accountsOfKind(kind)));
    return accounts.flat().map(({ id }) => id);
  }

  async read(channel: string, listings: readonly ListingToRead[]): Promise<readonly ShownQuantity[]> {
    const account = await this.catalog.account(channel);
    if (account === undefined) throw new Error(`the channel account "${channel}" is not active`);
    const connector = this.connectors.of(account.kind);
    if (connector.readQuantities === undefined) throw new Error(`a ${account.kind} account cannot be read`);
    return connector.readQuantities(account, listings);
  }
}
