import type { StockEvent, StockUnits } from '../../../src/model/events.js';
import { emptyPosition, type Movement, type Position, type StockFact } from '../../../src/model/stock.js';
import { baseUnits, checkFact, happenedAt, refusal, STOCK_UNITS_MAX } from './stock-fact.checks.js';
import { decideCount } from './stock-fact.count.js';
import { settle, trulyThere } from './stock-fact.settle.js';
import {
  decision,
  isInCount,
  isOlder,
  levelOf,
  movementOf,
  NOTHING,
  unitsOf,
  type FactSubject,
} from './stock-fact.subject.js';
import {
  decideAnnouncement,
  decideCancellation,
  receivedOn,
  shippedOn,
  type SupplyChange,
} from './stock-fact.supply.js';
import type { FactContext, FactDecision, StockRefusal } from './stock-fact.types.js';
import type { StockView } from '../book/stock-state.js';

type FactOf<Kind extends StockFact['kind']> = Extract<StockFact, { kind: Kind }>;

/** What follows from a stock fact: its event and movements, or why it is refused. Pure. */
export function decideStockFact(told: StockFact, stock: StockView, context: FactContext): FactDecision | StockRefusal {
  const wrong = checkFact(told, context);
  if (wrong !== undefined) return wrong;
  const fact = { ...told, occurredAt: happenedAt(told, context.now) };
  const item = context.items.get(fact.sku);
  const subject: FactSubject = {
    fact,
    context,
    position: stock.position(fact.sku, fact.node) ?? emptyPosition(fact.sku, fact.node),
    lots: stock.lotsAt(fact.sku, fact.node),
    lot: item?.tracking === 'LOT' ? fact.lot : undefined,
    units: (quantity) => baseUnits(fact, quantity, item),
  };
  return withExpiry(decideKind(fact, subject, stock), subject);
}

function decideKind(fact: StockFact, subject: FactSubject, stock: StockView): FactDecision | StockRefusal {
  switch (fact.kind) {
    case 'RECEIVED':
      return decideReceipt(fact, subject);
    case 'COUNTED':
      return decideCount(fact, subject);
    case 'ADJUSTED':
      return decideAdjustment(fact, subject);
    case 'HELD':
    case 'HOLD_LIFTED':
      return decideHold(fact, subject);
    case 'SAFETY_STOCK_SET':
      return decideLevel(fact, subject, 'safetyStock');
    case 'THRESHOLD_SET':
      return decideLevel(fact, subject, 'threshold');
    case 'ANNOUNCED':
      return decideAnnouncement(fact, subject);
    case 'ANNOUNCEMENT_CANCELLED':
      return decideCancellation(fact, subject);
    case 'TRANSFER_SHIPPED':
      return decideTransferOut(fact, subject, stock.position(fact.sku, fact.toNode));
    case 'TRANSFER_RECEIVED':
      return decideTransferIn(fact, subject);
  }
}

function decideReceipt(fact: FactOf<'RECEIVED'>, subject: FactSubject): FactDecision | StockRefusal {
  const { document, serials } = fact;
  const change = document === undefined ? undefined : receivedOn(subject, document, 'ASN', 'RECEIPT', fact.quantity);
  return arrived(subject, fact.quantity, 'RECEIPT', change, (stock) => ({
    type: 'StockReceived',
    source: fact.source,
    stock,
    ...(document === undefined ? {} : { document }),
    ...(serials === undefined ? {} : { serials }),
  }));
}

function decideTransferIn(fact: FactOf<'TRANSFER_RECEIVED'>, subject: FactSubject): FactDecision | StockRefusal {
  const { document, source } = fact;
  const change = receivedOn(subject, document, 'TRANSFER', 'TRANSFER_IN', fact.quantity);
  return arrived(subject, fact.quantity, 'TRANSFER_IN', change, (stock) => ({
    type: 'TransferReceived',
    source,
    stock,
    document,
  }));
}

/** Units came in. What a count contains already is not added; the document they came on is settled all the same. */
function arrived(
  subject: FactSubject,
  quantity: number,
  reason: 'RECEIPT' | 'TRANSFER_IN',
  change: SupplyChange | undefined,
  toEvent: (stock: readonly StockUnits[]) => StockEvent,
): FactDecision | StockRefusal {
  const units = subject.units(quantity);
  const older = isInCount(subject);
  if (!older && subject.position.onHand + units > STOCK_UNITS_MAX)
    return refusal(
      'TOO_MANY',
      '/quantity',
      `${subject.position.onHand} are there: more than ${STOCK_UNITS_MAX} cannot be.`,
    );
  const onHand = older ? [] : [movementOf(subject, 'onHand', units, reason)];
  return decision(older, [...onHand, ...(change?.movements ?? [])], {
    event: toEvent([unitsOf(subject, older ? 0 : units)]),
    ...(change === undefined ? {} : { supply: change.supply }),
  });
}

function decideAdjustment(fact: FactOf<'ADJUSTED'>, subject: FactSubject): FactDecision | StockRefusal {
  if (isInCount(subject)) return NOTHING;
  const units = subject.units(fact.quantity);
  const movements = changeWhatIsThere(subject, units, fact.reason);
  if ('result' in movements) return movements;
  return decision(false, movements, {
    event: {
      type: 'StockAdjusted',
      source: fact.source,
      stock: [unitsOf(subject, units)],
      reason: fact.reason,
      ...(fact.serials === undefined ? {} : { serials: fact.serials }),
    },
  });
}

function decideTransferOut(
  fact: FactOf<'TRANSFER_SHIPPED'>,
  subject: FactSubject,
  destination: Position | undefined,
): FactDecision | StockRefusal {
  const { source, document, toNode, sku } = fact;
  const units = subject.units(fact.quantity);
  const older = isInCount(subject);
  const onHand = older ? [] : changeWhatIsThere(subject, -units, 'TRANSFER_OUT');
  if ('result' in onHand) return onHand;
  if ((destination?.inTransit ?? 0) + units > STOCK_UNITS_MAX)
    return refusal('TOO_MANY', '/quantity', `More than ${STOCK_UNITS_MAX} cannot be on the way.`);
  const change = shippedOn(subject, fact);
  return decision(older, [...onHand, ...change.movements], {
    event: {
      type: 'TransferShipped',
      source,
      document,
      toNode,
      stock: [unitsOf(subject, older ? 0 : -units), { sku, node: toNode, quantity: units }],
    },
    supply: change.supply,
  });
}

/** On-hand goes up or down by so many units, of the lot where the item is tracked by lot; never below nothing. */
function changeWhatIsThere(
  subject: FactSubject,
  units: number,
  reason: Movement['reason'],
): readonly Movement[] | StockRefusal {
  const { position, lots, lot: name } = subject;
  const there = trulyThere(position) + units;
  if (there < 0)
    return refusal(
      'MORE_THAN_THERE',
      '/quantity',
      `${trulyThere(position)} are there, ${-units} cannot leave: send a count.`,
    );
  if (there > STOCK_UNITS_MAX) return refusal('TOO_MANY', '/quantity', `More than ${STOCK_UNITS_MAX} cannot be there.`);
  if (name === undefined) return settle(position, lots, { there }, reason);
  const ofLot = lots.find(({ lot }) => lot === name)?.onHand ?? 0;
  if (ofLot + units < 0)
    return refusal(
      'MORE_THAN_THERE',
      '/quantity',
      `${ofLot} of lot "${name}" are there, ${-units} cannot leave: send a count.`,
    );
  return settle(position, lots, { there, lot: { lot: name, onHand: ofLot + units } }, reason);
}

function decideHold(fact: FactOf<'HELD' | 'HOLD_LIFTED'>, subject: FactSubject): FactDecision | StockRefusal {
  const { position, lots, lot: name } = subject;
  if (isOlder(fact.occurredAt, levelOf(subject, 'qualityHold'))) return NOTHING;
  const units = subject.units(fact.quantity);
  const lot = name === undefined ? undefined : lots.find((candidate) => candidate.lot === name);
  const onHold = name === undefined ? position.qualityHold : (lot?.qualityHold ?? 0);
  const there = name === undefined ? trulyThere(position) : (lot?.onHand ?? 0);
  const possible = fact.kind === 'HELD' ? there - onHold : onHold;
  if (units > possible)
    return refusal(
      'MORE_THAN_THERE',
      '/quantity',
      fact.kind === 'HELD'
        ? `${there} are there and ${onHold} of them on hold: ${units} more cannot be.`
        : `${onHold} are on hold: ${units} cannot be lifted.`,
    );
  const held = fact.kind === 'HELD';
  return decision(
    false,
    [movementOf(subject, 'qualityHold', held ? units : -units, held ? 'QUALITY_HOLD' : 'QUALITY_RELEASE')],
    {
      event: {
        type: held ? 'QualityHeld' : 'QualityReleased',
        source: fact.source,
        stock: [unitsOf(subject, units)],
      },
    },
  );
}

function decideLevel(
  fact: FactOf<'SAFETY_STOCK_SET' | 'THRESHOLD_SET'>,
  subject: FactSubject,
  bucket: 'safetyStock' | 'threshold',
): FactDecision {
  const { sku, node, occurredAt } = fact;
  const known = subject.context.levelAsOf(sku, node, bucket, '');
  if (known !== undefined && occurredAt < known) return NOTHING;
  const level = subject.units(fact.quantity);
  const delta = level - subject.position[bucket];
  const reason = bucket === 'safetyStock' ? 'SAFETY_STOCK' : 'THRESHOLD';
  return decision(false, [{ sku, node, bucket, delta, reason }], {
    event: {
      type: bucket === 'safetyStock' ? 'SafetyStockSet' : 'ThresholdSet',
      source: fact.source,
      stock: [{ sku, node, quantity: delta }],
      level,
    },
    levels: [{ sku, node, bucket, lot: '', asOf: occurredAt }],
  });
}

/** A lot's last day is kept where the hub knows the lot, or learns of it now. */
function withExpiry(made: FactDecision | StockRefusal, { fact, lot, lots }: FactSubject): FactDecision | StockRefusal {
  if (made.result !== 'TAKEN' || lot === undefined || fact.expiresOn === undefined) return made;
  const known = lots.some((candidate) => candidate.lot === lot);
  if (!known && !made.movements.some((movement) => movement.lot === lot)) return made;
  return { ...made, expiry: { lot, expiresOn: fact.expiresOn } };
}
