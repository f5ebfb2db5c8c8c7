import type { Lot, Position } from '../../../src/model/stock.js';
import type { AllocationRule } from '../rules/allocation-rule.js';
import { pair, StockState, type ChannelDemand, type StockData, type StockView } from '../book/stock-state.js';

const NO_POSITIONS: readonly Position[] = [];
const NO_LOTS: readonly Lot[] = [];
const NO_DEMANDS: readonly ChannelDemand[] = [];
const NO_RULES: readonly AllocationRule[] = [];

/** Stock as it was read, to be looked at: what most answers need and no more. Knows no lots. Never changes. */
export class ReadStock implements StockView {
  private readonly positions: ReadonlyMap<string, readonly Position[]>;
  private readonly demands: ReadonlyMap<string, readonly ChannelDemand[]>;
  private readonly uses: ReadonlyMap<string, number>;
  private readonly loads: ReadonlyMap<string, number>;

  constructor(private readonly data: StockData) {
    this.positions = bySku(data.positions);
    this.demands = bySku(data.demands ?? NO_DEMANDS);
    this.uses = new Map((data.uses ?? []).map(({ ruleId, sku, used }) => [pair(ruleId, sku), used]));
    this.loads = new Map((data.loads ?? []).map(({ node, units }) => [node, units]));
  }

  /** For what is to change: the stock on a later date. */
  fork(): StockState {
    return new StockState(this.data);
  }

  position(sku: string, node: string): Position | undefined {
    return this.positionsOf(sku).find((position) => position.node === node);
  }

  positionsOf(sku: string): readonly Position[] {
    return this.positions.get(sku) ?? NO_POSITIONS;
  }

  lotsAt(): readonly Lot[] {
    return NO_LOTS;
  }

  demandsOf(sku: string): readonly ChannelDemand[] {
    return this.demands.get(sku) ?? NO_DEMANDS;
  }

  rulesOf(sku: string): readonly AllocationRule[] {
    return this.data.rules?.get(sku) ?? NO_RULES;
  }

  usedOf(rule: AllocationRule, sku: string): number {
    return this.uses.get(pair(rule.id, sku)) ?? 0;
  }

  loadOf(node: string): number {
    return this.loads.get(node) ?? 0;
  }
}

function bySku<Row extends { readonly sku: string }>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const ofItem = found.get(row.sku);
    if (ofItem === undefined) found.set(row.sku, [row]);
    else ofItem.push(row);
  }
  return found;
}
