import { useEffect, useEffectEvent, useMemo, type ReactElement } from 'react';
import type { Kpi, KpiGrouping, KpiSeriesShownQuery } from '../../generated/graphql.js';
import { Card, Chart, EmptyState, FilterSelect, plainWords, Toolbar } from '../../ui/index.js';
import { Loaded } from '../shared/loaded.js';
import { useRead, type Read } from '../shared/use-read.js';
import { secondsOf } from '../shared/days.js';
import { SERIES } from './kpi.documents.js';
import { valueWords } from './kpi-figures.js';
import { linesOf } from './kpi-lines.js';
import { KpiTable } from './kpi-table.js';
import type { Series } from './series.types.js';

interface KpiCardProps {
  readonly kpi: Kpi;
  readonly by: string;
  readonly node: string;
  readonly channel: string | null;
  readonly nodes: readonly { readonly value: string; readonly label: string }[];
  /** First and last day. */
  readonly from: string;
  readonly today: string;
  /** Read again when it grows. */
  readonly version: number;
  readonly onChange: (changes: { by?: string; node?: string }) => void;
}

const GROUPING_WORDS: Readonly<Record<KpiGrouping, string>> = {
  DAY: 'Not split',
  CHANNEL: 'By channel',
  NODE: 'By node',
  STAGE: 'By stage or kind',
};

interface Question {
  readonly kpi: Kpi;
  readonly from: string;
  readonly channel: string | null;
  readonly node: string | null;
  readonly by: KpiGrouping;
}

/** Medians take the longest to compute, and are drawn of what is not split: they follow what is there at once. */
function useSeries(question: Question, version: number): Read<KpiSeriesShownQuery> {
  const split = question.by !== 'DAY';
  const plain = useRead(SERIES, { ...question, medians: false });
  const of = plain.data?.kpiSeries.definition;
  const whole = useRead(
    SERIES,
    { ...question, medians: true },
    { pause: split || plain.stale || of?.unit !== 'MILLISECONDS' },
  );
  const same = of !== undefined && whole.data?.kpiSeries.definition.kpi === of.kpi && whole.stale === plain.stale;
  const shown = same && !split ? whole : plain;
  const again = useEffectEvent(() => shown.again());
  useEffect(() => {
    if (version > 0) again();
  }, [version]);
  return whole.error === undefined || split ? shown : { ...shown, error: whole.error, again: whole.again };
}

/** One KPI in full: what it means, its days as a chart and as a table, split by what it can be split by. */
export function KpiCard(props: KpiCardProps): ReactElement {
  const { kpi, channel, from, version } = props;
  const by = props.by in GROUPING_WORDS ? (props.by as KpiGrouping) : 'DAY';
  const node = props.node === '' ? null : props.node;
  const read = useSeries({ kpi, from, channel, node, by }, version);
  const definition = read.data?.kpiSeries.definition;
  return (
    <Card title={definition?.title ?? plainWords(kpi)} about={definition?.definition}>
      <div className="stack" aria-busy={read.stale}>
        {definition !== undefined && <Splits {...props} by={by} grouping={definition.grouping} />}
        <Loaded read={read} lines={8}>
          {({ kpiSeries }) => <SeriesParts series={kpiSeries} by={by} from={from} today={props.today} />}
        </Loaded>
      </div>
    </Card>
  );
}

function Splits({
  by,
  node,
  nodes,
  onChange,
  grouping,
}: KpiCardProps & { by: KpiGrouping; grouping: readonly KpiGrouping[] }): ReactElement {
  return (
    <Toolbar label="How to split it">
      <FilterSelect
        label="Split"
        all={GROUPING_WORDS.DAY}
        value={by === 'DAY' ? '' : by}
        options={grouping.filter((one) => one !== 'DAY').map((one) => ({ value: one, label: GROUPING_WORDS[one] }))}
        onChange={(value) => onChange({ by: value === '' ? 'DAY' : value })}
      />
      {grouping.includes('NODE') && (
        <FilterSelect
          label="Node"
          all="All nodes"
          value={node}
          options={nodes}
          onChange={(value) => onChange({ node: value })}
        />
      )}
    </Toolbar>
  );
}

interface SeriesPartsProps {
  readonly series: Series;
  readonly by: KpiGrouping;
  readonly from: string;
  readonly today: string;
}

function SeriesParts({ series, by, from, today }: SeriesPartsProps): ReactElement {
  const { unit, title, kpi } = series.definition;
  const lines = useMemo(() => linesOf(series, by, { from, today }), [series, by, from, today]);
  const times = useMemo(() => lines.days.map(secondsOf), [lines]);
  if (series.points.length === 0)
    return (
      <EmptyState title="Nothing was recorded of it in these days" icon="clock">
        Figures come with the first event that counts for it.
      </EmptyState>
    );
  return (
    <>
      <Chart
        key={`${kpi} ${by}`}
        label={`${title} by day`}
        times={times}
        series={lines.series}
        format={(value) => valueWords(unit, value)}
        formatTime={(seconds) => new Date(seconds * 1_000).toISOString().slice(0, 10)}
        fromZero={unit !== 'RATIO' || lines.low < HALF}
        {...(unit === 'RATIO' ? { ceiling: 1 } : {})}
        bars={(unit === 'COUNT' || unit === 'UNITS') && by === 'DAY'}
      />
      {lines.left > 0 && <p className="faint small">The {lines.left} smallest are in the table alone.</p>}
      <KpiTable series={series} by={by} />
    </>
  );
}

/** Shares above are looked at from near one. */
const HALF = 0.5;
