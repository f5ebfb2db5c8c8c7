import type { ReactElement } from 'react';
import type { KpiGrouping } from '../../generated/graphql.js';
import { DataTable, plainWords, Quantity, type Column } from '../../ui/index.js';
import type { Series } from './series.types.js';
import { groupOf } from './kpi-lines.js';
import { valueOver, valueWords } from './kpi-figures.js';

type Point = Series['points'][number];
type Definition = Series['definition'];

interface Row {
  readonly key: string;
  readonly name: string;
  readonly count: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly value: number | null;
  /** Of one day alone. */
  readonly point?: Point;
}

/** Day by day; split, one row for each group over all days. */
export function KpiTable({ series, by }: { series: Series; by: KpiGrouping }): ReactElement {
  const { definition, points } = series;
  const rows = by === 'DAY' ? points.toReversed().map(rowOfDay) : rowsOfGroups(points, by, definition);
  return (
    <DataTable
      caption={`${definition.title}, ${by === 'DAY' ? 'day by day' : 'in all days'}`}
      columns={columnsFor(definition, by)}
      rows={rows}
      keyOf={({ key }) => key}
    />
  );
}

function rowOfDay(point: Point): Row {
  const { day, count, numerator, denominator, value } = point;
  return { key: day, name: day, count, numerator, denominator, value: value ?? null, point };
}

function rowsOfGroups(points: readonly Point[], by: KpiGrouping, { unit }: Definition): Row[] {
  return [...Map.groupBy(points, (point) => groupOf(point, by))]
    .map(([name, own]) => ({
      key: name,
      name: by === 'STAGE' ? plainWords(name) : name,
      count: own.reduce((total, { count }) => total + count, 0),
      numerator: own.reduce((total, { numerator }) => total + numerator, 0),
      denominator: own.reduce((total, { denominator }) => total + denominator, 0),
      value: valueOver(unit, own),
    }))
    .toSorted((one, other) => other.count - one.count);
}

const NAME_OF: Readonly<Record<KpiGrouping, string>> = {
  DAY: 'Day',
  CHANNEL: 'Channel',
  NODE: 'Node',
  STAGE: 'Stage or kind',
};

function columnsFor({ unit }: Definition, by: KpiGrouping): readonly Column<Row>[] {
  const columns: Column<Row>[] = [
    { key: 'name', title: NAME_OF[by], phone: 'title', render: ({ name }) => name },
    {
      key: 'value',
      title: unit === 'MILLISECONDS' ? 'Mean' : 'Value',
      align: 'end',
      render: ({ value }) => <strong>{valueWords(unit, value)}</strong>,
    },
  ];
  if (unit === 'MILLISECONDS' && by === 'DAY')
    columns.push(
      { key: 'p50', title: 'Half took no longer', align: 'end', render: ({ point }) => words(point?.p50) },
      { key: 'p95', title: '95 of 100 took no longer', align: 'end', render: ({ point }) => words(point?.p95) },
      { key: 'max', title: 'Longest', align: 'end', render: ({ point }) => words(point?.max) },
    );
  if (unit === 'RATIO')
    columns.push(
      { key: 'numerator', title: 'Counted', align: 'end', render: ({ numerator }) => <Quantity value={numerator} /> },
      { key: 'denominator', title: 'Of', align: 'end', render: ({ denominator }) => <Quantity value={denominator} /> },
    );
  columns.push({
    key: 'count',
    title: 'Records',
    align: 'end',
    render: ({ count }) => <Quantity value={count} quietZero />,
  });
  return columns;
}

function words(milliseconds: number | null | undefined): string {
  return valueWords('MILLISECONDS', milliseconds);
}
