import { deltaOf, isSame, unitsOff, type Difference, type EarlierDrift } from './comparison.js';
import type { DriftPolicy } from './drift-policy.js';
import type { Drift } from './drift.types.js';

/** Goods that left are told within this time: a difference that stays longer is not on its way. */
export const FLIGHT_MS_MAX = 30 * 60_000;
/** The order of a sale reaches the hub within this time. */
export const SALE_MS_MAX = 5 * 60_000;

export interface NodeKnowledge {
  /** Numbers are missing in what the warehouse told of the node. */
  readonly gapOpen: boolean;
  /** The whole snapshot is taken as counts: it was asked for. */
  readonly takeAll: boolean;
  /** The news of the difference came after the reading began. */
  readonly toldMeanwhile: boolean;
  /** Base units that the node was asked to ship and has not reported. */
  readonly toShip: number;
  readonly earlier: EarlierDrift | undefined;
  /** Why the warehouse's quantity cannot be read. */
  readonly unreadable?: string;
}

/** Why a warehouse differs, and what is done about it. Pure. */
export function explainNode(difference: Difference, known: NodeKnowledge, policy: DriftPolicy): Drift {
  const { earlier } = known;
  const less = -deltaOf(difference);
  if (known.unreadable !== undefined) return drift(difference, 'UNKNOWN', 'EXCEPTION', known.unreadable);
  if (known.toldMeanwhile) return drift(difference, 'IN_FLIGHT', 'NONE', 'The news came while the snapshot was read.');
  const healing = known.takeAll ? 'COUNT_TAKEN' : undefined;
  if (known.gapOpen)
    return drift(difference, 'MISSED_EVENT', healing ?? 'COUNT_TAKEN', 'Numbers are missing in what the source told.');
  const stays = isSame(difference, earlier);
  if (less > 0 && less <= known.toShip && !(stays && (earlier?.ageMs ?? 0) > FLIGHT_MS_MAX))
    return drift(
      difference,
      'IN_FLIGHT',
      healing ?? 'NONE',
      `${known.toShip} units are being shipped there: ${less} of them may have left.`,
    );
  const heal = healing ?? (unitsOff(difference) <= policy.healUnitsMax ? 'COUNT_TAKEN' : 'EXCEPTION');
  if (stays)
    return drift(difference, 'CHANGED_OUTSIDE', heal, 'The difference stays from one snapshot to the next, untold.');
  if (earlier !== undefined && earlier.explanation !== 'IN_FLIGHT')
    return drift(difference, 'UNKNOWN', heal, 'It differed before as well, by another number.');
  return drift(
    difference,
    'UNKNOWN',
    healing ?? 'SNAPSHOT_ASKED',
    'Seen for the first time: the next snapshot decides.',
  );
}

export interface ErpKnowledge {
  /** Base units that left and whose goods issue the ERP has not confirmed. */
  readonly notIssued: number;
  /** Units that came and went otherwise within the time that the ERP may be behind. */
  readonly came: number;
  readonly went: number;
  /** The ERP is named as the owner of the node's on-hand. */
  readonly ownsOnHand: boolean;
  readonly earlier: EarlierDrift | undefined;
}

/** Why the ERP's books differ, and what is done about it. Pure. */
export function explainErp(difference: Difference, known: ErpKnowledge, policy: DriftPolicy): Drift {
  const delta = deltaOf(difference);
  if (difference.theirs !== null && delta > 0 && delta <= known.notIssued)
    return drift(
      difference,
      'IN_FLIGHT',
      'NONE',
      `The goods issue of ${known.notIssued} shipped units is not posted there yet.`,
    );
  if (difference.theirs !== null && delta <= known.notIssued + known.went && -delta <= known.came)
    return drift(
      difference,
      'IN_FLIGHT',
      'NONE',
      `${known.came} units came and ${known.went} went within the last ${policy.erpLagHours} h.`,
    );
  const detail =
    difference.theirs === null ? 'The ERP does not know the item.' : 'Nothing that is under way explains it.';
  const stays = isSame(difference, known.earlier);
  const explanation = stays && difference.theirs !== null ? 'CHANGED_OUTSIDE' : 'UNKNOWN';
  if (known.ownsOnHand && difference.theirs !== null && difference.theirs >= 0)
    return drift(
      difference,
      explanation,
      unitsOff(difference) <= policy.healUnitsMax ? 'COUNT_TAKEN' : 'EXCEPTION',
      detail,
    );
  return drift(difference, explanation, unitsOff(difference) > policy.erpToleratedUnits ? 'EXCEPTION' : 'NONE', detail);
}

export interface ChannelKnowledge {
  /** The channel is being told something else, or was while it was read. */
  readonly underWay: boolean;
  readonly earlier: EarlierDrift | undefined;
}

/**
 * Why a channel shows another quantity than it was told, and what is done about it. More than it was told is told over at
 * once; less may be a sale whose order is still to come. Pure.
 */
export function explainChannel(difference: Difference, { underWay, earlier }: ChannelKnowledge): Drift {
  const { ours, theirs } = difference;
  if (theirs === null) return drift(difference, 'UNKNOWN', 'EXCEPTION', 'The channel does not know the listing.');
  if (underWay) return drift(difference, 'IN_FLIGHT', 'NONE', 'The channel is being told another quantity.');
  const stays = isSame(difference, earlier) && (earlier?.ageMs ?? 0) >= SALE_MS_MAX;
  if (theirs < ours && !stays)
    return drift(
      difference,
      'IN_FLIGHT',
      'SNAPSHOT_ASKED',
      `It may have sold ${ours - theirs}: the order would follow.`,
    );
  if (earlier?.explanation === 'CHANGED_OUTSIDE')
    return drift(
      difference,
      'CHANGED_OUTSIDE',
      'EXCEPTION',
      `It was told again before, and shows ${theirs} once more.`,
    );
  return drift(difference, 'CHANGED_OUTSIDE', 'TOLD_AGAIN', `It was told ${ours} and shows ${theirs}.`);
}

function drift(
  { key, ours, theirs }: Difference,
  explanation: Drift['explanation'],
  healing: Drift['healing'],
  detail: string,
): Drift {
  return { key, ours, theirs, explanation, detail, healing };
}
