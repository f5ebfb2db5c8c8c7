import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Intake, type IntakeOrder, type IntakeResult } from '../../process-apis/intake/index.js';
import { OrderReader } from '../../process-apis/orders/index.js';
import type { ChannelAccount } from '../../src/model/channel.js';
import type { Order } from '../../src/model/order.js';
import type { ProblemError } from '../../src/platform/http/problem.js';
import { receiptOf, type CancellationReceipt, type OrderReceipt } from './partner.answers.js';
import type { WireCancellation } from './partner-cancellation.wire.js';
import { finding } from './partner.findings.js';
import { CANCELLATION_TOPIC, keepCancellation, ORDER_TOPIC, refusalOf } from './partner.interpreter.js';
import * as problems from './partner.problems.js';
import { readCancellation, readOrder, type Reading } from './partner.reading.js';

/** A request that changes something, from a caller that may. */
export interface PartnerRequest {
  readonly account: ChannelAccount;
  readonly idempotencyKey: string;
  readonly body: Buffer;
}

/** What is answered, and how it came about. */
export interface Taken<Receipt> {
  readonly receipt: Receipt;
  /** The order is new. */
  readonly created: boolean;
  /** This very request was answered before, with the same receipt. */
  readonly replayed: boolean;
}

type Misread = Exclude<Reading<unknown>, { outcome: 'READ' }>;

/** Hands partners' requests to Intake and says what became of them. Throws problems. */
@Injectable()
export class PartnerInbox {
  constructor(
    private readonly intake: Intake,
    private readonly orders: OrderReader,
  ) {}

  /** Places an order, or amends the one that is there. */
  async placeOrder(request: PartnerRequest): Promise<Taken<OrderReceipt>> {
    const reading = readOrder(request.body);
    if (reading.outcome !== 'READ') throw await this.refuse(request, ORDER_TOPIC, request.body, reading);
    const { order, replayed } = await this.hand(request, ORDER_TOPIC, request.body);
    // An order of the same content is known again before anything is decided: this one differs, and is not newer.
    if (order.result === 'UNCHANGED') throw problems.orderExists(order.reference);
    if (order.shortages !== undefined) throw problems.outOfStock(order.reference, order.shortages);
    const receipt = receiptOf(orderIdOf(order), request.account.id, order.reference);
    return { receipt, replayed, created: order.created && !replayed };
  }

  /** Asks for units of an order, or all of it, to be cancelled. */
  async cancel(request: PartnerRequest, reference: string): Promise<Taken<CancellationReceipt>> {
    const { account, idempotencyKey, body } = request;
    // Intake lets a cancellation wait for its order; a partner that names an order wrongly should know at once.
    const order = await this.orders.byReference(account.id, reference);
    if (order === undefined) throw problems.unknownOrder(reference);
    const reading = linesOf(order, readCancellation(body));
    // What is no text cannot be put into the kept form without loss.
    if (reading.outcome === 'NOT_JSON') throw await this.refuse(request, CANCELLATION_TOPIC, body, reading);
    const kept = keepCancellation({ reference, requestId: idempotencyKey, request: body.toString('utf8') });
    if (reading.outcome === 'WRONG') throw await this.refuse(request, CANCELLATION_TOPIC, kept, reading);
    const taken = await this.hand(request, CANCELLATION_TOPIC, kept);
    const receipt = receiptOf(orderIdOf(taken.order), account.id, reference);
    return { receipt: { ...receipt, ...whatHappened(taken.order) }, replayed: taken.replayed, created: false };
  }

  private async hand(
    { account, idempotencyKey }: PartnerRequest,
    topic: string,
    body: Buffer,
  ): Promise<{ readonly order: IntakeOrder; readonly replayed: boolean }> {
    const result = await this.intake.receive({ account, topic, body, messageId: `key:${idempotencyKey}` });
    if (result.digestDiffers) throw problems.idempotencyKeyReused();
    if (result.outcome === 'REFUSED') throw problems.failedInside(result.messageId);
    const order = onlyOrder(result);
    if (order.result === 'REJECTED') throw problems.requestRejected(order.reason ?? 'it is against the rules');
    if (order.result === 'UNKNOWN_ORDER') throw problems.unknownOrder(order.reference);
    return { order, replayed: result.outcome === 'DUPLICATE' };
  }

  /** Keeps what cannot be taken. Not under the sender's key: the mended request may carry it. */
  private async refuse(
    { account, idempotencyKey }: PartnerRequest,
    topic: string,
    body: Buffer,
    reading: Misread,
  ): Promise<ProblemError> {
    const digest = createHash('sha256').update(`${idempotencyKey}\n`).update(body).digest('base64url');
    const message = { account, topic, body, messageId: `refused:${digest}` };
    const { reason, detail, pointer } = refusalOf(reading);
    const where = pointer === undefined || pointer === '' ? '' : `${pointer}: `;
    const { messageId } = await this.intake.keepRefused(message, reason, where + detail);
    return reading.outcome === 'NOT_JSON'
      ? problems.bodyNotReadable(reading.detail, messageId)
      : problems.contractMismatch(reading.findings, messageId);
  }
}

/** The lines that a cancellation names must be those of the order. */
function linesOf(order: Order, reading: Reading<WireCancellation>): Reading<WireCancellation> {
  if (reading.outcome !== 'READ') return reading;
  const known = new Set(order.lines.map((line) => line.lineReference));
  const findings = (reading.value.lines ?? []).flatMap(({ lineReference }, index) =>
    known.has(lineReference) ? [] : [finding(['lines', index, 'lineReference'], 'The order has no such line.')],
  );
  return findings.length === 0 ? reading : { outcome: 'WRONG', findings };
}

function whatHappened({ result }: IntakeOrder): Pick<CancellationReceipt, 'outcome' | 'detail'> {
  if (result === 'UNCHANGED')
    return { outcome: 'NOTHING_LEFT', detail: 'The units are cancelled already, or their cancellation is under way.' };
  return {
    outcome: 'REQUESTED',
    detail:
      'Units that no warehouse holds are cancelled. For those with a warehouse it is asked; what is shipped stays shipped. ' +
      'The lines of the order show how far it is.',
  };
}

/** A partner's message holds one fact, and was read before it was handed on. */
function onlyOrder({ orders, outcome, detail, messageId }: IntakeResult): IntakeOrder {
  const [order] = orders;
  if (order === undefined) throw new Error(`message ${messageId} is about no order: ${outcome} ${detail ?? ''}`);
  return order;
}

function orderIdOf({ orderId, result }: IntakeOrder): string {
  if (orderId === undefined) throw new Error(`a fact that is ${result} names no order`);
  return orderId;
}
