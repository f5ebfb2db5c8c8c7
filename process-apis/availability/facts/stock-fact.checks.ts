import type { StockBucket, StockFact } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import type { FactContext, StockItem, StockRefusal, StockRefusalCode } from './stock-fact.types.js';

/** A source's clock may be ahead of the hub's by so much. */
export const CLOCK_AHEAD_MS_MAX = 5 * 60_000;

/** More units than any position holds, in base units. */
export const STOCK_UNITS_MAX = 1_000_000_000;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

export function refusal(code: StockRefusalCode, pointer: string, detail: string): StockRefusal {
  return { result: 'REFUSED', code, pointer, detail };
}

/** What is wrong with a fact by itself and by the catalog, whatever the stock is; undefined when nothing is. */
export function checkFact(fact: StockFact, context: FactContext): StockRefusal | undefined {
  const item = context.items.get(fact.sku);
  if (item === undefined)
    return refusal('UNKNOWN_ITEM', '/sku', `There is no item "${fact.sku}": create it, then send this again.`);
  if (item.isKit)
    return refusal(
      'KIT_HAS_NO_STOCK',
      '/sku',
      `"${fact.sku}" is a kit: its stock is that of its components. Tell theirs.`,
    );
  return (
    checkNodes(fact, context) ??
    checkTime(fact, context) ??
    checkQuantity(fact, item) ??
    checkDocument(fact) ??
    checkOwner(fact, context) ??
    checkTracking(fact, item)
  );
}

/** When it happened by the hub's own clock: nothing that came already happened later than now. */
export function happenedAt({ occurredAt }: Pick<StockFact, 'occurredAt'>, now: Instant): Instant {
  return occurredAt > now ? now : occurredAt;
}

/** Base units of a quantity of the fact that was checked. */
export function baseUnits(fact: StockFact, quantity: number, item: StockItem | undefined): number {
  return quantity * (fact.unit === undefined ? 1 : (item?.factors.get(fact.unit) ?? 1));
}

function checkNodes(fact: StockFact, { nodes }: FactContext): StockRefusal | undefined {
  const other =
    fact.kind === 'TRANSFER_SHIPPED'
      ? (['/toNode', fact.toNode] as const)
      : fact.kind === 'ANNOUNCED' && fact.fromNode !== undefined
        ? (['/fromNode', fact.fromNode] as const)
        : undefined;
  for (const [pointer, node] of [['/node', fact.node] as const, ...(other === undefined ? [] : [other])])
    if (!nodes.has(node)) return refusal('UNKNOWN_NODE', pointer, `There is no node "${node}".`);
  if (other?.[1] === fact.node) return refusal('UNKNOWN_NODE', other[0], 'Must be another node than /node.');
  return undefined;
}

function checkTime({ occurredAt, expiresOn }: StockFact, { now }: FactContext): StockRefusal | undefined {
  if (Date.parse(occurredAt) > Date.parse(now) + CLOCK_AHEAD_MS_MAX)
    return refusal(
      'IN_THE_FUTURE',
      '/occurredAt',
      `${occurredAt} is in the future: it is ${now}. Set the clock of the source right and send when it happened.`,
    );
  if (expiresOn !== undefined && !isDate(expiresOn))
    return refusal('NOT_A_DATE', '/expiresOn', `"${expiresOn}" is not a date: send YYYY-MM-DD.`);
  return undefined;
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return DATE.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function checkQuantity(fact: StockFact, item: StockItem): StockRefusal | undefined {
  if (fact.unit !== undefined && !item.factors.has(fact.unit))
    return refusal(
      'UNKNOWN_UNIT',
      '/unit',
      `"${fact.sku}" has no unit "${fact.unit}": it has ${[...item.factors.keys()].join(', ')}.`,
    );
  const hold = fact.kind === 'COUNTED' ? fact.qualityHold : undefined;
  const wrong = checkNumber(fact, item, '/quantity', fact.quantity) ?? checkNumber(fact, item, '/qualityHold', hold);
  if (wrong !== undefined) return wrong;
  if (fact.kind === 'COUNTED' && hold !== undefined && hold > fact.quantity)
    return refusal('MORE_THAN_THERE', '/qualityHold', `${hold} cannot be on hold of ${fact.quantity} that are there.`);
  return undefined;
}

/** Levels may be zero; what happened was at least one unit. */
const MAY_BE_ZERO: ReadonlySet<StockFact['kind']> = new Set([
  'COUNTED',
  'SAFETY_STOCK_SET',
  'THRESHOLD_SET',
  'ANNOUNCED',
]);

function checkNumber(
  fact: StockFact,
  item: StockItem,
  pointer: string,
  quantity: number | undefined,
): StockRefusal | undefined {
  if (quantity === undefined) return undefined;
  if (!Number.isInteger(quantity))
    return refusal(
      'NOT_A_WHOLE_NUMBER',
      pointer,
      `${quantity} is not a whole number: send whole units, in a smaller unit where needed.`,
    );
  if (quantity < 0 && fact.kind !== 'ADJUSTED')
    return refusal('NEGATIVE', pointer, `${quantity} is negative: only an adjustment may be.`);
  if (quantity === 0 && !MAY_BE_ZERO.has(fact.kind))
    return refusal('ZERO', pointer, 'Nothing moved: send at least one unit, or nothing.');
  if (Math.abs(baseUnits(fact, quantity, item)) > STOCK_UNITS_MAX)
    return refusal('TOO_MANY', pointer, `That is more than ${STOCK_UNITS_MAX} base units.`);
  return undefined;
}

function checkDocument(fact: StockFact): StockRefusal | undefined {
  if (!('document' in fact) || fact.document !== '') return undefined;
  return refusal('UNKNOWN_DOCUMENT', '/document', 'Is empty: send the number of the document.');
}

function checkOwner(fact: StockFact, { owners }: FactContext): StockRefusal | undefined {
  for (const bucket of writtenBuckets(fact)) {
    if (owners.mayWrite(fact.source, fact.node, bucket)) continue;
    return refusal(
      'NOT_OWNER',
      '/source',
      `${fact.source} may not write ${bucket} of ${fact.node}: ${owners.ownersOf(fact.node, bucket).join(', ')} may.`,
    );
  }
  return undefined;
}

/** What a fact claims to know; what follows from it by itself (in-transit of a transfer) needs no owner. */
function writtenBuckets(fact: StockFact): readonly StockBucket[] {
  switch (fact.kind) {
    case 'COUNTED':
      return fact.qualityHold === undefined ? ['onHand'] : ['onHand', 'qualityHold'];
    case 'RECEIVED':
    case 'ADJUSTED':
    case 'TRANSFER_SHIPPED':
    case 'TRANSFER_RECEIVED':
      return ['onHand'];
    case 'HELD':
    case 'HOLD_LIFTED':
      return ['qualityHold'];
    case 'SAFETY_STOCK_SET':
      return ['safetyStock'];
    case 'THRESHOLD_SET':
      return ['threshold'];
    case 'ANNOUNCED':
    case 'ANNOUNCEMENT_CANCELLED':
      return ['incoming'];
  }
}

const OF_A_LOT: ReadonlySet<StockFact['kind']> = new Set([
  'RECEIVED',
  'COUNTED',
  'ADJUSTED',
  'HELD',
  'HOLD_LIFTED',
  'TRANSFER_SHIPPED',
  'TRANSFER_RECEIVED',
]);

function checkTracking(fact: StockFact, item: StockItem): StockRefusal | undefined {
  if (item.tracking === 'LOT' && fact.lot === undefined && OF_A_LOT.has(fact.kind))
    return refusal('LOT_REQUIRED', '/lot', `"${fact.sku}" is tracked by lot: name the lot of the units.`);
  if (item.tracking !== 'LOT' && fact.lot !== undefined && fact.kind === 'COUNTED')
    return refusal(
      'LOT_NOT_TRACKED',
      '/lot',
      `"${fact.sku}" is not tracked by lot: count all its units together, without a lot.`,
    );
  return item.tracking === 'SERIAL' && fact.kind === 'RECEIVED' ? checkSerials(fact, item) : undefined;
}

function checkSerials(fact: StockFact & { kind: 'RECEIVED' }, item: StockItem): StockRefusal | undefined {
  const units = baseUnits(fact, fact.quantity, item);
  const serials = new Set(fact.serials);
  if (serials.size === units && fact.serials?.length === units) return undefined;
  return refusal(
    'SERIALS_DIFFER',
    '/serials',
    `"${fact.sku}" is tracked by serial: ${units} units need as many different serials, ${serials.size} were told.`,
  );
}
