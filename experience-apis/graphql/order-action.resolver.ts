import { createHash } from 'node:crypto';
import { Mutation, Resolver } from '@nestjs/graphql';
import { OrderCommit, OrderReader, type OrderFactBody, type SubmitOutcome } from '../../process-apis/orders/index.js';
import { LINE_QUANTITY_MAX, ORDER_LINES_MAX, type Order } from '../../src/model/order.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { ifVisible } from './channel-sight.js';
import { badInput } from './graphql-errors.js';
import { toOrderId } from './order-id.js';
import type { OperationContext } from './operation-context.js';

const REASON_CHARS_MAX = 500;
const KEY = /^[\x21-\x7e]{8,128}$/;
const OPERATOR_SOURCE = 'operator';

interface CancelOrderInput {
  readonly orderId: string;
  readonly reason: string;
  readonly lines?: readonly { readonly lineReference: string; readonly quantity: number }[] | null;
  readonly idempotencyKey: string;
}

interface RetryOrderInput {
  readonly orderId: string;
  readonly idempotencyKey: string;
}

/** The schema's `OrderActionResult`; expected refusals are members of the union, not errors. */
type OrderActionResult =
  | {
      readonly __typename: 'OrderActionTaken';
      readonly order: Order;
      readonly changed: boolean;
      readonly duplicate: boolean;
    }
  | {
      readonly __typename: 'OrderNotFound' | 'OrderActionRejected' | 'IdempotencyKeyReused';
      readonly message: string;
    };

interface Action {
  readonly name: 'cancel' | 'retry';
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly body: OrderFactBody;
}

/** What persons decide about orders: a fact each, through the one door. */
@Resolver()
@Scopes('orders:read', 'orders:write')
export class OrderActionResolver {
  constructor(
    private readonly reader: OrderReader,
    private readonly commit: OrderCommit,
  ) {}

  @Mutation('cancelOrder')
  cancelOrder(
    _: unknown,
    { input }: { readonly input: CancelOrderInput },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    checkCancellation(input);
    const by = principal.channel === undefined ? 'OPERATOR' : 'PARTNER';
    const lines = input.lines ?? undefined;
    return this.act(principal, {
      name: 'cancel',
      orderId: toOrderId(input.orderId),
      idempotencyKey: input.idempotencyKey,
      body: {
        kind: 'CancellationRequested',
        by,
        reason: input.reason.trim(),
        ...(lines === undefined ? {} : { lines }),
      },
    });
  }

  @Mutation('retryOrder')
  retryOrder(
    _: unknown,
    { input }: { readonly input: RetryOrderInput },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    return this.act(principal, {
      name: 'retry',
      orderId: toOrderId(input.orderId),
      idempotencyKey: input.idempotencyKey,
      body: { kind: 'RetryRequested' },
    });
  }

  private async act(principal: Principal, action: Action): Promise<OrderActionResult> {
    if (!KEY.test(action.idempotencyKey))
      throw badInput('"idempotencyKey" must be 8 to 128 visible ASCII characters without spaces.');
    if ((await this.visibleOrder(principal, action.orderId)) === undefined) return notFound(action.orderId);
    const [outcome] = await this.commit.submit([
      {
        // With its subject: two callers may choose the same key, and the history shall name who decided.
        id: `operator:${principal.subject}:${action.name}:${action.idempotencyKey}`,
        source: principal.channel ?? OPERATOR_SOURCE,
        occurredAt: new Date().toISOString(),
        address: { by: 'ID', orderId: action.orderId },
        digest: digestOf(action),
        body: action.body,
      },
    ]);
    if (outcome === undefined) throw new Error('the commit gave no outcome for the fact');
    return this.toResult(principal, action, outcome);
  }

  private async toResult(principal: Principal, action: Action, outcome: SubmitOutcome): Promise<OrderActionResult> {
    const { result, reason, duplicate, digestDiffers } = outcome;
    if (digestDiffers)
      return { __typename: 'IdempotencyKeyReused', message: 'The idempotency key was used before for something else.' };
    if (result === 'REJECTED')
      return { __typename: 'OrderActionRejected', message: reason ?? 'The action is against the rules.' };
    const order = await this.visibleOrder(principal, action.orderId);
    if (order === undefined) return notFound(action.orderId);
    return { __typename: 'OrderActionTaken', order, changed: result === 'APPLIED', duplicate };
  }

  private async visibleOrder(principal: Principal, id: string): Promise<Order | undefined> {
    return ifVisible(principal, (await this.reader.byIds([id])).get(id));
  }
}

function checkCancellation({ reason, lines }: CancelOrderInput): void {
  if (reason.trim() === '' || reason.length > REASON_CHARS_MAX)
    throw badInput(`"reason" must be a text of 1 to ${REASON_CHARS_MAX} characters.`);
  if (lines === undefined || lines === null) return;
  // An empty list is more likely a mistake than the wish to cancel everything, which an absent list means.
  if (lines.length === 0 || lines.length > ORDER_LINES_MAX)
    throw badInput(`"lines" must name 1 to ${ORDER_LINES_MAX} lines, or be absent for everything.`);
  if (new Set(lines.map((line) => line.lineReference)).size < lines.length)
    throw badInput('"lines" must name each line once.');
  if (lines.some(({ quantity }) => quantity < 1 || quantity > LINE_QUANTITY_MAX))
    throw badInput(`Each "quantity" must be from 1 to ${LINE_QUANTITY_MAX}.`);
}

function notFound(orderId: string): OrderActionResult {
  return { __typename: 'OrderNotFound', message: `There is no order ${orderId}.` };
}

function digestOf({ orderId, body }: Action): string {
  return createHash('sha256')
    .update(JSON.stringify([orderId, body]))
    .digest('base64url');
}
