import { Injectable } from '@nestjs/common';
import { Catalog } from '../../process-apis/catalog/index.js';
import { missingScope } from '../../src/platform/auth/bearer.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { requireChannel, unknownChannel } from '../../src/platform/auth/require-channel.js';
import { channelMissing } from './availability.problems.js';

export const READ = 'availability:read';
export const RESERVE = 'availability:reserve';
/** What a caller bound to a channel needs besides, to see nodes and the rules of other channels. */
export const EXPLAIN = 'availability:explain';

/** Who may ask about which channel. */
@Injectable()
export class ChannelAccess {
  constructor(private readonly catalog: Catalog) {}

  /** The channel asked about, or the one that the caller is bound to. Throws the problems of a channel that is not there for it. */
  async channelOf(caller: Principal, asked: string | undefined): Promise<string> {
    const channel = asked ?? caller.channel;
    if (channel === undefined) throw channelMissing();
    requireChannel(caller, channel);
    if ((await this.catalog.account(channel)) === undefined) throw unknownChannel(channel);
    return channel;
  }
}

/** Throws the 403 problem for a caller that is bound to a channel and may not look behind the answer. */
export function requireInsight(caller: Principal): void {
  if (caller.channel !== undefined && !caller.scopes.has(EXPLAIN)) throw missingScope(EXPLAIN);
}
