import type { KpiSeriesShownQuery } from '../../generated/graphql.js';

export type Series = KpiSeriesShownQuery['kpiSeries'];
