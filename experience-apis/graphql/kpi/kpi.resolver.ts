import { Query, Resolver, Subscription } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import {
  FiguresFeed,
  KPI_CHANGED,
  KPI_NAMES,
  KpiQuestionError,
  KpiReader,
  SERIES_DAYS_MAX,
  type Kpi,
  type KpiChange,
  type KpiDefinition,
  type KpiGrouping,
  type KpiPoint,
} from '../../../process-apis/kpi/index.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { decodeCursor, encodeCursor, type LoggedEvent } from '../../../src/platform/event-log/index.js';
import { visibleChannel } from '../channel-sight.js';
import type { Given } from '../given.js';
import { badInput } from '../graphql-errors.js';
import { liveEvents, type LiveStream } from '../live-events.js';
import type { OperationContext } from '../operation-context.js';
import { selects } from '../selected-fields.js';

/** What takes the longest to compute of a point. */
const DURATIONS = ['p50', 'p95', 'max'];

interface SeriesArguments {
  readonly kpi: Kpi;
  readonly from: string;
  readonly by: KpiGrouping;
}

interface Series {
  readonly definition: KpiDefinition;
  readonly points: readonly KpiPoint[];
}

@Resolver()
@Scopes('kpi:read')
export class KpiResolver {
  constructor(
    private readonly reader: KpiReader,
    private readonly feed: FiguresFeed,
  ) {}

  @Query('kpis')
  kpis(): readonly KpiDefinition[] {
    return KPI_NAMES.map((kpi) => this.reader.definition(kpi));
  }

  @Query('kpiSeries')
  async kpiSeries(
    _: unknown,
    { kpi, from, by, ...given }: SeriesArguments & Given<{ to: string; channel: string; node: string }>,
    { principal }: OperationContext,
    info: GraphQLResolveInfo,
  ): Promise<Series> {
    const channel = visibleChannel(principal, given.channel);
    const { to, node } = given;
    const withoutDurations = !DURATIONS.some((field) => selects(info, field));
    const question = { kpi, from, by, channel, to: to ?? undefined, node: node ?? undefined, withoutDurations };
    const points = await answered(this.reader.series(question));
    return { definition: this.reader.definition(kpi), points: points.map(named) };
  }

  @Query('kpiOverview')
  kpiOverview(
    _: unknown,
    { day, channel }: Given<{ day: string; channel: string }>,
    { principal }: OperationContext,
  ): Promise<readonly KpiPoint[]> {
    return answered(this.reader.overview(day ?? undefined, visibleChannel(principal, channel)));
  }

  @Subscription('kpiChanged')
  kpiChanged(
    _: unknown,
    { kpis, channel, after }: Given<{ kpis: readonly Kpi[]; channel: string; after: string }>,
    { principal }: OperationContext,
  ): LiveStream<{ readonly kpiChanged: KpiChange & { readonly cursor: string } }> {
    const scope = visibleChannel(principal, channel);
    const request = {
      filter: scope === undefined ? {} : { scope },
      after: typeof after === 'string' ? decodeCursor(after) : undefined,
      accepts: ({ type, data }: LoggedEvent): boolean =>
        type === KPI_CHANGED && (kpis?.includes((data as KpiChange).kpi) ?? true),
    };
    return liveEvents(this.feed, request, ({ cursor, data }) => ({
      kpiChanged: { ...(data as KpiChange), cursor: encodeCursor(cursor) },
    }));
  }
}

/** The most points that a series is priced as: one for each day. */
export const SERIES_POINTS_PRICED = SERIES_DAYS_MAX;

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KpiQuestionError) throw badInput(error.message);
    throw error;
  }
}

/** Records of no channel or node have an empty name in the database, and none here. */
function named(point: KpiPoint): KpiPoint {
  const { channel, node, ...rest } = point;
  if (channel !== '' && node !== '') return point;
  return { ...rest, ...(channel ? { channel } : {}), ...(node ? { node } : {}) };
}
