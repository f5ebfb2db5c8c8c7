export { countsUse, isInForce, type AllocationRule, type RuleKind, type RuleMode } from './rules/allocation-rule.js';
export { channelLimit, nextReview, type LimitStep } from './rules/channel-limit.js';
export { findUnexplainedPositions, type UnexplainedPosition } from './book/position.sql.js';
export {
  availableAt,
  promise,
  type Allocation,
  type Demand,
  type Promised,
  type PromiseRequest,
} from './promise/promise.js';
export { pickLots } from './book/lots.js';
export { readStock, StockBook, type BookedCause, type StockChanges } from './book/stock-book.js';
export { readPositions, type NodeDay } from './book/stock.sql.js';
export {
  StockInvariantError,
  StockState,
  type ChannelDemand,
  type StockData,
  type StockView,
} from './book/stock-state.js';
export { readOwners, type BucketOwner } from './facts/bucket-owner.sql.js';
export { STOCK_FACTS_MAX, StockIntake } from './facts/stock-intake.js';
export type { StockOutcome, StockRefusal, StockRefusalCode } from './facts/stock-fact.types.js';
export { FEEDS_PAGE_MAX, StockFeeds } from './facts/stock-feeds.js';
export type { SequenceGap, StockFeed } from './facts/stock-feed.js';
export { EXPIRED_LOTS_PAGE, LotExpiry } from './facts/lot-expiry.js';
export { CHECK_SAYS, proveStock, type CheckedStock, type StockProof } from './proof/stock-proof.js';
export { DIFFERENCES_MAX, type StockCheck, type StockDifference } from './proof/stock-proof.sql.js';
export {
  readKeptSkus,
  readLotNames,
  readStockAsOf,
  readStockedSkus,
  readUnitsMoved,
  type StockAsOf,
} from './book/stock-as-of.sql.js';
export { readPastPositions, type PastPosition } from './book/past-stock.sql.js';
export { endEarmarks, findFreedByTime, findWaitedFor, readEarmarks, type FreedByTime } from './book/earmarks.js';
export { capacityDays, capacityLeft, capacityOfDay } from './book/node-day.js';
export {
  lockSoftReservations,
  markConverted,
  SOFT_KINDS,
  type SoftKey,
  type SoftLine,
  type SoftReservation,
} from './soft/soft-reservation.sql.js';
export { SoftReservations } from './soft/soft-reservations.js';
export * from './soft/soft-reservations.types.js';
export { planDryRun, type DryRunLine, type PlannedDryRun } from './answers/dry-run-plan.js';
export { dryRun, type DryRun, type DryRunNode, type DryRunRequest } from './answers/dry-run.js';
export {
  Availability,
  type ListingQuantity,
  type SellingAnswers,
  type WantedUntil,
} from './answers/availability.service.js';
export type { ListingKey, Selling, SellingCatalog, SellingPolicies, Wanted } from './answers/selling-lookup.js';
export * from './answers/check.types.js';
export { sellable, listingUnits, type Sellable, type SellingNodes } from './promise/sellable.js';
export { allocationRuleSchema, type NewAllocationRule } from './rules/allocation-rule.schema.js';
export { AllocationRules, type AllocationRulesSaved } from './rules/allocation-rules.service.js';
export type { RuleFilter } from './rules/allocation-rules.sql.js';
export { BucketOwners, ownedBucketSchema, type OwnedBucket } from './facts/bucket-owners.service.js';
export {
  MOVEMENTS_PAGE_MAX,
  POSITION_PARTS_MAX,
  POSITIONS_PAGE_MAX,
  StockReader,
  type Place,
  type PositionFilter,
  type Supply,
} from './book/stock-reader.js';
export type { LedgerMovement, LedgerPlace } from './book/ledger-pages.sql.js';
