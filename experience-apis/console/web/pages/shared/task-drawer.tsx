import type { ReactElement } from 'react';
import { useSession } from '../../auth/session.js';
import { CopyText, Drawer, Facts, Instant, Notice } from '../../ui/index.js';
import { TaskActions } from './task-actions.js';
import { OrderOfTask, TaskStateBadge } from './task-columns.js';
import type { Task } from './records.types.js';

interface TaskDrawerProps {
  readonly task: Task | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** All that is known of one task. Open while there is one. */
export function TaskDrawer({ task, onClose, onDone }: TaskDrawerProps): ReactElement | null {
  const { scopes } = useSession();
  if (task === undefined) return null;
  const acts = task.state === 'DEAD' && scopes.has('operations:write');
  const done = (): void => {
    onDone();
    onClose();
  };
  return (
    <Drawer title={task.kind} open onClose={onClose} actions={acts && <TaskActions ids={[task.id]} onDone={done} />}>
      <div className="stack">
        {task.lastError !== null && task.lastError !== undefined && (
          <Notice tone={task.state === 'DEAD' ? 'bad' : 'warn'} icon="alert">
            {task.lastError}
          </Notice>
        )}
        <Facts
          entries={[
            ['State', <TaskStateBadge key="state" state={task.state} />],
            ['Order', <OrderOfTask key="order" task={task} />],
            ['Tries', task.attempts],
            ['Enqueued', <Instant key="created" at={task.createdAt} />],
            ['Not tried before', <Instant key="after" at={task.startAfter} />],
            ['Last try began', <Instant key="started" at={task.startedAt} />],
            ['Ended', <Instant key="finished" at={task.finishedAt} />],
            ['Id', <CopyText key="id" text={task.id} what="task id" />],
            ['Idempotency key', <CopyText key="key" text={task.key} what="idempotency key" />],
          ]}
        />
        <h3>What it says</h3>
        <pre className="code-block">{JSON.stringify(task.payload, null, 2)}</pre>
      </div>
    </Drawer>
  );
}
