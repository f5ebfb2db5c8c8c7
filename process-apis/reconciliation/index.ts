export {
  DEMANDED_RUNS_MAX,
  Reconciliation,
  RUNS_KEPT_DAYS,
  TooManyRunsError,
  UnknownSubjectError,
  type ReconciliationParts,
} from './reconciliation.service.js';
export { ACCURACY_DAYS_MAX, DriftHistory, DRIFTS_PAGE_MAX, RUNS_PAGE_MAX } from './drift-history.js';
export { DEFAULT_DRIFT_POLICY, driftPolicySchema, type DriftPolicy } from './drift-policy.js';
export {
  DRIFT_SYSTEMS,
  type AccuracyOfDay,
  type Drift,
  type DriftExceeded,
  type DriftRun,
  type DriftSubject,
  type ShownQuantities,
  type ShownQuantity,
} from './drift.types.js';
export { readStandingDrifts, type StandingDrift } from './standing-drifts.sql.js';
export type { RunFilter } from './drift-run.sql.js';
export { readFiguresOfDay, readFirstDriftDay } from './day-figures.sql.js';
export type { DayFigures } from './drift-run.sql.js';
