import { useState, type ReactElement } from 'react';
import {
  Badge,
  CopyText,
  DataTable,
  EmptyState,
  Instant,
  plainWords,
  RelativeTime,
  StatusBadge,
  type Column,
} from '../../ui/index.js';
import { Trouble } from '../shared/loaded.js';
import { MessageDrawer } from '../shared/message-drawer.js';
import type { Message, Task } from '../shared/records.types.js';
import { MESSAGE_TONE } from '../shared/systems.js';
import { TASK_COLUMNS } from '../shared/task-columns.js';
import { TaskDrawer } from '../shared/task-drawer.js';
import { useRead } from '../shared/use-read.js';
import { ORDER_FACTS, ORDER_MESSAGES, ORDER_TASKS, type OrderFact } from './records.documents.js';

interface TabProps {
  readonly id: string;
  /** Of the order: a newer one is read anew. */
  readonly version: number;
}

const EVERY_MS = 3_000;

/** Outside work for the order, with its tries. */
export function TasksTab({ id }: TabProps): ReactElement {
  const read = useRead(ORDER_TASKS, { id }, { everyMs: EVERY_MS });
  const [open, setOpen] = useState<Task>();
  const rows = read.data?.order?.tasks.map((task) => ({ ...task, order: null }));
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="Outside work for the order"
        columns={TASK_COLUMNS.filter(({ key }) => key !== 'order')}
        rows={rows}
        keyOf={({ id: task }) => task}
        onOpen={setOpen}
        stale={read.stale}
        empty={
          <EmptyState title="Nothing is to be done outside" icon="check">
            What is done is kept for an hour.
          </EmptyState>
        }
      />
      <TaskDrawer task={open} onClose={() => setOpen(undefined)} onDone={read.again} />
    </div>
  );
}

/** The messages that brought the order; their bodies are shown on record. */
export function MessagesTab({ id }: TabProps): ReactElement {
  const read = useRead(ORDER_MESSAGES, { id }, { everyMs: EVERY_MS });
  const [open, setOpen] = useState<Message>();
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="Messages about the order"
        columns={MESSAGE_COLUMNS}
        rows={read.data?.order?.messages}
        keyOf={({ id: message }) => message}
        onOpen={setOpen}
        stale={read.stale}
        empty={
          <EmptyState title="No message is kept">
            It was read from its channel, or its messages are over their time.
          </EmptyState>
        }
      />
      <MessageDrawer message={open} onClose={() => setOpen(undefined)} onDone={read.again} />
    </div>
  );
}

const MESSAGE_COLUMNS: readonly Column<Message>[] = [
  { key: 'topic', title: 'Message', phone: 'title', render: ({ topic }) => <code>{topic}</code> },
  { key: 'source', title: 'From', render: ({ source }) => source },
  {
    key: 'status',
    title: 'Became',
    render: ({ status }) => <StatusBadge status={status} tone={MESSAGE_TONE[status]} />,
  },
  { key: 'detail', title: 'Why', wrap: true, render: ({ detail }) => detail ?? <span className="faint">–</span> },
  { key: 'received', title: 'Came', align: 'end', render: ({ receivedAt }) => <RelativeTime at={receivedAt} /> },
];

/** What was told about the order, and what came of it. */
export function FactsTab({ id }: TabProps): ReactElement {
  const read = useRead(ORDER_FACTS, { id }, { everyMs: EVERY_MS });
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="Facts about the order"
        columns={FACT_COLUMNS}
        rows={read.data?.order?.facts}
        keyOf={(fact) => fact.id}
        stale={read.stale}
        empty={<EmptyState title="No fact is kept" />}
      />
    </div>
  );
}

const FACT_COLUMNS: readonly Column<OrderFact>[] = [
  {
    key: 'kind',
    title: 'Fact',
    phone: 'title',
    wrap: true,
    render: ({ id, kind }) => (
      <span>
        {kind ? plainWords(kind) : <span className="faint">Unnamed</span>}{' '}
        <CopyText text={id} shown="id" what="fact id" />
      </span>
    ),
  },
  { key: 'source', title: 'Told by', render: ({ source }) => source ?? <span className="faint">–</span> },
  {
    key: 'result',
    title: 'Came of it',
    wrap: true,
    render: ({ result, reason }) => (
      <span>
        <Badge tone={result === 'REJECTED' ? 'bad' : 'neutral'}>{plainWords(result)}</Badge> {reason}
      </span>
    ),
  },
  { key: 'recorded', title: 'Decided', render: ({ recordedAt }) => <Instant at={recordedAt} /> },
];
