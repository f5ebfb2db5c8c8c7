import type { Component } from '../../../src/model/order.js';
import type { Movement } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { rankNodes } from '../../sourcing/index.js';
import { capacityLeft } from '../book/node-day.js';
import { pickLots } from '../book/lots.js';
import { promise, type Demand, type Promised } from '../promise/promise.js';
import type { SellingTerms } from '../answers/selling-lookup.js';
import type { SoftClaim, StoredClaim } from './soft-reservation.sql.js';
import type { SoftRequest } from './soft-reservations.types.js';
import type { StockState } from '../book/stock-state.js';

const NO_REFUSALS: ReadonlySet<string> = new Set();

/** What the channel may have of the demands now, at the nodes that its policy chooses. Pure. */
export function promiseSoft(
  { channel, destination }: Pick<SoftRequest, 'channel' | 'destination'>,
  demands: readonly Demand[],
  terms: SellingTerms,
  stock: StockState,
  now: Instant,
): Promised {
  const policy = terms.sourcingOf(channel);
  const left = capacityLeft(terms.nodes, stock);
  const { choices } = rankNodes(
    { channel, now, method: 'SHIP', refusedBy: NO_REFUSALS, ...(destination === undefined ? {} : { destination }) },
    terms.nodes,
    policy,
    left,
  );
  return promise(
    {
      channel,
      now,
      demands,
      nodes: choices.map(({ node }) => node),
      maxNodes: policy.maxNodes,
      capacityLeft: left,
      entitled: false,
    },
    stock,
  );
}

/** The claims of what was promised, with lots where the item is tracked by lot: first expired, first out. */
export function claimPromised(
  { allocations }: Promised,
  demands: readonly Demand[],
  terms: Pick<SellingTerms, 'items'>,
  stock: StockState,
  now: Instant,
): readonly StoredClaim[] {
  const after = stock.fork();
  return allocations.map(({ lineId, node, quantity }) => {
    const components = demands.find((demand) => demand.lineId === lineId)?.components ?? [];
    const units = components.flatMap(({ sku, quantity: each }: Component) => {
      const byLot = terms.items.get(sku)?.tracking === 'LOT';
      const claims = byLot ? claimLots(after, { node, sku, quantity: quantity * each }, now) : undefined;
      const taken = claims ?? [{ sku, quantity: quantity * each }];
      after.apply(softMovements(withNode(taken, node), 'SOFT_RESERVE'), { occurredAt: now });
      return taken;
    });
    return { lineId, node, quantity, units };
  });
}

/** The movements that take claims, or give them back. */
export function softMovements(
  claims: readonly SoftClaim[],
  reason: 'SOFT_RESERVE' | 'SOFT_RELEASE',
): readonly Movement[] {
  const sign = reason === 'SOFT_RESERVE' ? 1 : -1;
  return claims.map(({ sku, node, quantity, lot }) => ({
    sku,
    node,
    bucket: 'reserved',
    delta: sign * quantity,
    reason,
    ...(lot === undefined ? {} : { lot }),
  }));
}

function claimLots(
  stock: StockState,
  { node, sku, quantity }: SoftClaim,
  now: Instant,
): readonly Omit<SoftClaim, 'node'>[] {
  const units = pickLots(stock, { node, sku, quantity }, now);
  const open = units.reduce((left, taken) => left - taken.quantity, quantity);
  // Units whose lot is not known.
  return open > 0 ? [...units, { sku, quantity: open }] : units;
}

function withNode(units: readonly Omit<SoftClaim, 'node'>[], node: string): readonly SoftClaim[] {
  return units.map((unit) => ({ node, ...unit }));
}
