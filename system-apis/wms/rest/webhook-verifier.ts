import { Inject, Injectable } from '@nestjs/common';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { WMS_REST_SETTINGS, type WmsRestSettings } from './wms-rest.settings.js';

/** The headers of Standard Webhooks. */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * Checks Standard Webhooks signatures against each configured secret. The library (1.1.1) compares in constant time
 * and refuses timestamps more than five minutes away. It signs the body decoded as UTF-8, so a body that is not UTF-8 must be
 * refused afterwards: two of them may share a signature.
 */
@Injectable()
export class WebhookVerifier {
  private readonly webhooks: readonly Webhook[];

  constructor(@Inject(WMS_REST_SETTINGS) settings: WmsRestSettings, secrets: SecretSource) {
    this.webhooks = settings.webhookSecrets.map((name) => webhookOf(name, secrets.get(name)));
  }

  /** Whether one of the secrets signed this body, lately. */
  isSigned(body: Buffer, headers: WebhookHeaders): boolean {
    return this.webhooks.some((webhook) => signedBy(webhook, body, headers));
  }
}

function signedBy(webhook: Webhook, body: Buffer, headers: WebhookHeaders): boolean {
  try {
    webhook.verify(body, { ...headers }, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

function webhookOf(name: string, secret: string): Webhook {
  if (!secret.startsWith('whsec_')) throw new Error(`the secret ${name} must start with "whsec_"`);
  try {
    return new Webhook(secret);
  } catch (cause) {
    throw new Error(`the secret ${name} must be "whsec_" and base64`, { cause });
  }
}
