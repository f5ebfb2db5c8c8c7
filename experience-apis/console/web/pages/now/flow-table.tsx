import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { DataTable, Quantity, RelativeTime, type Column } from '../../ui/index.js';
import type { Flow, FlowStage } from './flow.documents.js';
import { ordersOfStage, toneOfStage } from './stage-state.js';

interface FlowTableProps {
  readonly flow: Flow;
  readonly channel: string | undefined;
}

/** The flow in figures: all that the picture says, and the hour. */
export function FlowTable({ flow, channel }: FlowTableProps): ReactElement {
  const columns: readonly Column<FlowStage>[] = [
    {
      key: 'stage',
      title: 'Stage',
      phone: 'title',
      render: ({ stage, title }) => <Link to={ordersOfStage(stage, channel)}>{title}</Link>,
    },
    figure('Orders', ({ orders }) => orders),
    figure('In, last minute', ({ enteredLastMinute }) => enteredLastMinute),
    figure('Out, last minute', ({ leftLastMinute }) => leftLastMinute),
    figure('In, last hour', ({ enteredLastHour }) => enteredLastHour),
    figure('Late', ({ overdue }) => overdue),
    figure('Tasks waiting', ({ tasksWaiting }) => tasksWaiting),
    { key: 'oldest', title: 'Oldest', render: ({ oldestSince }) => <RelativeTime at={oldestSince} /> },
  ];
  return (
    <DataTable
      caption="Orders in each stage"
      columns={columns}
      rows={flow.stages}
      keyOf={({ stage }) => stage}
      toneOf={(stage) => (toneOfStage(stage) === 'ok' ? undefined : toneOfStage(stage))}
    />
  );
}

function figure(title: string, of: (stage: FlowStage) => number): Column<FlowStage> {
  return { key: title, title, align: 'end', render: (stage) => <Quantity value={of(stage)} quietZero /> };
}
