import type { StockUnits } from '../../../src/model/events.js';
import type { Lot, Movement, Position, StockBucket, StockFact } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { FactContext, FactDecision } from './stock-fact.types.js';

/** A fact that was checked, beside what it is about. */
export interface FactSubject {
  readonly fact: StockFact;
  readonly context: FactContext;
  readonly position: Position;
  /** First expired first. */
  readonly lots: readonly Lot[];
  /** The lot that the units are of; undefined where the item is not tracked by lot. */
  readonly lot: string | undefined;
  /** Base units of a quantity of the fact. */
  units(quantity: number): number;
}

/** It is in something that is known already: nothing follows. */
export const NOTHING: FactDecision = { result: 'OLDER_THAN_COUNT', movements: [] };

export function decision(
  older: boolean,
  movements: readonly Movement[],
  rest: Omit<FactDecision, 'result' | 'movements'>,
): FactDecision {
  const moved = movements.filter(({ delta }) => delta !== 0);
  // Of what is in a count already only its document may be news.
  if (older && moved.length === 0 && rest.supply === undefined) return NOTHING;
  return { result: older ? 'OLDER_THAN_COUNT' : 'TAKEN', movements: moved, ...rest };
}

/** Whether the fact happened before the last count of what it is about: the count contains it. */
export function isInCount(subject: FactSubject): boolean {
  return isOlder(subject.fact.occurredAt, levelOf(subject, 'onHand'));
}

/** As of when the bucket was last told whole: of the lot where the item is tracked by lot, else of the position. */
export function levelOf(subject: FactSubject, bucket: 'onHand' | 'qualityHold'): Instant | undefined {
  const { fact, context, position, lot } = subject;
  if (lot === undefined && bucket === 'onHand') return position.countedAt ?? undefined;
  return context.levelAsOf(fact.sku, fact.node, bucket, lot ?? '');
}

export function isOlder(occurredAt: Instant, known: Instant | undefined): boolean {
  return known !== undefined && occurredAt <= known;
}

export function movementOf(
  { fact, lot }: FactSubject,
  bucket: StockBucket,
  delta: number,
  reason: Movement['reason'],
): Movement {
  const { sku, node } = fact;
  return { sku, node, bucket, delta, reason, ...(lot === undefined ? {} : { lot }) };
}

export function unitsOf({ fact, lot }: FactSubject, quantity: number): StockUnits {
  const { sku, node } = fact;
  return { sku, node, quantity, ...(lot === undefined ? {} : { lot }) };
}
