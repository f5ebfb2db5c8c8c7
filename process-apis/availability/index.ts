export { countsUse, isInForce, type AllocationRule, type RuleKind, type RuleMode } from './allocation-rule.js';
export { channelLimit, nextReview, type LimitStep } from './channel-limit.js';
export { findUnexplainedPositions, type UnexplainedPosition } from './position.sql.js';
export { availableAt, promise, type Allocation, type Demand, type Promised, type PromiseRequest } from './promise.js';
export { readStock, StockBook, type BookedCause } from './stock-book.js';
export { readPositions, type NodeDay } from './stock.sql.js';
export { StockInvariantError, StockState, type ChannelDemand, type StockData, type StockView } from './stock-state.js';
export { STOCK_FACTS_MAX, StockIntake } from './stock-intake.js';
