import type { HoldKind } from '../../src/model/hold-kind.js';
import type { ExceptionRecord } from '../exceptions/index.js';
import type { OrderFactBody } from '../orders/index.js';
import { refused, type ActionInput, type Actor, type ExceptionOutcome } from './actions.js';

/** Actions that are a fact about the order. */
export type OrderAction = Exclude<
  ActionInput,
  { readonly action: 'MAP_SKU' } | { readonly action: 'REPROCESS_MESSAGE' } | { readonly action: 'IGNORE' }
>;

const BY_HAND: HoldKind = 'MANUAL';

/** How an actor is named in events and holds. */
export function nameOf({ subject }: Pick<Actor, 'subject'>): string {
  return `operator:${subject}`;
}

/** The fact that the action is for the exception's order, or why there is none. Pure. */
export function factBodyOf(
  exception: ExceptionRecord,
  input: OrderAction,
  actor: Actor,
): { readonly orderId: string; readonly body: OrderFactBody } | ExceptionOutcome {
  const { id, subject } = exception;
  const { orderId, holdId, fulfillmentOrderId } = subject;
  if (orderId === undefined) return refused(id, 'NOT_POSSIBLE', 'It is of no order that is known.');
  const by = nameOf(actor);
  switch (input.action) {
    case 'CORRECT_ADDRESS':
      return { orderId, body: { kind: 'AddressCorrected', shipTo: input.shipTo, by } };
    case 'CORRECT_SHIP_METHOD':
      return { orderId, body: { kind: 'ShipMethodCorrected', shipMethod: input.shipMethod.trim(), by } };
    case 'ACCEPT_PRICE':
    case 'RELEASE_HOLD':
      return holdId === undefined
        ? refused(id, 'NOT_POSSIBLE', 'The order is not held for it: there is no hold to release.')
        : { orderId, body: { kind: 'HoldReleased', holdId, by, reason: input.reason.trim() } };
    case 'RE_SOURCE': {
      const ofNode = fulfillmentOrderId === undefined ? {} : { fulfillmentOrderId };
      return { orderId, body: { kind: 'ReSourceRequested', ...ofNode, by, reason: input.reason.trim() } };
    }
    case 'HOLD':
      return { orderId, body: { kind: 'HoldPlaced', hold: BY_HAND, reason: input.reason.trim(), by } };
    case 'CANCEL':
      return { orderId, body: { kind: 'CancellationRequested', by: 'OPERATOR', reason: input.reason.trim() } };
    case 'RETRY':
      return { orderId, body: { kind: 'RetryRequested' } };
  }
}
