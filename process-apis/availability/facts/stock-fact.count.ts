import type { StockFact } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { STOCK_UNITS_MAX } from './stock-fact.checks.js';
import { countedAsOf } from './bucket-ownership.js';
import { decision, isOlder, levelOf, NOTHING, unitsOf, type FactSubject } from './stock-fact.subject.js';
import { ofUnknownLot, settle, trulyThere, type Findings } from './stock-fact.settle.js';
import type { FactDecision, MovedUnits, StockLevel } from './stock-fact.types.js';

type Count = Extract<StockFact, { kind: 'COUNTED' }>;

/**
 * A count is what was there then; what happened since is added to it, so that it never gives sold units back. A source
 * that learns late of what left is read as having counted earlier than it says.
 */
export function decideCount(fact: Count, subject: FactSubject): FactDecision {
  const asOf = countedAsOf(fact, subject.context.owners);
  if (isOlder(asOf, levelOf(subject, 'onHand'))) return NOTHING;
  const findings =
    subject.lot === undefined ? ofPosition(fact, subject, asOf) : ofLot(fact, subject, asOf, subject.lot);
  const { position, lots } = subject;
  const movements = settle(position, lots, findings, 'COUNT');
  const { there } = findings;
  return decision(false, movements, {
    event: {
      type: 'StockCounted',
      source: fact.source,
      stock: [unitsOf(subject, there - trulyThere(position))],
      counted: subject.units(fact.quantity),
      asOf,
      missing: Math.max(0, position.reserved - there),
    },
    ...countedAt(subject, asOf),
    levels: levelsOf(fact, subject, asOf),
  });
}

/** A position is counted as of the oldest count of its lots, once all of them are. */
function countedAt(subject: FactSubject, asOf: Instant): { readonly countedAt?: Instant } {
  const { fact, lots, lot: own, context } = subject;
  if (own === undefined) return { countedAt: asOf };
  const others = lots
    .filter(({ lot, onHand }) => lot !== own && onHand > 0)
    .map(({ lot }) => context.levelAsOf(fact.sku, fact.node, 'onHand', lot));
  const known = others.filter((at) => at !== undefined);
  return known.length < others.length ? {} : { countedAt: [asOf, ...known].toSorted()[0] ?? asOf };
}

function ofPosition(fact: Count, subject: FactSubject, asOf: Instant): Findings {
  const moved = subject.context.movedSince(fact.sku, fact.node, asOf);
  const there = between(subject.units(fact.quantity) + sumOf(moved, 'onHand'), STOCK_UNITS_MAX);
  if (fact.qualityHold === undefined) return { there };
  return { there, held: between(subject.units(fact.qualityHold) + sumOf(moved, 'qualityHold'), there) };
}

/** More of a lot than was known comes first out of what is there without a known lot. */
function ofLot(fact: Count, subject: FactSubject, asOf: Instant, lot: string): Findings {
  const { position, lots } = subject;
  const moved = subject.context.movedSince(fact.sku, fact.node, asOf).filter((units) => units.lot === lot);
  const onHand = between(subject.units(fact.quantity) + sumOf(moved, 'onHand'), STOCK_UNITS_MAX);
  const more = onHand - (lots.find((known) => known.lot === lot)?.onHand ?? 0);
  const named = Math.min(Math.max(0, more), ofUnknownLot(position, lots));
  const there = between(trulyThere(position) + more - named, STOCK_UNITS_MAX);
  if (fact.qualityHold === undefined) return { there, lot: { lot, onHand } };
  const held = between(subject.units(fact.qualityHold) + sumOf(moved, 'qualityHold'), onHand);
  return { there, lot: { lot, onHand, held } };
}

function levelsOf({ sku, node, qualityHold }: Count, { lot }: FactSubject, asOf: Instant): readonly StockLevel[] {
  const levels: StockLevel[] = [];
  if (lot !== undefined) levels.push({ sku, node, bucket: 'onHand', lot, asOf });
  if (qualityHold !== undefined) levels.push({ sku, node, bucket: 'qualityHold', lot: lot ?? '', asOf });
  return levels;
}

function sumOf(moved: readonly MovedUnits[], bucket: MovedUnits['bucket']): number {
  return moved.reduce((sum, units) => (units.bucket === bucket ? sum + units.units : sum), 0);
}

function between(units: number, most: number): number {
  return Math.max(0, Math.min(units, most));
}
