import { Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import type { ChannelAccount } from '../../src/model/channel.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
import { OutsideError } from '../../src/platform/outside/outside-error.js';
import { OutsideGate } from '../../src/platform/outside/outside-gate.js';
import { OutsideHttp } from '../../src/platform/outside/outside-http.js';
import { AmazonCalls } from './amazon.calls.js';
import { AmazonClient } from './amazon.client.js';
import { AmazonFeedsClient } from './amazon.feeds-client.js';
import { AMAZON_POLICIES } from './amazon.policies.js';
import { AMAZON, amazonSettings } from './amazon.settings.js';
import { LwaToken } from './amazon.token.js';

/** One client per account and its settings: token and limits are the account's, so all callers must share them. */
@Injectable()
export class AmazonClients implements OnApplicationShutdown {
  private readonly http: OutsideHttp;
  private readonly clients = new Map<string, { readonly settings: string; readonly client: AmazonClient }>();

  constructor(
    private readonly secrets: SecretSource,
    @Optional() gate: OutsideGate = new OutsideGate(),
  ) {
    this.http = new OutsideHttp(AMAZON, AMAZON_POLICIES, gate);
  }

  of(account: ChannelAccount): AmazonClient {
    const settings = JSON.stringify(account.settings);
    const known = this.clients.get(account.id);
    if (known?.settings === settings) return known.client;
    const client = this.create(account);
    this.clients.set(account.id, { settings, client });
    return client;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private create(account: ChannelAccount): AmazonClient {
    const settings = amazonSettings(account);
    const token = new LwaToken(this.http, settings.lwaUrl, () => ({
      clientId: this.secret(settings.clientIdSecret),
      clientSecret: this.secret(settings.clientSecretSecret),
      refreshToken: this.secret(settings.refreshTokenSecret),
    }));
    const calls = new AmazonCalls(account.id, settings, this.http, token);
    return new AmazonClient(settings, calls, new AmazonFeedsClient(calls, this.http));
  }

  private secret(name: string): string {
    try {
      return this.secrets.get(name);
    } catch (cause) {
      throw new OutsideError('authentication', cause instanceof Error ? cause.message : `no secret "${name}"`, {
        system: AMAZON,
        operation: 'lwa.token',
        cause,
      });
    }
  }
}
