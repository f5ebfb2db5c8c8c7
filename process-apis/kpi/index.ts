export { KPI_NAMES, KPIS, kpiDefinition, type Kpi, type KpiDefinition, type KpiGrouping } from './kpi.definitions.js';
export { FIGURES_KEPT_DAYS, KpiProjection, type ProjectionParts } from './projection.js';
export { STAGES, STAGE_TITLES, type Stage } from './stages.js';
