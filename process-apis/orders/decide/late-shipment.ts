import type { LineUnits } from '../../../src/model/events.js';
import type { FulfillmentOrder } from '../../../src/model/order.js';
import { remainingUnits } from '../orders.evolve.js';
import { FactRejectedError, type Decision } from './decision.js';
import { freePlanned } from './observe.js';
import { revive, unclaimedUnits } from './stock-moves.js';

/**
 * Units that left although the node had given them up: it had agreed to stop, or refused. What left has left, so they become
 * its again, as far as nobody else has them: units that wait, claims that no node was told of, then cancelled ones. Gives them.
 * @throws FactRejectedError when another node has them already, or the node's stock does not hold them.
 */
export function takeBackWhatLeft(
  decision: Decision,
  fo: FulfillmentOrder,
  units: readonly LineUnits[],
): readonly LineUnits[] {
  const late = units.flatMap(({ lineId, quantity }) => {
    const line = fo.lines.find((candidate) => candidate.lineId === lineId);
    const beyond = line === undefined ? 0 : quantity - remainingUnits(line);
    if (line === undefined || beyond <= 0) return [];
    if (beyond > line.dropped)
      throw new FactRejectedError(
        `fulfillment order ${fo.id} was asked for ${line.quantity} units of line ${lineId} and has shipped ${line.shipped}, not ${quantity} more`,
      );
    return [{ lineId, quantity: beyond }];
  });
  if (late.length > 0 && !wasTold(fo)) throw new FactRejectedError(`fulfillment order ${fo.id} was never released`);
  for (const line of late) takeBack(decision, fo, line);
  return late;
}

/** One that was planned and given up before the node heard of it is closed, too. */
function wasTold({ status, wmsReference, lines }: FulfillmentOrder): boolean {
  return (
    status !== 'CLOSED' || wmsReference !== undefined || lines.some(({ shipped, short = 0 }) => shipped + short > 0)
  );
}

function takeBack(decision: Decision, fo: FulfillmentOrder, { lineId, quantity }: LineUnits): void {
  freePlanned(decision, lineId, quantity - quantitiesOf(decision, lineId).open);
  const { open, cancelled } = quantitiesOf(decision, lineId);
  const fromOpen = Math.min(quantity, open);
  const fromCancelled = quantity - fromOpen;
  if (fromCancelled > cancelled)
    throw new FactRejectedError(
      `${quantity} units of line ${lineId} left ${fo.node} after it had given them up; other nodes have them by now`,
    );
  const short = unclaimedUnits(decision, fo, [{ lineId, quantity }]).find(({ missing }) => missing > 0);
  if (short !== undefined)
    throw new FactRejectedError(
      `${quantity} units of line ${lineId} left ${fo.node} after it had given them up; its stock of ${short.sku} does not hold them`,
    );
  if (fromOpen > 0) revive(decision, fo, { lineId, quantity: fromOpen }, 'open');
  if (fromCancelled > 0) revive(decision, fo, { lineId, quantity: fromCancelled }, 'cancelled');
}

function quantitiesOf({ order }: Decision, lineId: string): { readonly open: number; readonly cancelled: number } {
  const { open = 0, cancelled = 0 } = order.lines.find((line) => line.id === lineId)?.quantities ?? {};
  return { open, cancelled };
}
