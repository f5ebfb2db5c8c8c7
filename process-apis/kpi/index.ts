export {
  KPI_NAMES,
  KPIS,
  kpiDefinition,
  type Kpi,
  type KpiDefinition,
  type KpiGrouping,
  type KpiUnit,
} from './kpi.definitions.js';
export { ownTargets, type OwnTargets } from './kpi-targets.js';
export { renderKpisDoc } from './kpis-doc.js';
export { overviewOf, pointOf, pointsOf, type KpiPoint } from './kpi-points.js';
export { KpiQuestionError, KpiReader, SERIES_DAYS_MAX, type SeriesQuestion } from './kpi-reader.js';
export { FiguresFeed, FLOW_CHANGED, KPI_CHANGED, type KpiChange } from './figures-feed.js';
export type { Figure } from './figures.js';
export type { Flow, FlowChannel, FlowJam, FlowStage } from './flow.js';
export { FlowReader, type FlowReaderParts } from './flow-reader.js';
export { FIGURES_KEPT_DAYS, KPI_CONSUMER, KpiProjection, type ProjectionParts } from './projection.js';
export { STAGE_OF_TASK, STAGES, STAGE_TITLES, type Stage } from './stages.js';
