export type { Destination } from '../../src/model/order.js';
export { planNodes, type SplitLimits, type SplitPlan, type SplitStock, type SplitTake } from './plan-nodes.js';
export { rankNodes } from './rank-nodes.js';
export type {
  CapacityLeft,
  FulfillmentMethod,
  NodeChoice,
  NodeExclusion,
  NodeRanking,
  SourcingRequest,
} from './sourcing.types.js';
export {
  DEFAULT_SOURCING_POLICY,
  parseSourcingPolicy,
  sourcingPolicySchema,
  SOURCING_CRITERIA,
  SourcingPolicyError,
  type SourcingCriterion,
  type SourcingPolicy,
  type SourcingZone,
} from './sourcing-policy.js';
export { EVERY_CHANNEL, SourcingPolicies, type StoredSourcingPolicy } from './sourcing-policies.js';
