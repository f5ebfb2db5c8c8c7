import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { graphql } from '../../generated/index.js';
import type { TaskBacklogQuery } from '../../generated/graphql.js';
import { Badge, DataTable, EmptyState, Quantity, StatusBadge, type Column } from '../../ui/index.js';
import { Trouble } from './loaded.js';
import { LongestWait, SystemLink } from './systems.js';
import { useRead } from './use-read.js';

const BACKLOG = graphql(`
  query TaskBacklog {
    taskBacklog {
      kind
      tier
      system
      waiting
      running
      deadLetters
      oldestReadyAt
      heldBack
    }
  }
`);

type Backlog = TaskBacklogQuery['taskBacklog'][number];

const EVERY_MS = 3_000;

/** What waits to be done outside, by kind of task; of one system where there is a name. */
export function BacklogView({ system }: { system?: string }): ReactElement {
  const read = useRead(BACKLOG, {}, { everyMs: EVERY_MS });
  const rows = read.data?.taskBacklog.filter((backlog) => system === undefined || backlog.system === system);
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="What waits to be done outside"
        columns={system === undefined ? COLUMNS : COLUMNS.filter(({ key }) => key !== 'system')}
        rows={rows}
        keyOf={({ kind }) => kind}
        toneOf={({ deadLetters, heldBack }) => (deadLetters > 0 ? 'bad' : heldBack === null ? undefined : 'held')}
        empty={<EmptyState title="Nothing waits" icon="check" />}
      />
    </div>
  );
}

const COLUMNS: readonly Column<Backlog>[] = [
  {
    key: 'kind',
    title: 'Kind of task',
    phone: 'title',
    wrap: true,
    render: ({ kind, heldBack }) => (
      <span className="stack-tight">
        <code>{kind}</code>
        {heldBack !== null && heldBack !== undefined && (
          <>
            <StatusBadge status="HELD_BACK" tone="held" />
            <span className="small muted">{heldBack}</span>
          </>
        )}
      </span>
    ),
  },
  { key: 'system', title: 'System', render: ({ system }) => <SystemLink name={system} /> },
  { key: 'tier', title: 'Tier', align: 'end', phone: 'extra', render: ({ tier }) => tier },
  { key: 'waiting', title: 'Waiting', align: 'end', render: ({ waiting }) => <Quantity value={waiting} quietZero /> },
  { key: 'running', title: 'Running', align: 'end', render: ({ running }) => <Quantity value={running} quietZero /> },
  { key: 'oldest', title: 'Oldest due', render: ({ oldestReadyAt }) => <LongestWait at={oldestReadyAt} /> },
  { key: 'dead', title: 'Dead letters', align: 'end', render: (backlog) => <DeadLetters backlog={backlog} /> },
];

function DeadLetters({ backlog: { kind, deadLetters } }: { backlog: Backlog }): ReactElement {
  if (deadLetters === 0) return <Quantity value={0} quietZero />;
  return (
    <Link to={`/systems?view=tasks&kind=${encodeURIComponent(kind)}`}>
      <Badge tone="bad">{deadLetters}</Badge>
    </Link>
  );
}
