import { Mutation, Resolver } from '@nestjs/graphql';
import { reasonErrors } from '../../process-apis/resolution/index.js';
import { LINE_QUANTITY_MAX, ORDER_LINES_MAX } from '../../src/model/order.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { ProblemDetail } from '../../src/platform/http/problem.js';
import { OrderActions, type OrderActionResult } from './order-actions.js';
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
    const reason = input.reason.trim();
    const by = principal.channel === undefined ? 'OPERATOR' : 'PARTNER';
    const lines = input.lines ?? undefined;
    const asked = { reason, ...(lines === undefined ? {} : { lines }) };
    return this.actions.act(principal, {
      name: 'cancel',
      orderId: toOrderId(input.orderId),
      idempotencyKey: input.idempotencyKey,
      body: { kind: 'CancellationRequested', by, ...asked },
      errors: [...reasonErrors(input.reason), ...lineErrors(lines)],
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
      errors: [],
      audited: {},
    });
  }
}

function lineErrors(lines: CancelOrderInput['lines']): readonly ProblemDetail[] {
  if (lines === undefined || lines === null) return [];
  // An empty list is more likely a mistake than the wish to cancel everything, which an absent list means.
  if (lines.length === 0 || lines.length > ORDER_LINES_MAX)
    return [{ pointer: '/lines', detail: `Name 1 to ${ORDER_LINES_MAX} lines, or none at all for everything.` }];
  const named = new Set<string>();
  return lines.flatMap(({ lineReference, quantity }, place) => {
    const again = named.has(lineReference);
    named.add(lineReference);
    return [
      ...(again ? [{ pointer: `/lines/${place}/lineReference`, detail: 'Name each line once.' }] : []),
      ...(quantity < 1 || quantity > LINE_QUANTITY_MAX
        ? [{ pointer: `/lines/${place}/quantity`, detail: `Must be from 1 to ${LINE_QUANTITY_MAX}.` }]
        : []),
    ];
  });
}
