import type { StockNode } from '../../src/model/stock.js';
import type { NodeExclusion, SourcingRequest } from './sourcing.types.js';
import type { SourcingPolicy, SourcingZone } from './sourcing-policy.js';
import { distanceKm } from './zones.js';

export interface Limits {
  /** Of the destination. */
  readonly zone: SourcingZone | undefined;
  /** Units the node may still take today; undefined is no limit. */
  readonly capacityLeft: number | undefined;
  /** Those of the policy. */
  readonly excludedNodes: ReadonlySet<string>;
}

/**
 * Why a node cannot serve the order at all, or undefined when it can. Country and distance are about shipping: who
 * collects has chosen the place.
 */
export function exclusionOf(
  node: StockNode,
  request: SourcingRequest,
  policy: SourcingPolicy,
  { zone, capacityLeft, excludedNodes }: Limits,
): NodeExclusion | undefined {
  const out = (code: NodeExclusion['code'], reason: string): NodeExclusion => ({ node: node.id, code, reason });
  if (!node.active) return out('INACTIVE', `${node.id} is not active`);
  if (excludedNodes.has(node.id)) return out('EXCLUDED_BY_POLICY', `the policy excludes ${node.id}`);
  if (policy.allowedKinds?.includes(node.kind) === false)
    return out(
      'KIND_NOT_ALLOWED',
      `the policy allows ${policy.allowedKinds.join(', ')}, and ${node.id} is ${node.kind}`,
    );
  if (request.refusedBy.has(node.id)) return out('REFUSED_THIS_ORDER', `${node.id} refused this order`);
  const method =
    request.method === 'SHIP' ? cannotShip(node, request, policy, zone) : cannotCollect(node, request, policy);
  if (method !== undefined) return out(...method);
  if (capacityLeft !== undefined && capacityLeft <= 0)
    return out('CAPACITY_USED_UP', `${node.id} takes no more units today`);
  return undefined;
}

type Refusal = readonly [code: NodeExclusion['code'], reason: string];

function cannotShip(
  node: StockNode,
  { destination }: SourcingRequest,
  policy: SourcingPolicy,
  zone: SourcingZone | undefined,
): Refusal | undefined {
  if (node.kind === 'STORE' && !policy.shipFromStore)
    return ['NOT_SHIP_FROM_STORE', 'the policy does not ship from stores'];
  if (node.kind === 'STORE' && !node.shipsFromStore)
    return ['NOT_SHIP_FROM_STORE', `the store ${node.id} does not ship`];
  if (policy.sameCountryOnly === true && destination !== undefined && node.country !== destination.country)
    return [
      'OTHER_COUNTRY',
      `the policy ships within ${destination.country}, and the country of ${node.id} is ${node.country ?? 'not known'}`,
    ];
  const km = policy.maxDistanceKm === undefined ? undefined : distanceKm(zone, node);
  if (km !== undefined && policy.maxDistanceKm !== undefined && km > policy.maxDistanceKm)
    return ['TOO_FAR', `${Math.ceil(km)} km, and the policy allows ${policy.maxDistanceKm} km`];
  return undefined;
}

function cannotCollect(node: StockNode, { collectAt }: SourcingRequest, policy: SourcingPolicy): Refusal | undefined {
  if (collectAt === undefined) return ['NOT_THE_COLLECT_NODE', 'the order does not say where it is collected'];
  if (node.id !== collectAt) return ['NOT_THE_COLLECT_NODE', `the buyer collects at ${collectAt}`];
  if (!policy.clickAndCollect) return ['NOT_CLICK_AND_COLLECT', 'the policy does not offer collection'];
  if (!node.clickAndCollect) return ['NOT_CLICK_AND_COLLECT', `nothing is collected at ${node.id}`];
  return undefined;
}
