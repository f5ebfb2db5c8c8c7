import { Mutation, Resolver } from '@nestjs/graphql';
import { LINE_QUANTITY_MAX, ORDER_LINES_MAX } from '../../src/model/order.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { badInput } from './graphql-errors.js';
import { checkedReason, OrderActions, type OrderActionResult } from './order-actions.js';
import { toOrderId } from './order-id.js';
import type { OperationContext } from './operation-context.js';

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

@Resolver()
@Scopes('orders:read', 'orders:write')
export class OrderActionResolver {
  constructor(private readonly actions: OrderActions) {}

  @Mutation('cancelOrder')
  async cancelOrder(
    _: unknown,
    { input }: { readonly input: CancelOrderInput },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const reason = checkedReason(input.reason);
    checkLines(input);
    const by = principal.channel === undefined ? 'OPERATOR' : 'PARTNER';
    const lines = input.lines ?? undefined;
    const asked = { reason, ...(lines === undefined ? {} : { lines }) };
    return this.actions.act(principal, {
      name: 'cancel',
      orderId: toOrderId(input.orderId),
      idempotencyKey: input.idempotencyKey,
      body: { kind: 'CancellationRequested', by, ...asked },
      audited: asked,
    });
  }

  @Mutation('retryOrder')
  retryOrder(
    _: unknown,
    { input }: { readonly input: RetryOrderInput },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    return this.actions.act(principal, {
      name: 'retry',
      orderId: toOrderId(input.orderId),
      idempotencyKey: input.idempotencyKey,
      body: { kind: 'RetryRequested' },
      audited: {},
    });
  }
}

function checkLines({ lines }: CancelOrderInput): void {
  if (lines === undefined || lines === null) return;
  // An empty list is more likely a mistake than the wish to cancel everything, which an absent list means.
  if (lines.length === 0 || lines.length > ORDER_LINES_MAX)
    throw badInput(`"lines" must name 1 to ${ORDER_LINES_MAX} lines, or be absent for everything.`);
  if (new Set(lines.map((line) => line.lineReference)).size < lines.length)
    throw badInput('"lines" must name each line once.');
  if (lines.some(({ quantity }) => quantity < 1 || quantity > LINE_QUANTITY_MAX))
    throw badInput(`Each "quantity" must be from 1 to ${LINE_QUANTITY_MAX}.`);
}
