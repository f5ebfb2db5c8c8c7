import { Injectable } from '@nestjs/common';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { Interpretation } from '../../src/model/channel-order.js';
import type { ChannelConnector } from '../channel-kit/index.js';
import { interpretPartner } from './partner.interpreter.js';

export const PARTNER = 'partner';

/** Partners are told nothing: they read their orders themselves. */
@Injectable()
export class PartnerConnector implements ChannelConnector {
  readonly kind = PARTNER;

  interpret(account: ChannelAccount, topic: string, body: Buffer): Interpretation {
    return interpretPartner(account, topic, body);
  }
}
