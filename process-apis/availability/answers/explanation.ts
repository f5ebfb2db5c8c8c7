import type { Component } from '../../../src/model/order.js';
import { availableToPromise, type Position } from '../../../src/model/stock.js';
import type { ItemExplanation, NodeExplanation } from './check.types.js';
import type { SellingScene } from './selling-scene.js';
import type { StockView } from '../book/stock-state.js';

/** The sum behind an answer: each node's ATP, what the rules make of it, and what is left to sell. */
export function explain(
  components: readonly Component[],
  scene: SellingScene,
  stock: Pick<StockView, 'positionsOf'>,
): readonly ItemExplanation[] {
  return components.map(({ sku, quantity }) => {
    const { positions, atp, steps, available, ats } = scene.ofSku(sku);
    const used = new Set(positions.map(({ node }) => node));
    return {
      sku,
      quantity,
      nodes: stock
        .positionsOf(sku)
        .toSorted((a, b) => (a.node < b.node ? -1 : 1))
        .map((position) => explainNode(position, used.has(position.node), scene)),
      atp,
      rules: steps.map(({ rule, says, before, after }) => ({
        ruleId: rule.id,
        name: rule.name,
        kind: rule.kind,
        says,
        before,
        after,
      })),
      available,
      ats,
    };
  });
}

function explainNode(position: Position, used: boolean, scene: SellingScene): NodeExplanation {
  const { node, onHand, reserved, missing, qualityHold, safetyStock, threshold, earmarked } = position;
  const atp = availableToPromise(position);
  const capacityLeft = scene.capacityLeft(node);
  const reason = scene.excluded.find((exclusion) => exclusion.node === node)?.reason;
  return {
    node,
    onHand,
    reserved,
    missing,
    qualityHold,
    safetyStock,
    threshold,
    earmarked,
    atp,
    ...(capacityLeft === undefined ? {} : { capacityLeft }),
    ...(used ? {} : { excluded: reason ?? 'another node was asked for' }),
    sum:
      `${onHand} on-hand − ${reserved} reserved − ${missing} missing − ${qualityHold} quality hold − ` +
      `${safetyStock} safety stock − ${threshold} threshold − ${earmarked} earmarked, never below 0, = ${atp} ATP`,
  };
}
