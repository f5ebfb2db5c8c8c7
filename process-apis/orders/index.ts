export { plannedLots, withoutPlanned } from './orders.lots.js';
export { hasFailedForGood, salesOrderKey, waitOf } from './orders.awaited-tasks.js';
export {
  OrderCommit,
  type Claim,
  type ObservedCommit,
  type OrderCommitParts,
  type Preview,
  type Rider,
  type SubmitOptions,
  type SubmitResult,
} from './order-commit.js';
export type { OrderStore, OrderTx, OrderWrites, RiderWriter } from './order-store.js';
export { SqlOrderStore, type SqlOrderStoreParts } from './sql-order-store.js';
export type { FactOutcome, OrderAddress, OrderFact, OrderFactBody, SubmitOutcome } from './orders.facts.js';
export type { OrderTask, OrderTaskKind, OrderTaskOf } from './orders.tasks.js';
export { factOf } from './told-fact.js';
export { rebuildDifferences, type StateDifference } from './order-rebuild.js';
export { HoldRules, HOLD_RULES_MAX, holdsByRules, type HoldRule } from './hold-rules.js';
export { netAmountOf } from './orders.prices.js';
export { problemsOf } from './orders.problems.js';
export { shareOpenOrders, shareOrders } from './problem-pages.sql.js';
export { storeDueAt } from './due-at.sql.js';
export { evolve } from './orders.evolve.js';
export {
  dueAt,
  lateWaits,
  nextDueAt,
  SLA_CLOCKS,
  SLA_STAGES,
  stageOf,
  warnAt,
  warnMinutesOf,
  type SlaStage,
} from './orders.sla.js';
export { SlaSettings, UnknownCalendarError, type NamedCalendar, type SlaClockSetting } from './sla-settings.js';
export { SlaClocks, sqlSlaClocks, type SlaClocksParts } from './sla-clocks.js';
export { TRANSITIONS } from './orders.transitions.js';
export { waitKeys, withWaits } from './orders.waits.js';
export * from './order-reader.js';
export { HistoryTooLongError } from './history/order-archive.js';
export { isPast, referencesUntil, type PastOrder } from './history/order-history.js';
export { isPointer, LINEAGE_POINTERS_MAX, LINEAGE_VALUES_MAX, originsOf, type ValueOrigin } from './history/lineage.js';
export { ORDER_SORTS, type OrderFilter, type OrderSort } from './search/listed-orders.sql.js';
export { firstDueAt, isOverdue } from './search/order-facets.js';
export {
  SEARCH_HITS_MAX,
  SearchTextError,
  type SearchFound,
  type SearchHit,
  type SearchRequest,
} from './search/order-search.js';
export { SEARCH_KINDS, type SearchKind } from './search/search-terms.js';
export { SearchIndex } from './search/search-index.js';
export { readOrderByReference, readOrdersById, readOrderVersions, type OrderVersion } from './order-reader.sql.js';
export { WaitingOrders } from './waiting-orders.js';
export { findReleasedWork, type ReleasedWork } from './released-orders.sql.js';
export { Resumption, type ResumptionParts } from './resumption.js';
export { readUnitsNotIssued, readUnitsToShip } from './units-under-way.sql.js';
export { findOrdersOfParts, readChannelOrders, type ChannelOrders } from './channel-figures.sql.js';
