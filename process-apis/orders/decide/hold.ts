import type { ChannelOrder } from '../../../src/model/channel-order.js';
import { HOLD_KINDS, type HoldKind } from '../../../src/model/hold-kind.js';
import { holdsOf, standingHolds, type Hold } from '../../../src/model/order.js';
import type { OrderFactBody } from '../orders.facts.js';
import { priceDifference } from '../orders.prices.js';
import { HELD_REFUSALS, unitsToStop } from '../orders.waits.js';
import { FactRejectedError, type Decision } from './decision.js';
import { sendRefusedAgain } from './proceed.js';

type Fact<Kind extends OrderFactBody['kind']> = Extract<OrderFactBody, { kind: Kind }>;

const CHANNEL = 'channel';
export const HUB = 'hub';

export function placeHold(decision: Decision, hold: Pick<Hold, 'kind' | 'reason' | 'placedBy'>): void {
  const { newId, now } = decision.context;
  decision.emit({ type: 'OrderHeld', hold: { ...hold, id: newId(), placedAt: now } });
}

/** By hand, or by who may speak for a person. The same kind by the same one stands once. */
export function decideHoldPlaced(decision: Decision, { hold: kind, reason, by }: Fact<'HoldPlaced'>): void {
  const { order } = decision;
  if (standingHolds(order).some((hold) => hold.kind === kind && hold.placedBy === by)) return;
  if (unitsToStop(order) === 0)
    throw new FactRejectedError('nothing is left to hold: all units are with warehouses, shipped or cancelled');
  placeHold(decision, { kind, reason, placedBy: by });
}

export function decideHoldReleased(decision: Decision, { holdId, by, reason }: Fact<'HoldReleased'>): void {
  const hold = holdsOf(decision.order).find(({ id }) => id === holdId);
  if (hold === undefined) throw new FactRejectedError(`order ${decision.order.id} has no hold ${holdId}`);
  if (hold.releasedAt === undefined) releaseHold(decision, hold, by, reason);
}

/** A sales order that the ERP refused for what the holds were about is sent anew with the last of them. */
function releaseHold(decision: Decision, hold: Hold, by: string, reason: string): void {
  decision.emit({ type: 'HoldReleased', holdId: hold.id, by, reason, at: decision.context.now });
  sendRefusedAgain(decision);
}

/** What a hold of this kind was about is mended. */
export function releaseHoldsOf(decision: Decision, kind: HoldKind, by: string, reason: string): void {
  for (const hold of standingHolds(decision.order)) if (hold.kind === kind) releaseHold(decision, hold, by, reason);
}

/** A new order: what rules, the channel and the hub's own check of the prices say. */
export function holdAccepted(decision: Decision, told: ChannelOrder): void {
  if (unitsToStop(decision.order) === 0) return;
  for (const hold of decision.context.holdsFor(decision.order)) placeHold(decision, hold);
  for (const { kind, reason } of told.holds ?? []) placeHold(decision, { kind, reason, placedBy: CHANNEL });
  holdForPrice(decision, told);
}

/**
 * The channel told again: its holds are those that it tells now. One that a person released stays released, and one that
 * comes when nothing is left to stop is none.
 */
export function holdAmended(decision: Decision, told: ChannelOrder, more: boolean): void {
  const kinds = new Set((told.holds ?? []).map(({ kind }) => kind));
  const ofChannel = holdsOf(decision.order).filter((hold) => hold.placedBy === CHANNEL);
  if (unitsToStop(decision.order) > 0) {
    for (const { kind, reason } of told.holds ?? []) {
      const isKnown = ofChannel.some((hold) => hold.kind === kind && hold.releasedBy !== CHANNEL);
      if (!isKnown) placeHold(decision, { kind, reason, placedBy: CHANNEL });
    }
    if (more) holdForPrice(decision, told);
  }
  // After those that it tells now: with the last hold the order goes on.
  for (const hold of ofChannel)
    if (hold.releasedAt === undefined && !kinds.has(hold.kind))
      releaseHold(decision, hold, CHANNEL, 'the channel says it no longer');
}

/** Once for each difference: one that a person accepted is not held for again. */
function holdForPrice(decision: Decision, told: ChannelOrder): void {
  const { priceTolerance } = decision.context.policyOf(told.channel);
  const reason = priceDifference(told, priceTolerance);
  if (reason !== undefined) holdOnce(decision, 'PRICE', reason);
}

/** A refusal for which a person must correct or accept something, whoever refused: the order is held until then. */
export function holdForRefusal(decision: Decision, code: string | undefined, reason: string): void {
  const kind = HOLD_KINDS.find((known) => known === code && HELD_REFUSALS.has(known));
  if (kind === undefined || unitsToStop(decision.order) === 0) return;
  const stands = standingHolds(decision.order).some((hold) => hold.kind === kind && hold.placedBy === HUB);
  if (!stands) placeHold(decision, { kind, reason, placedBy: HUB });
}

export function holdOnce(decision: Decision, kind: HoldKind, reason: string): void {
  const isKnown = holdsOf(decision.order).some((hold) => hold.kind === kind && hold.reason === reason);
  if (!isKnown) placeHold(decision, { kind, reason, placedBy: HUB });
}
