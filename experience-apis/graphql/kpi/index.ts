import type { Provider } from '@nestjs/common';
import { FlowResolver } from './flow.resolver.js';
import { KpiResolver, SERIES_POINTS_PRICED } from './kpi.resolver.js';

export const KPI_RESOLVERS: readonly Provider[] = [KpiResolver, FlowResolver];

/** The most entries of each list that is not paged by what is asked for. */
export const KPI_PAGE_SIZES = { 'KpiSeries.points': SERIES_POINTS_PRICED } as const;
