import { createHash } from 'node:crypto';
import { Body, Controller, Headers, HttpCode, Logger, Param, Post } from '@nestjs/common';
import { Catalog } from '../../process-apis/catalog/index.js';
import { Intake, type InboundMessage, type IntakeResult } from '../../process-apis/intake/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { PublicEndpoint } from '../../src/platform/auth/auth.decorators.js';
import { SecretSource } from '../../src/platform/config/secret-source.js';
import { accountNotFound, messageRefused, shopMismatch, signatureRejected } from './shopify-problems.js';
import { isSigned, RejectedSignatures } from './shopify-signature.js';
import { SHOPIFY } from './shopify.connector.js';
import { shopifySettings } from './shopify.settings.js';

type WebhookHeaders = Readonly<Record<string, string | undefined>>;

/** Where Shopify posts its webhooks. Answers 200 only after what was told is committed. */
@Controller('channels/shopify/:account/webhooks')
export class ShopifyController {
  private readonly log = new Logger(ShopifyController.name);

  constructor(
    private readonly catalog: Catalog,
    private readonly intake: Intake,
    private readonly secrets: SecretSource,
    private readonly rejected: RejectedSignatures,
  ) {}

  @Post()
  @HttpCode(200)
  @PublicEndpoint('HMAC signature of the raw body')
  async receive(
    @Param('account') accountId: string,
    @Headers() headers: WebhookHeaders,
    @Body() body: Buffer | undefined,
  ): Promise<Pick<IntakeResult, 'messageId' | 'outcome'>> {
    const account = await this.activeAccount(accountId);
    // A request without a body reaches a controller as undefined; its signature is checked all the same.
    const raw = body ?? Buffer.alloc(0);
    this.checkSignature(account, headers, raw);
    if (headers['x-shopify-shop-domain'] !== shopifySettings(account).shopDomain) throw shopMismatch();
    const topic = headers['x-shopify-topic'] ?? '';
    const message = { account, topic, messageId: messageIdOf(headers, topic, raw), body: raw };
    const { messageId, outcome, ...why } = await this.hand(message);
    if (outcome === 'REFUSED') throw messageRefused({ messageId, outcome, ...why });
    return { messageId, outcome };
  }

  private async activeAccount(id: string): Promise<ChannelAccount> {
    const account = await this.catalog.account(id);
    if (account === undefined || account.kind !== SHOPIFY || !account.active) throw accountNotFound(id);
    return account;
  }

  private checkSignature(account: ChannelAccount, headers: WebhookHeaders, body: Buffer): void {
    if (isSigned(body, headers['x-shopify-hmac-sha256'], this.webhookSecrets(account))) return;
    const count = this.rejected.record(account.id);
    const kind = headers['x-shopify-hmac-sha256'] === undefined ? 'no' : 'a wrong';
    this.log.warn(`${account.id}: a webhook with ${kind} signature was turned away (${count} since the start)`);
    throw signatureRejected();
  }

  private webhookSecrets(account: ChannelAccount): readonly string[] {
    const names = shopifySettings(account).webhookSecrets;
    const secrets = names.flatMap((name) => this.secrets.find(name) ?? []);
    if (secrets.length === 0) throw new Error(`${account.id}: none of the secrets ${names.join(', ')} is set`);
    return secrets;
  }

  private hand(message: InboundMessage): Promise<IntakeResult> {
    if (message.topic !== '') return this.intake.receive(message);
    return this.intake.keepRefused(message, 'UNKNOWN_TOPIC', 'X-Shopify-Topic is missing');
  }
}

/**
 * One id for one telling. A retry carries the same webhook id; two subscriptions to one topic tell one event under two
 * webhook ids; and one event can touch several orders. So: the event, the topic and the body together.
 */
function messageIdOf(headers: WebhookHeaders, topic: string, body: Buffer): string {
  const event = headers['x-shopify-event-id'];
  const digest = createHash('sha256').update(body).digest('base64url');
  if (event !== undefined) return `${event}:${topic}:${digest}`;
  return headers['x-shopify-webhook-id'] ?? `${topic}:${digest}`;
}
