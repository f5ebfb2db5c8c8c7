import { Mutation, Resolver } from '@nestjs/graphql';
import type { OrderFactBody } from '../../process-apis/orders/index.js';
import { addressErrors, nameOf } from '../../process-apis/resolution/index.js';
import type { Address } from '../../src/model/channel-order.js';
import type { HoldKind } from '../../src/model/hold-kind.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { requireHouse } from './channel-sight.js';
import { badInput } from './graphql-errors.js';
import { givenOnly, type Given } from './given.js';
import { checkedReason, OrderActions, type OrderActionResult } from './order-actions.js';
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
    const [hold, reason] = [input.kind, checkedReason(input.reason)];
    const body = { kind: 'HoldPlaced', hold, reason, by: nameOf(principal) } as const;
    return this.act(principal, input, { name: 'hold', body, audited: { hold, reason } });
  }

  @Mutation('releaseHold')
  async releaseHold(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly holdId: string; readonly reason: string } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const [holdId, reason] = [toOrderId(input.holdId), checkedReason(input.reason)];
    const body = { kind: 'HoldReleased', holdId, reason, by: nameOf(principal) } as const;
    return this.act(principal, input, { name: 'release-hold', body, audited: { holdId, reason } });
  }

  @Mutation('correctAddress')
  async correctAddress(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly shipTo: Given<Address> } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const shipTo = givenOnly(input.shipTo);
    const [error] = addressErrors(shipTo);
    if (error !== undefined) throw badInput(`${error.pointer}: ${error.detail}`);
    const body = { kind: 'AddressCorrected', shipTo, by: nameOf(principal) } as const;
    return this.act(principal, input, { name: 'correct-address', body, audited: { country: shipTo.country } });
  }

  @Mutation('correctShipMethod')
  async correctShipMethod(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly shipMethod: string } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const shipMethod = input.shipMethod.trim();
    if (shipMethod === '' || shipMethod.length > SHIP_METHOD_CHARS_MAX)
      throw badInput(`"shipMethod" must be a text of 1 to ${SHIP_METHOD_CHARS_MAX} characters.`);
    const body = { kind: 'ShipMethodCorrected', shipMethod, by: nameOf(principal) } as const;
    return this.act(principal, input, { name: 'correct-ship-method', body, audited: { shipMethod } });
  }

  @Mutation('reSource')
  async reSource(
    _: unknown,
    { input }: { readonly input: OfOrder & { readonly fulfillmentOrderId?: string | null; readonly reason: string } },
    { principal }: OperationContext,
  ): Promise<OrderActionResult> {
    const reason = checkedReason(input.reason);
    const id = input.fulfillmentOrderId;
    const asked = { reason, ...(typeof id === 'string' ? { fulfillmentOrderId: toOrderId(id) } : {}) };
    const body = { kind: 'ReSourceRequested', ...asked, by: nameOf(principal) } as const;
    return this.act(principal, input, { name: 're-source', body, audited: asked });
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
