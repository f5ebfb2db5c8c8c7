import type { ToldFact } from '../../src/platform/commit/index.js';
import type { OrderFact, OrderFactBody, OrderFactKind } from './orders.facts.js';

/** Kept in the message that carried them; or said by an attempt that the next attempt says anew. */
const KEPT_ELSEWHERE: ReadonlySet<OrderFactKind> = new Set<OrderFactKind>([
  'ChannelOrderReceived',
  'RefundIssued',
  'FulfillmentObserved',
  'ReturnAnnounced',
  'OutsideCallFailed',
]);

/** Hold personal data: their body is nowhere but, sealed, with the order. */
const PERSONAL: ReadonlySet<OrderFactKind> = new Set<OrderFactKind>(['AddressCorrected']);

/** What is kept of a fact, so that it can be found by what it is about and run again. */
export function toldFact(fact: OrderFact, orderId: string | undefined): ToldFact {
  const { source, occurredAt, address, body } = fact;
  return {
    source,
    kind: body.kind,
    occurredAt,
    ...(orderId === undefined ? {} : { subjectId: orderId }),
    ...(isKept(body) ? { body: { address, body } } : {}),
  };
}

function isKept(body: OrderFactBody): boolean {
  if (body.kind === 'CancellationRequested') return body.by === 'OPERATOR';
  return !KEPT_ELSEWHERE.has(body.kind) && !PERSONAL.has(body.kind);
}

/** The fact behind a kept body. */
export function factOf(id: string, told: ToldFact): OrderFact | undefined {
  if (told.body === undefined) return undefined;
  const { address, body } = told.body as Pick<OrderFact, 'address' | 'body'>;
  return { id, source: told.source, occurredAt: told.occurredAt, address, body };
}
