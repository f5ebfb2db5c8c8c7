import { createHash } from 'node:crypto';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Catalog } from '../../process-apis/catalog/index.js';
import { Intake, type InboundMessage, type IntakeResult } from '../../process-apis/intake/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import { Caller, OpenToChannels, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { requireChannel, unknownChannel } from '../../src/platform/auth/require-channel.js';
import { ProblemError } from '../../src/platform/http/problem.js';
import { NotificationWire, OrderChangeWire, unwrapNotification } from './amazon-notification.wire.js';
import { AmazonHints } from './amazon.hints.js';
import { ORDER_CHANGE_TOPIC } from './amazon.mapper.js';
import { AMAZON } from './amazon.settings.js';

export interface NotificationReceipt {
  /** The hub's id of the stored message. */
  readonly messageId: string;
  readonly outcome: IntakeResult['outcome'];
}

/**
 * Where Amazon's notifications arrive: from an EventBridge API destination, or forwarded out of an SQS queue.
 * A notification is kept and then used as a hint alone: the order is read from Amazon.
 */
@Controller('channels/amazon')
@OpenToChannels()
export class AmazonController {
  constructor(
    private readonly catalog: Catalog,
    private readonly intake: Intake,
    private readonly hints: AmazonHints,
  ) {}

  @Post(':account/notifications')
  @HttpCode(202)
  @Scopes('channel:notify')
  async notify(
    @Param('account') accountId: string,
    @Caller() caller: Principal,
    @Body() body: Buffer,
  ): Promise<NotificationReceipt> {
    const account = await this.accountFor(accountId, caller);
    const json = await this.parse(account, body);
    const notification = NotificationWire.safeParse(unwrapNotification(json));
    if (!notification.success)
      return await this.refuse(account, body, 'CONTRACT_MISMATCH', 'the body is no SP-API notification');

    const { NotificationType: topic, NotificationMetadata: metadata } = notification.data;
    const result = await this.intake.receive({ account, topic, messageId: metadata.NotificationId, body });
    if (result.reason === 'CONTRACT_MISMATCH') throw unreadable(result.reason, result.detail ?? '', result.messageId);
    // A notification of a type that nobody asked for is kept as refused; telling its sender would only make it retry.
    if (topic === ORDER_CHANGE_TOPIC && result.outcome === 'IGNORED') this.wake(account, notification.data);
    return { messageId: result.messageId, outcome: result.outcome };
  }

  private async accountFor(accountId: string, caller: Principal): Promise<ChannelAccount> {
    requireChannel(caller, accountId);
    const account = await this.catalog.account(accountId);
    if (account?.kind !== AMAZON || !account.active) throw unknownChannel(accountId);
    return account;
  }

  private async parse(account: ChannelAccount, body: Buffer): Promise<unknown> {
    try {
      return JSON.parse(body.toString('utf8'));
    } catch {
      return await this.refuse(account, body, 'BODY_NOT_READABLE', 'the body is not JSON');
    }
  }

  /** What cannot be read is kept for inspection, and the sender is told. */
  private async refuse(
    account: ChannelAccount,
    body: Buffer,
    reason: 'BODY_NOT_READABLE' | 'CONTRACT_MISMATCH',
    detail: string,
  ): Promise<never> {
    const messageId = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    const message: InboundMessage = { account, topic: ORDER_CHANGE_TOPIC, messageId, body };
    const kept = await this.intake.keepRefused(message, reason, detail);
    throw unreadable(reason, detail, kept.messageId);
  }

  private wake(account: ChannelAccount, notification: unknown): void {
    const change = OrderChangeWire.safeParse(notification);
    if (!change.success) return;
    const { AmazonOrderId: orderId, Summary: summary } = change.data.Payload.OrderChangeNotification;
    if (summary?.FulfillmentType !== 'AFN') this.hints.wake(account.id, orderId);
  }
}

function unreadable(code: string, detail: string, messageId: string): ProblemError {
  return new ProblemError({
    status: 400,
    code,
    title: 'The notification cannot be read',
    detail: `${detail}; kept as message ${messageId}.`,
  });
}
