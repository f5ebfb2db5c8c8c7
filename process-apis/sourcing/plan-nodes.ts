/**
 * The stock that a plan takes from. Takes of one demand lower what is left for others of the same item. Plans fork about
 * once per node, and more when they split: a fork should cost little.
 */
export interface SplitStock {
  /** A scratch copy that takes are made on; discarded or kept by the caller. */
  fork(): SplitStock;
  /** Takes up to so many units of a demand (by its index) from a node, and gives how many it took: as many as it can. */
  take(node: string, demand: number, units: number): number;
}

export interface SplitTake {
  readonly node: string;
  /** Index of the demand. */
  readonly demand: number;
  readonly units: number;
}

export interface SplitPlan {
  /** By demand, then by rank of the node. */
  readonly takes: readonly SplitTake[];
  /** Units that nobody gives, by demand: as long as the demands, 0 is served whole. */
  readonly missing: readonly number[];
  /** A fork with the takes made. */
  readonly stock: SplitStock;
}

export interface SplitLimits {
  readonly maxNodes: number;
}

/** So few nodes that every set of them is tried: at most 64 sets. */
const EXACT_NODES_MAX = 6;
/** Nodes that are looked at in each step of the choice among many. */
const CANDIDATES_MAX = 60;

/** What a node gives when it is the only one. */
interface Alone {
  readonly node: string;
  readonly plan: SplitPlan;
}

interface Problem {
  readonly quantities: readonly number[];
  /** Indices of the demands, those that fewest nodes have first: what can come from one place only is taken there. */
  readonly order: readonly number[];
  readonly stock: SplitStock;
}

/**
 * Serves the demands from as few of the ranked nodes as it can, and says what is missing. The best-ranked node that has
 * everything takes it alone. Else, with up to 6 nodes that have anything, the smallest set that serves everything (of
 * several the best-ranked); with more, node after node by what it adds. Within the nodes a demand is split only when none
 * has it whole. Fewest is exact where demands share nothing but the stock of an item; where nodes have capacities, demands
 * are kits or a channel has a limit, it is nearly always. Pure but for its forks.
 */
export function planNodes(
  demands: readonly { readonly quantity: number }[],
  ranked: readonly string[],
  stock: SplitStock,
  limits: SplitLimits,
): SplitPlan {
  const quantities = demands.map(({ quantity }) => quantity);
  const asGiven: Problem = { quantities, order: quantities.map((_, index) => index), stock };
  const alone: Alone[] = [];
  for (const node of ranked) {
    const plan = assign(asGiven, [node]);
    if (isComplete(plan)) return plan;
    if (plan.takes.length > 0) alone.push({ node, plan });
  }
  const problem = { ...asGiven, order: scarcestFirst(quantities, alone) };
  const useful = alone.map(({ node }) => node);
  return (
    smallestSet(problem, useful, limits.maxNodes) ?? bestGreedy(problem, candidates(problem, alone), limits.maxNodes)
  );
}

function scarcestFirst(quantities: readonly number[], alone: readonly Alone[]): readonly number[] {
  const sources = quantities.map(() => 0);
  for (const { plan } of alone) for (const { demand } of plan.takes) sources[demand] = (sources[demand] ?? 0) + 1;
  return quantities
    .map((quantity, demand) => ({
      demand,
      quantity,
      sources: sources[demand] ?? 0,
    }))
    .toSorted((a, b) => a.sources - b.sources || b.quantity - a.quantity || a.demand - b.demand)
    .map(({ demand }) => demand);
}

/**
 * The nodes worth a closer look, by rank: in turn the next that gives most in all, and the next that gives most of each
 * demand, beginning with what fewest have.
 */
function candidates({ order }: Problem, alone: readonly Alone[]): readonly string[] {
  if (alone.length <= CANDIDATES_MAX) return alone.map(({ node }) => node);
  const givers = new Map<number, { node: string; units: number }[]>(order.map((demand) => [demand, []]));
  for (const { node, plan } of alone)
    for (const { demand, units } of plan.takes) givers.get(demand)?.push({ node, units });
  const inAll = alone.toSorted(
    (a, b) => wholeOf(b.plan) - wholeOf(a.plan) || sum(a.plan.missing) - sum(b.plan.missing),
  );
  const lists = [inAll, ...[...givers.values()].map((nodes) => nodes.toSorted((a, b) => b.units - a.units))];
  const chosen = new Set<string>();
  for (let place = 0; place < alone.length && chosen.size < CANDIDATES_MAX; place += 1)
    for (const list of lists) {
      const node = list[place]?.node;
      if (node !== undefined && chosen.size < CANDIDATES_MAX) chosen.add(node);
    }
  return alone.map(({ node }) => node).filter((node) => chosen.has(node));
}

/** The smallest set of nodes that serves everything; undefined when there is none, or too many to try. */
function smallestSet(problem: Problem, nodes: readonly string[], maxNodes: number): SplitPlan | undefined {
  if (nodes.length > EXACT_NODES_MAX || !isComplete(assign(problem, nodes))) return undefined;
  for (let size = 2; size <= Math.min(maxNodes, nodes.length); size += 1)
    for (const set of subsets(nodes, size)) {
      const plan = assign(problem, set);
      if (isComplete(plan)) return plan;
    }
  return undefined;
}

/** All sets of so many nodes, those with the best-ranked nodes first. */
function* subsets(nodes: readonly string[], size: number, from = 0): Generator<readonly string[]> {
  if (size === 0) yield [];
  else
    for (let index = from; index <= nodes.length - size; index += 1)
      for (const rest of subsets(nodes, size - 1, index + 1)) yield [nodes[index] ?? '', ...rest];
}

/** By whole demands first; by units first as well, because only that is never far from the fewest nodes possible. */
function bestGreedy(problem: Problem, nodes: readonly string[], maxNodes: number): SplitPlan {
  const whole = greedy(problem, nodes, maxNodes, (gain) => [gain.whole, gain.units]);
  if (isComplete(whole) && nodesOf(whole).size <= 2) return whole;
  return better(
    whole,
    greedy(problem, nodes, maxNodes, (gain) => [gain.units, gain.whole]),
  );
}

interface Gain {
  readonly node: string;
  /** Demands that it makes whole. */
  readonly whole: number;
  readonly units: number;
}

function greedy(
  problem: Problem,
  nodes: readonly string[],
  maxNodes: number,
  score: (gain: Gain) => readonly [number, number],
): SplitPlan {
  const draft = new Draft(problem);
  const chosen = new Set<string>();
  while (chosen.size < maxNodes && !draft.isComplete()) {
    let best: Gain | undefined;
    for (const node of nodes) {
      if (chosen.has(node)) continue;
      const gain = draft.gainOf(node);
      if (gain.units > 0 && (best === undefined || isHigher(score(gain), score(best)))) best = gain;
    }
    if (best === undefined) break;
    draft.takeAll(best.node);
    chosen.add(best.node);
  }
  const byRank = nodes.filter((node) => chosen.has(node));
  const plan = better(draft.plan(byRank), assign(problem, byRank));
  return withoutNeedless(problem, byRank, plan);
}

/** Leaves out nodes that a later choice made needless, the worst-ranked first. */
function withoutNeedless(problem: Problem, nodes: readonly string[], plan: SplitPlan): SplitPlan {
  let best = plan;
  let kept = nodes;
  for (const node of nodes.toReversed()) {
    const fewer = kept.filter((other) => other !== node);
    const without = assign(problem, fewer);
    if (sum(without.missing) > sum(best.missing) || wholeOf(without) < wholeOf(best)) continue;
    best = without;
    kept = fewer;
  }
  return best;
}

/** Serves the demands from these nodes: whole from the first that can, the others spread in the nodes' order. */
function assign(problem: Problem, nodes: readonly string[]): SplitPlan {
  const draft = new Draft(problem);
  if (nodes.length > 1) for (const demand of problem.order) draft.takeWhole(demand, nodes);
  for (const demand of problem.order) for (const node of nodes) draft.take(node, demand);
  return draft.plan(nodes);
}

/** A plan in the making, on a fork of its own. */
class Draft {
  private readonly left: SplitStock;
  private readonly open: number[];
  private readonly takes: SplitTake[] = [];

  constructor(private readonly problem: Problem) {
    this.left = problem.stock.fork();
    this.open = [...problem.quantities];
  }

  isComplete(): boolean {
    return this.open.every((units) => units === 0);
  }

  take(node: string, demand: number): void {
    const wanted = this.open[demand] ?? 0;
    if (wanted === 0) return;
    const units = this.left.take(node, demand, wanted);
    if (units === 0) return;
    this.open[demand] = wanted - units;
    this.takes.push({ node, demand, units });
  }

  /** From the first of the nodes that has it whole, if one has. */
  takeWhole(demand: number, nodes: readonly string[]): void {
    const wanted = this.open[demand] ?? 0;
    let probe = this.left.fork();
    for (const node of nodes) {
      const units = probe.take(node, demand, wanted);
      if (units === wanted) return this.take(node, demand);
      // What one node gave in vain may count against a limit that all share.
      if (units > 0) probe = this.left.fork();
    }
  }

  takeAll(node: string): void {
    for (const demand of this.problem.order) this.take(node, demand);
  }

  gainOf(node: string): Gain {
    const probe = this.left.fork();
    let [whole, total] = [0, 0];
    for (const demand of this.problem.order) {
      const wanted = this.open[demand] ?? 0;
      if (wanted === 0) continue;
      const units = probe.take(node, demand, wanted);
      total += units;
      if (units === wanted) whole += 1;
    }
    return { node, whole, units: total };
  }

  plan(nodes: readonly string[]): SplitPlan {
    const rank = new Map(nodes.map((node, index) => [node, index]));
    const rankOf = (node: string): number => rank.get(node) ?? 0;
    return {
      takes: this.takes.toSorted((a, b) => a.demand - b.demand || rankOf(a.node) - rankOf(b.node)),
      missing: [...this.open],
      stock: this.left,
    };
  }
}

function isComplete(plan: SplitPlan): boolean {
  return plan.missing.every((units) => units === 0);
}

/** More demands whole, then more units, then fewer nodes, then fewer parts of demands; the first when they are equal. */
function better(first: SplitPlan, second: SplitPlan): SplitPlan {
  const difference =
    wholeOf(first) - wholeOf(second) ||
    sum(second.missing) - sum(first.missing) ||
    nodesOf(second).size - nodesOf(first).size ||
    second.takes.length - first.takes.length;
  return difference >= 0 ? first : second;
}

function isHigher(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0];
}

function wholeOf(plan: SplitPlan): number {
  return plan.missing.filter((units) => units === 0).length;
}

function nodesOf(plan: SplitPlan): ReadonlySet<string> {
  return new Set(plan.takes.map(({ node }) => node));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
