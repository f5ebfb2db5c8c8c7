import { Mutation, Resolver } from '@nestjs/graphql';
import type { OrderFactBody } from '../../process-apis/orders/index.js';
import { addressErrors, nameOf, reasonErrors } from '../../process-apis/resolution/index.js';
import type { Address } from '../../src/model/channel-order.js';
import type { HoldKind } from '../../src/model/hold-kind.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import type { ProblemDetail } from '../../src/platform/http/problem.js';
import { requireHouse } from './channel-sight.js';
import { givenOnly, type Given } from './given.js';
import { OrderActions, type OrderActionResult } from './order-actions.js';
import { toOrderId } from './order-id.js';
import type { OperationContext } from './operation-context.js';

const SHIP_METHOD_CHARS_MAX = 100;
const FOR_THE_HOUSE =
  'Holds and corrections are decided by who runs the hub: a token that is bound to a channel cancels, or tells the order anew.';

interface OfOrder {
  readonly orderId: string;
  readonly idempotencyKey: string;
}

interface Wanted {
  readonly name: string;
  readonly body: OrderFactBody;
  readonly errors: readonly ProblemDetail[];
  readonly audited: object;
}

/** What persons correct by hand on any order, whether an exception asks for it or not. */
@Resolver()
@Scopes('orders:read', 'orders:write', 'exceptions:resolve')
export class OrderCorrectionResolver {
  constructor(private readonly actions: OrderActions) {}

  @Mutation('placeHold')
  async placeHold(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly kind: HoldKind; readonly reason: string } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const [hold, reason] = [input.kind, input.reason.trim()];
    const body = { kind: 'HoldPlaced', hold, reason, by: nameOf(principal) } as const;
    const errors = reasonErrors(input.reason);
    return this.act(principal, input, { name: 'hold', body, errors, audited: { hold, reason } });
  }

  @Mutation('releaseHold')
  async releaseHold(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly holdId: string; readonly reason: string } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const [holdId, reason] = [toOrderId(input.holdId), input.reason.trim()];
    const body = { kind: 'HoldReleased', holdId, reason, by: nameOf(principal) } as const;
    const errors = reasonErrors(input.reason);
    return this.act(principal, input, { name: 'release-hold', body, errors, audited: { holdId, reason } });
  }

  @Mutation('correctAddress')
  async correctAddress(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly shipTo: Given<Address> } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const shipTo = givenOnly(input.shipTo);
    const body = { kind: 'AddressCorrected', shipTo, by: nameOf(principal) } as const;
    const [errors, audited] = [addressErrors(shipTo), { country: shipTo.country }];
    return this.act(principal, input, { name: 'correct-address', body, errors, audited });
  }

  @Mutation('correctShipMethod')
  async correctShipMethod(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly shipMethod: string } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const shipMethod = input.shipMethod.trim();
    const fits = shipMethod !== '' && shipMethod.length <= SHIP_METHOD_CHARS_MAX;
    const errors = fits
      ? []
      : [{ pointer: '/shipMethod', detail: `Name it, in 1 to ${SHIP_METHOD_CHARS_MAX} characters.` }];
    const body = { kind: 'ShipMethodCorrected', shipMethod, by: nameOf(principal) } as const;
    return this.act(principal, input, { name: 'correct-ship-method', body, errors, audited: { shipMethod } });
  }

  @Mutation('reSource')
  async reSource(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly fulfillmentOrderId?: string | null; readonly reason: string } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const reason = input.reason.trim();
    const id = input.fulfillmentOrderId;
    const asked = { reason, ...(typeof id === 'string' ? { fulfillmentOrderId: toOrderId(id) } : {}) };
    const body = { kind: 'ReSourceRequested', ...asked, by: nameOf(principal) } as const;
    return this.act(principal, input, { name: 're-source', body, errors: reasonErrors(input.reason), audited: asked });
  }

  private async act(
    principal: Principal,
    { orderId, idempotencyKey }: OfOrder,
    wanted: Wanted,
  ): Promise<OrderActionResult> {
    requireHouse(principal, FOR_THE_HOUSE);
    return this.actions.act(principal, { ...wanted, idempotencyKey, orderId: toOrderId(orderId) });
  }
}
