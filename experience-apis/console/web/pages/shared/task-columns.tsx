import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { RelativeTime, StatusBadge, type Column } from '../../ui/index.js';
import { orderPath } from './paths.js';
import { TASK_TONE } from './systems.js';
import type { Task } from './records.types.js';

export const TASK_COLUMNS: readonly Column<Task>[] = [
  { key: 'kind', title: 'Task', phone: 'title', render: ({ kind }) => <code>{kind}</code> },
  { key: 'order', title: 'Order', render: (task) => <OrderOfTask task={task} /> },
  { key: 'state', title: 'State', render: ({ state }) => <TaskStateBadge state={state} /> },
  { key: 'attempts', title: 'Tries', align: 'end', render: ({ attempts }) => attempts },
  {
    key: 'error',
    title: 'Last failure',
    wrap: true,
    render: ({ lastError }) => lastError ?? <span className="faint">–</span>,
  },
  { key: 'when', title: 'Next or last try', render: (task) => <RelativeTime at={whenOf(task)} /> },
  { key: 'created', title: 'Enqueued', phone: 'extra', render: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

export function TaskStateBadge({ state }: Pick<Task, 'state'>): ReactElement {
  return <StatusBadge status={state} tone={TASK_TONE[state]} label={state === 'DEAD' ? 'Dead letter' : undefined} />;
}

export function OrderOfTask({ task }: { task: Task }): ReactElement {
  if (task.orderId === null || task.orderId === undefined) return <span className="faint">–</span>;
  return (
    <Link to={orderPath(task.orderId)}>
      {task.order === null || task.order === undefined
        ? `…${task.orderId.slice(-8)}`
        : `${task.order.channel} ${task.order.reference}`}
    </Link>
  );
}

function whenOf({ state, startAfter, finishedAt, startedAt }: Task): string | null | undefined {
  if (state === 'DEAD' || state === 'DONE') return finishedAt;
  return state === 'RUNNING' ? startedAt : startAfter;
}
