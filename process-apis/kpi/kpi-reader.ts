import pLimit from 'p-limit';
import type { Pool } from 'pg';
import { keyText, type Figure } from './figures.js';
import { findFigures, readBuckets, sumFigures, type FigureSum, type SumFilter } from './figures.sql.js';
import { Histogram } from './histogram.js';
import { kpiDefinition, type Kpi, type KpiDefinition, type KpiGrouping } from './kpi.definitions.js';
import type { OwnTargets } from './kpi-targets.js';
import { durationsOf, overviewOf, sumPoint, type KpiPoint } from './kpi-points.js';

/** Days of one series. */
export const SERIES_DAYS_MAX = 366;
/** Figures of one day that an answer is summed from. */
const FIGURES_MAX = 50_000;
/** What one series may cost. */
export const SERIES_LIMITS = {
  points: 50_000,
  /** Stored figures that its medians are computed from. */
  behindMedians: 1_000_000,
  /** Of these, what is read at a time. */
  behindMediansAtOnce: 10_000,
} as const;
export type SeriesLimits = Readonly<Record<keyof typeof SERIES_LIMITS, number>>;
/** One is read while another is added up. */
const READ_TOGETHER = 2;
const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A question that cannot be answered; the message says what to ask instead. */
export class KpiQuestionError extends Error {
  readonly code = 'KPI_QUESTION';

  constructor(
    message: string,
    /** The argument that is wrong. */
    readonly argument: string,
  ) {
    super(message);
  }
}

export interface SeriesQuestion {
  readonly kpi: Kpi;
  readonly from: string;
  /** Today when absent. */
  readonly to?: string | undefined;
  readonly channel?: string | undefined;
  readonly node?: string | undefined;
  readonly by: KpiGrouping;
  /** Median, 95 of 100 and longest, which take the longest to compute, are not wanted. */
  readonly withoutDurations?: boolean;
}

export interface ReaderOptions {
  /** Instead of those of the definitions. */
  readonly targets?: OwnTargets | undefined;
  readonly limits?: SeriesLimits;
}

/** Reads figures as points. All that is stored is of the past: an answer is as new as the last events that were taken. */
export class KpiReader {
  private readonly limits: SeriesLimits;

  constructor(
    private readonly pool: Pool,
    private readonly given: ReaderOptions = {},
  ) {
    this.limits = given.limits ?? SERIES_LIMITS;
  }

  /** With the target that this installation keeps to. */
  definition(kpi: Kpi): KpiDefinition {
    const { target, ...definition } = kpiDefinition(kpi);
    const kept = this.given.targets?.has(kpi) === true ? this.given.targets.get(kpi) : target;
    return { ...definition, ...(kept === undefined ? {} : { target: kept }) };
  }

  /** By day, then by what they are split by. Throws KpiQuestionError. */
  async series(question: SeriesQuestion): Promise<readonly KpiPoint[]> {
    const { kpi, from, to = this.today, channel, node, by, withoutDurations = false } = question;
    const days = (checkedDay(to, 'to') - checkedDay(from, 'from')) / DAY_MS;
    if (days < 0) throw new KpiQuestionError(`"from" (${from}) must not be after "to" (${to}).`, 'from');
    if (days >= SERIES_DAYS_MAX)
      throw new KpiQuestionError(`At most ${SERIES_DAYS_MAX} days are told at once: choose a later "from".`, 'from');
    const { grouping, title, whole } = kpiDefinition(kpi);
    if (!grouping.includes(by))
      throw new KpiQuestionError(`${title} can be split by ${grouping.join(', ')}, not by ${by}.`, 'by');
    const staged = whole === true ? by === 'STAGE' : undefined;
    const filter = { kpi, from, to, channel, node, staged };
    const { points: pointsMax, behindMedians, behindMediansAtOnce } = this.limits;
    const sums = await sumFigures(this.pool, filter, by, pointsMax + 1);
    if (sums.length > pointsMax)
      throw new KpiQuestionError(`More than ${pointsMax} points: choose a later "from".`, 'from');
    if (withoutDurations) return sums.map((sum) => sumPoint(sum, by, {}));
    if (figuresBehind(sums) > behindMedians)
      throw new KpiQuestionError(
        `More than ${behindMedians} figures are behind these medians: choose a later "from", or ask without p50, p95 and max.`,
        'from',
      );
    const reading = pLimit(READ_TOGETHER);
    const slices = slicesOf(sums, behindMediansAtOnce);
    const points = await Promise.all(slices.map((slice) => reading(() => this.pointsOf(filter, by, slice))));
    return points.flat();
  }

  /** With medians, of sums of whole days. */
  private async pointsOf(filter: SumFilter, by: KpiGrouping, sums: readonly FigureSum[]): Promise<readonly KpiPoint[]> {
    const days = { from: sums[0]?.day ?? filter.from, to: sums.at(-1)?.day ?? filter.to };
    const buckets = await readBuckets(this.pool, { ...filter, ...days }, by);
    const histogram = new Histogram();
    return sums.map((sum) => {
      histogram.clear();
      histogram.addStored(buckets.get(keyText(sum)) ?? '');
      return sumPoint(sum, by, durationsOf(histogram, sum.maxMs));
    });
  }

  /** One point for each KPI. Throws KpiQuestionError. */
  async overview(day = this.today, channel?: string): Promise<readonly KpiPoint[]> {
    checkedDay(day, 'day');
    return overviewOf(await this.figuresOf(day, channel), day);
  }

  /** What was recorded on a day, by channel, node and stage. */
  figuresOf(day: string, channel?: string): Promise<readonly Figure[]> {
    return findFigures(this.pool, { from: day, to: day, channel }, FIGURES_MAX);
  }

  get today(): string {
    return new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  }
}

/** Whole days behind each other, with at most so many stored figures, unless one day has more. */
function slicesOf(sums: readonly FigureSum[], figuresMax: number): readonly (readonly FigureSum[])[] {
  const slices: FigureSum[][] = [];
  let left = 0;
  for (const ofDay of Map.groupBy(sums, ({ day }) => day).values()) {
    const figures = figuresBehind(ofDay);
    const slice = slices.at(-1);
    if (slice === undefined || figures > left) {
      slices.push(ofDay);
      left = figuresMax - figures;
    } else {
      slice.push(...ofDay);
      left -= figures;
    }
  }
  return slices;
}

function figuresBehind(sums: readonly FigureSum[]): number {
  return sums.reduce((all, { figures }) => all + figures, 0);
}

function checkedDay(day: string, argument: string): number {
  const ms = DAY.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new KpiQuestionError(`"${argument}" must be a day such as 2026-03-01.`, argument);
  return ms;
}
