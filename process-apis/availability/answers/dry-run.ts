import type { Component, Destination, Shortage } from '../../../src/model/order.js';
import { rankNodes, type FulfillmentMethod, type NodeExclusion } from '../../sourcing/index.js';
import type { SellingAnswers } from './availability.service.js';
import { capacityLeft } from '../book/node-day.js';
import { availableAt, promise, type Allocation, type Demand } from '../promise/promise.js';
import { sellable } from '../promise/sellable.js';
import type { StockView } from '../book/stock-state.js';

const NO_REFUSALS: ReadonlySet<string> = new Set();

export interface DryRunRequest {
  readonly channel: string;
  readonly demands: readonly Demand[];
  readonly destination?: Destination;
  readonly method: FulfillmentMethod;
  /** COLLECT: where the buyer fetches it. */
  readonly collectAt?: string;
}

/** A node that could serve, in the order in which nodes are asked. */
export interface DryRunNode {
  readonly node: string;
  /** 1 is best. */
  readonly rank: number;
  /** Why it ranks here, by criterion. */
  readonly because: readonly string[];
  readonly chosen: boolean;
  /** Of a node that is not chosen: "has 3 of 5 of SKU-1". */
  readonly whyNot: readonly string[];
}

export interface DryRun {
  readonly allocations: readonly Allocation[];
  /** Line units that nobody can give now. */
  readonly missing: readonly { readonly lineId: string; readonly quantity: number }[];
  readonly shortages: readonly Shortage[];
  readonly nodes: readonly DryRunNode[];
  readonly excluded: readonly NodeExclusion[];
  /** Items of which the allocation rules leave the channel less than is there. */
  readonly limited: readonly { readonly sku: string; readonly available: number; readonly ats: number }[];
}

/** Where an order would go, and why not elsewhere: the sourcing and the promise of a real one, and nothing is claimed. Pure. */
export function dryRun(request: DryRunRequest, facts: Omit<SellingAnswers, 'find' | 'arrivals'>): DryRun {
  const { channel, demands, method, destination, collectAt } = request;
  const { now, stock, nodes } = facts;
  const policy = facts.sourcingOf(channel);
  const left = capacityLeft(nodes, stock);
  const { choices, excluded } = rankNodes(
    {
      channel,
      now,
      method,
      refusedBy: NO_REFUSALS,
      ...(destination === undefined ? {} : { destination }),
      ...(collectAt === undefined ? {} : { collectAt }),
    },
    nodes,
    policy,
    left,
  );
  const ranked = choices.map(({ node }) => node);
  const promised = promise(
    { channel, now, demands, nodes: ranked, maxNodes: policy.maxNodes, capacityLeft: left, entitled: false },
    stock,
  );
  const chosen = new Set(promised.allocations.map(({ node }) => node));
  const needs = needsOf(demands);
  const limited = needs.flatMap(({ sku }) => {
    const usable = { nodes: new Set(ranked), capacityLeft: left };
    const { available, ats } = sellable(sku, channel, usable, stock, now);
    return ats < available ? [{ sku, available, ats }] : [];
  });
  return {
    ...promised,
    nodes: choices.map(({ node, rank, because }) => ({
      node,
      rank,
      because,
      chosen: chosen.has(node),
      whyNot: chosen.has(node) ? [] : whyNot(node, needs, stock, left(node), chosen.size, policy.maxNodes),
    })),
    excluded,
    limited,
  };
}

function whyNot(
  node: string,
  needs: readonly Component[],
  stock: StockView,
  capacity: number | undefined,
  chosen: number,
  maxNodes: number,
): readonly string[] {
  const short = needs.flatMap(({ sku, quantity }) => {
    const has = availableAt(stock, sku, [node], false);
    return has < quantity ? [`has ${has} of ${quantity} of ${sku}`] : [];
  });
  const wanted = needs.reduce((units, { quantity }) => units + quantity, 0);
  const full = capacity !== undefined && capacity < wanted ? [`takes ${capacity} of ${wanted} units today`] : [];
  const reasons = [...short, ...full];
  if (reasons.length === 0)
    return [
      chosen === 0 ? 'the rules of the channel leave nothing to take' : 'nodes that rank before it serve the order',
    ];
  return chosen >= maxNodes ? [...reasons, `the policy allows ${maxNodes} nodes`] : reasons;
}

/** Base units by item. */
function needsOf(demands: readonly Demand[]): readonly Component[] {
  const units = new Map<string, number>();
  for (const { quantity, components } of demands)
    for (const { sku, quantity: each } of components) units.set(sku, (units.get(sku) ?? 0) + quantity * each);
  return [...units].map(([sku, quantity]) => ({ sku, quantity }));
}
