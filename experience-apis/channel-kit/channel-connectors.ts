import { Injectable } from '@nestjs/common';
import type { ChannelConnector } from './channel.port.js';

/** The connectors of the channel kinds that this hub speaks. Each channel's module registers its own at start. */
@Injectable()
export class ChannelConnectors {
  private readonly byKind = new Map<string, ChannelConnector>();

  register(connector: ChannelConnector): void {
    if (this.byKind.has(connector.kind)) throw new Error(`the channel kind "${connector.kind}" is registered twice`);
    this.byKind.set(connector.kind, connector);
  }

  of(kind: string): ChannelConnector {
    const connector = this.byKind.get(kind);
    if (connector === undefined) throw new Error(`no connector speaks for the channel kind "${kind}"`);
    return connector;
  }

  all(): readonly ChannelConnector[] {
    return [...this.byKind.values()];
  }
}
