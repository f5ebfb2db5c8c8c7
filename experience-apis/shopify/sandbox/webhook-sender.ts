import { createHmac } from 'node:crypto';
import { Agent, request } from 'undici';
import type { DeliveryEntry, Webhook } from './shop-entries.js';

const CONCURRENCY = 16;
const TIMEOUT_MS = 5_000;
/** Shopify retries 8 times over 4 hours; how it spaces them is not published. */
const RETRY_MINUTES = [1, 2, 4, 8, 16, 32, 64, 113];

export interface SenderOptions {
  readonly shopDomain: string;
  readonly apiVersion: string;
  readonly webhookSecret: () => string;
  /** 1 is Shopify's pace; 0.001 makes a minute of waiting 60 ms. */
  readonly timeScale: number;
  readonly ended: (entry: DeliveryEntry) => void;
}

/** Sends webhooks with a bounded number at once, in no promised order, and retries as Shopify does. Holds them while no hub is set. */
export class WebhookSender {
  private readonly agent = new Agent({ connections: CONCURRENCY });
  private readonly ready = new Set<Webhook>();
  private readonly waiting = new Map<Webhook, NodeJS.Timeout>();
  private readonly failures = new Map<Webhook, number>();
  private readonly flying = new Set<Promise<void>>();
  private hub: string | undefined;
  private closed = false;

  constructor(private readonly options: SenderOptions) {}

  setHub(url: string | undefined): void {
    this.hub = url;
    this.pump();
  }

  enqueue(webhooks: readonly Webhook[]): void {
    for (const webhook of webhooks) this.ready.add(webhook);
    this.pump();
  }

  /** Webhooks that the hub has not taken yet. */
  get pending(): number {
    return this.ready.size + this.waiting.size + this.flying.size;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.waiting.values()) clearTimeout(timer);
    await Promise.all(this.flying);
    await this.agent.close();
  }

  private pump(): void {
    while (!this.closed && this.hub !== undefined && this.flying.size < CONCURRENCY) {
      const next = this.ready.values().next();
      if (next.done) return;
      this.ready.delete(next.value);
      const flight: Promise<void> = this.deliver(next.value, this.hub).finally(() => {
        this.flying.delete(flight);
        this.pump();
      });
      this.flying.add(flight);
    }
  }

  private async deliver(webhook: Webhook, hub: string): Promise<void> {
    if (await this.isTaken(webhook, hub)) return this.end(webhook, 'delivered');
    const failures = (this.failures.get(webhook) ?? 0) + 1;
    this.failures.set(webhook, failures);
    const minutes = RETRY_MINUTES[failures - 1];
    if (minutes === undefined) return this.end(webhook, 'abandoned');
    if (this.closed) return;
    const retry = setTimeout(() => this.retry(webhook), minutes * 60_000 * this.options.timeScale);
    this.waiting.set(webhook, retry);
  }

  private retry(webhook: Webhook): void {
    this.waiting.delete(webhook);
    this.enqueue([webhook]);
  }

  private end(webhook: Webhook, kind: DeliveryEntry['kind']): void {
    this.failures.delete(webhook);
    this.options.ended({ kind, webhookId: webhook.webhookId });
  }

  private async isTaken(webhook: Webhook, hub: string): Promise<boolean> {
    const body = JSON.stringify(webhook.resource);
    try {
      const answer = await request(hub, {
        method: 'POST',
        dispatcher: this.agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: this.headers(webhook, body),
        body,
      });
      await answer.body.dump();
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch {
      // Whatever kept the answer away (refused, reset, too slow) is one more failed delivery.
      return false;
    }
  }

  private headers(webhook: Webhook, body: string): Record<string, string> {
    return {
      'content-type': 'application/json',
      'user-agent': 'Shopify-Captain-Hook',
      'x-shopify-topic': webhook.topic,
      'x-shopify-hmac-sha256': createHmac('sha256', this.options.webhookSecret()).update(body).digest('base64'),
      'x-shopify-shop-domain': this.options.shopDomain,
      'x-shopify-api-version': this.options.apiVersion,
      'x-shopify-webhook-id': webhook.webhookId,
      'x-shopify-event-id': webhook.eventId,
      'x-shopify-triggered-at': webhook.triggeredAt,
    };
  }
}
