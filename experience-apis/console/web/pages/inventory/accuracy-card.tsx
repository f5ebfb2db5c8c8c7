import { useMemo, type ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import type { DriftFilter, InventoryAccuracyQuery } from '../../generated/graphql.js';
import { Card, Chart, useClock } from '../../ui/index.js';
import { dayBefore, daysFrom, secondsOf } from '../shared/days.js';
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

/** That the hub tells of when it is not asked for others. */
const DAYS = 30;
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
  const today = useClock((now) => dayBefore(now, 0));
  const { times, series } = useMemo(() => linesOf(days, today), [days, today]);
  return (
    <Chart
      label="Inventory accuracy by day"
      times={times}
      series={series}
      format={(share) => `${(share * 100).toFixed(1)} %`}
      formatTime={(seconds) => new Date(seconds * 1_000).toISOString().slice(0, 10)}
      fromZero={false}
      ceiling={1}
      height={180}
    />
  );
}

function linesOf(
  days: readonly Day[],
  today: string,
): { times: number[]; series: { label: string; values: (number | null)[] }[] } {
  const byDay = daysFrom(dayBefore(Date.parse(today), DAYS), today);
  const names = [...new Set(days.map(nameOf))].toSorted().slice(0, LINES_MAX);
  const series = names.map((label) => ({
    label,
    values: byDay.map((day) => {
      const found = days.find((one) => one.day === day && nameOf(one) === label);
      return found === undefined || found.compared === 0 ? null : found.equal / found.compared;
    }),
  }));
  return { times: byDay.map(secondsOf), series };
}

function nameOf({ system, subject }: Day): string {
  return system === 'CHANNEL' ? subject : `${subject} (${system})`;
}
