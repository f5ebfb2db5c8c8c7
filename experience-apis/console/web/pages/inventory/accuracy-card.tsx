import { useMemo, type ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import type { DriftFilter, InventoryAccuracyQuery } from '../../generated/graphql.js';
import { Card, Chart } from '../../ui/index.js';
import { Loaded } from '../shared/loaded.js';
import { useRead } from '../shared/use-read.js';

const ACCURACY = graphql(`
  query InventoryAccuracy($filter: DriftFilter) {
    inventoryAccuracy(filter: $filter, first: 1000) {
      day
      system
      subject
      compared
      equal
      unitsCompared
      unitsOff
    }
  }
`);

type Day = InventoryAccuracyQuery['inventoryAccuracy'][number];

/** Lines beyond would not be told apart. */
const LINES_MAX = 8;

/** How right the inventory was, day by day, one line for each node and channel. */
export function AccuracyCard({ filter }: { filter: DriftFilter }): ReactElement | null {
  const read = useRead(ACCURACY, { filter });
  // Without any comparison the list below says all.
  if (read.data?.inventoryAccuracy.length === 0) return null;
  return (
    <Card
      title="Inventory accuracy"
      about="Share of positions or listings that agree with what the other side counts, over the last 30 days."
    >
      <Loaded read={read} lines={6}>
        {({ inventoryAccuracy }) => <AccuracyChart days={inventoryAccuracy} />}
      </Loaded>
    </Card>
  );
}

function AccuracyChart({ days }: { days: readonly Day[] }): ReactElement {
  const { times, series } = useMemo(() => linesOf(days), [days]);
  return (
    <Chart
      label="Inventory accuracy by day"
      times={times}
      series={series}
      format={(share) => `${(share * 100).toFixed(1)} %`}
      formatTime={(seconds) => new Date(seconds * 1_000).toISOString().slice(0, 10)}
      fromZero={false}
      height={180}
    />
  );
}

function linesOf(days: readonly Day[]): { times: number[]; series: { label: string; values: (number | null)[] }[] } {
  const byDay = [...new Set(days.map(({ day }) => day))].toSorted();
  const names = [...new Set(days.map(nameOf))].toSorted().slice(0, LINES_MAX);
  const series = names.map((label) => ({
    label,
    values: byDay.map((day) => {
      const found = days.find((one) => one.day === day && nameOf(one) === label);
      return found === undefined || found.compared === 0 ? null : found.equal / found.compared;
    }),
  }));
  return { times: byDay.map((day) => Date.parse(day) / 1_000), series };
}

function nameOf({ system, subject }: Day): string {
  return system === 'CHANNEL' ? subject : `${subject} (${system})`;
}
