import type { Movement, MovementReason, StockFact, SupplyKind } from '../../../src/model/stock.js';
import { refusal, STOCK_UNITS_MAX } from './stock-fact.checks.js';
import { decision, NOTHING, type FactSubject } from './stock-fact.subject.js';
import type { FactDecision, StockRefusal } from './stock-fact.types.js';
import { expectedUnits, newSupply, supplyMovements, unannounced, withoutUnits, type Supply } from './supply.js';

type FactOf<Kind extends StockFact['kind']> = Extract<StockFact, { kind: Kind }>;

export interface SupplyChange {
  readonly supply: Supply;
  readonly movements: readonly Movement[];
}

export function decideAnnouncement(fact: FactOf<'ANNOUNCED'>, subject: FactSubject): FactDecision | StockRefusal {
  const { sku, node, source, document, expectedAt, supply: kind, fromNode } = fact;
  const before = subject.context.supplies.ownOf(fact);
  if (isTold(before) && fact.occurredAt < before.announcedAt) return NOTHING;
  const announced = subject.units(fact.quantity);
  const after: Supply = {
    ...(before ?? newSupply(fact, kind, expectedAt)),
    kind,
    source,
    expectedAt,
    announced,
    fromNode: fromNode ?? before?.fromNode ?? null,
    announcedAt: fact.occurredAt,
  };
  const more = expectedUnits(after).incoming - (before === undefined ? 0 : expectedUnits(before).incoming);
  if (subject.position.incoming + more > STOCK_UNITS_MAX)
    return refusal('TOO_MANY', '/quantity', `More than ${STOCK_UNITS_MAX} cannot be expected.`);
  return decision(false, supplyMovements(before, after, 'ANNOUNCED'), {
    event: {
      type: 'SupplyAnnounced',
      source,
      stock: [{ sku, node, quantity: announced }],
      supply: kind,
      document,
      expectedAt,
    },
    supply: after,
  });
}

export function decideCancellation(
  fact: FactOf<'ANNOUNCEMENT_CANCELLED'>,
  subject: FactSubject,
): FactDecision | StockRefusal {
  const { sku, node, source, document } = fact;
  const before = subject.context.supplies.anyOf(fact);
  if (before === undefined)
    return refusal(
      'UNKNOWN_DOCUMENT',
      '/document',
      `Nothing of "${sku}" is announced for ${node} under "${document}".`,
    );
  if (isTold(before) && fact.occurredAt < before.announcedAt) return NOTHING;
  const { incoming, inTransit } = expectedUnits(before);
  const expected = incoming + inTransit;
  const units = fact.quantity === undefined ? expected : subject.units(fact.quantity);
  if (units > expected)
    return refusal('MORE_THAN_THERE', '/quantity', `${expected} are still to come under "${document}", not ${units}.`);
  const after: Supply = { ...withoutUnits(before, units), announcedAt: fact.occurredAt };
  return decision(false, supplyMovements(before, after, 'ANNOUNCEMENT_CANCELLED'), {
    event: { type: 'SupplyCancelled', source, stock: [{ sku, node, quantity: -units }], document },
    supply: after,
  });
}

/** Units of the document arrived at the fact's node; before any announcement too, which then expects so many fewer. */
export function receivedOn(
  subject: FactSubject,
  document: string,
  kind: SupplyKind,
  reason: MovementReason,
  quantity: number,
): SupplyChange {
  const { sku, node, source, occurredAt } = subject.fact;
  const key = { sku, node, source, document };
  const before = subject.context.supplies.anyOf(key);
  const start = before ?? unannounced(key, kind, occurredAt);
  const supply = { ...start, received: start.received + subject.units(quantity) };
  return { supply, movements: supplyMovements(before, supply, reason) };
}

/** Units of the document left for another node: there they are no longer announced, but on the way. */
export function shippedOn(subject: FactSubject, fact: FactOf<'TRANSFER_SHIPPED'>): SupplyChange {
  const { sku, source, document, toNode, node, occurredAt } = fact;
  const key = { sku, node: toNode, source, document };
  const before = subject.context.supplies.anyOf(key);
  const start = before ?? unannounced(key, 'TRANSFER', fact.expectedAt ?? occurredAt);
  const supply: Supply = {
    ...start,
    kind: 'TRANSFER',
    fromNode: node,
    expectedAt: fact.expectedAt ?? start.expectedAt,
    shipped: start.shipped + subject.units(fact.quantity),
  };
  return { supply, movements: supplyMovements(before, supply, 'TRANSFER_OUT') };
}

function isTold(supply: Supply | undefined): supply is Supply & { readonly announcedAt: string } {
  return supply !== undefined && supply.announcedAt !== null;
}
