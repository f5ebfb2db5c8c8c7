export { countsUse, isInForce, type AllocationRule, type RuleKind, type RuleMode } from './allocation-rule.js';
export { channelLimit, nextReview, type LimitStep } from './channel-limit.js';
export { findUnexplainedPositions, type UnexplainedPosition } from './position.sql.js';
export { availableAt, promise, type Allocation, type Demand, type Promised, type PromiseRequest } from './promise.js';
export { readStock, StockBook, type BookedCause } from './stock-book.js';
export { readPositions, type NodeDay } from './stock.sql.js';
export { StockInvariantError, StockState, type ChannelDemand, type StockData, type StockView } from './stock-state.js';
export { readOwners, type BucketOwner } from './bucket-owner.sql.js';
export { STOCK_FACTS_MAX, StockIntake } from './stock-intake.js';
export type { StockOutcome, StockRefusal, StockRefusalCode } from './stock-fact.types.js';
export { FEEDS_PAGE_MAX, StockFeeds } from './stock-feeds.js';
export type { SequenceGap, StockFeed } from './stock-feed.js';
export { EXPIRED_LOTS_PAGE, LotExpiry } from './lot-expiry.js';
export { CHECK_SAYS, proveStock, type CheckedStock, type StockProof } from './stock-proof.js';
export { DIFFERENCES_MAX, type StockCheck, type StockDifference } from './stock-proof.sql.js';
export {
  readKeptSkus,
  readLotNames,
  readStockAsOf,
  readStockedSkus,
  readUnitsMoved,
  type StockAsOf,
} from './stock-as-of.sql.js';
export { endEarmarks, findFreedByTime, findWaitedFor, type FreedByTime } from './earmarks.js';
export { capacityDays, capacityLeft, capacityOfDay } from './node-day.js';
export {
  lockSoftReservations,
  markConverted,
  SOFT_KINDS,
  type SoftKey,
  type SoftLine,
  type SoftReservation,
} from './soft-reservation.sql.js';
export { SoftReservations } from './soft-reservations.js';
export * from './soft-reservations.types.js';
export { dryRun, type DryRun, type DryRunNode, type DryRunRequest } from './dry-run.js';
export { Availability, type ListingQuantity, type SellingAnswers, type WantedUntil } from './availability.service.js';
export type { ListingKey, Selling, SellingCatalog, SellingPolicies, Wanted } from './selling-lookup.js';
export * from './check.types.js';
export { sellable, listingUnits, type Sellable, type SellingNodes } from './sellable.js';
export { allocationRuleSchema, type NewAllocationRule } from './allocation-rule.schema.js';
export { AllocationRules, type AllocationRulesSaved } from './allocation-rules.service.js';
export type { RuleFilter } from './allocation-rules.sql.js';
export { BucketOwners, ownedBucketSchema, type OwnedBucket } from './bucket-owners.service.js';
export {
  MOVEMENTS_PAGE_MAX,
  POSITION_PARTS_MAX,
  POSITIONS_PAGE_MAX,
  StockReader,
  type LedgerMovement,
  type Place,
  type PositionFilter,
  type Supply,
} from './stock-reader.js';
