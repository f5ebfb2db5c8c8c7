import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { Intake } from '../../process-apis/intake/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { AmazonClients } from './amazon.clients.js';
import { ORDER_TOPIC } from './amazon.mapper.js';
import { OrderHeadWire } from './amazon.wire.js';

/** Orders of one page that are handed to intake at once: enough to share its group commits. */
const IN_FLIGHT_MAX = 20;
/** Order versions remembered as kept, so that the overlap of polls costs no writes. A few MB. */
const KEPT_REMEMBERED_MAX = 50_000;

/** Hands orders, as Amazon sent them, to intake. Its methods resolve when all are committed. */
@Injectable()
export class AmazonOrderReader {
  private readonly kept = new LRUCache<string, true>({ max: KEPT_REMEMBERED_MAX });

  constructor(
    private readonly intake: Intake,
    private readonly clients: AmazonClients,
  ) {}

  /** Reads one order from Amazon and keeps it. */
  async read(account: ChannelAccount, orderId: string): Promise<void> {
    await this.keep(account, await this.clients.of(account).getOrder(orderId));
  }

  async keepAll(account: ChannelAccount, orders: readonly unknown[]): Promise<void> {
    const limit = pLimit(IN_FLIGHT_MAX);
    // Nothing is left running behind a failure: the page is tried again as a whole, or the process ends.
    const results = await Promise.allSettled(orders.map((order) => limit(() => this.keep(account, order))));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private async keep(account: ChannelAccount, order: unknown): Promise<void> {
    const body = Buffer.from(JSON.stringify(order));
    const head = OrderHeadWire.safeParse(order);
    const messageId = head.success ? `${head.data.orderId}@${head.data.lastUpdatedTime}` : contentId(body);
    const key = `${account.id}/${messageId}`;
    if (this.kept.has(key)) return;
    const message = { account, topic: ORDER_TOPIC, messageId, body };
    if (head.success) await this.intake.receive(message);
    else await this.intake.keepRefused(message, 'CONTRACT_MISMATCH', 'an order without orderId or lastUpdatedTime');
    this.kept.set(key, true);
  }
}

function contentId(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
