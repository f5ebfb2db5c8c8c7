import type { StockNode } from '../../src/model/stock.js';
import { judge, type Circumstances } from './criteria.js';
import { exclusionOf } from './eligibility.js';
import type { CapacityLeft, NodeChoice, NodeExclusion, NodeRanking, SourcingRequest } from './sourcing.types.js';
import type { SourcingPolicy } from './sourcing-policy.js';
import { zoneOf } from './zones.js';

interface Judged {
  readonly node: StockNode;
  readonly keys: readonly number[];
  readonly because: readonly string[];
}

/** Orders the nodes that can serve an order, best first, and says of every other why it cannot. Looks at no stock. Pure. */
export function rankNodes(
  request: SourcingRequest,
  nodes: readonly StockNode[],
  policy: SourcingPolicy,
  capacityLeft: CapacityLeft,
): NodeRanking {
  const zone = zoneOf(policy, request.destination);
  const excludedNodes = new Set(policy.excludedNodes);
  const judged: Judged[] = [];
  const excluded: NodeExclusion[] = [];
  for (const node of nodes) {
    const left = capacityLeft(node.id);
    const exclusion = exclusionOf(node, request, policy, { zone, capacityLeft: left, excludedNodes });
    const given = { now: request.now, country: request.destination?.country, zone, capacityLeft: left };
    if (exclusion === undefined) judged.push(judgeAll(node, policy, given));
    else excluded.push(exclusion);
  }
  return {
    choices: judged.toSorted(compare).map(({ node, because }, index): NodeChoice => ({
      node: node.id,
      rank: index + 1,
      because,
    })),
    excluded: excluded.toSorted((a, b) => (a.node < b.node ? -1 : 1)),
  };
}

function judgeAll(node: StockNode, policy: SourcingPolicy, given: Circumstances): Judged {
  const verdicts = policy.criteria.map((criterion) => judge(criterion, node, given));
  return {
    node,
    keys: [...verdicts.flatMap(({ keys }) => keys), node.priority],
    because: verdicts.map(({ because }) => because),
  };
}

function compare(a: Judged, b: Judged): number {
  for (const [index, key] of a.keys.entries()) {
    const other = b.keys[index] ?? key;
    if (key !== other) return key < other ? -1 : 1;
  }
  return a.node.id < b.node.id ? -1 : 1;
}
