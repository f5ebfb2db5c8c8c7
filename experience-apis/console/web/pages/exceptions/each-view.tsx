import { useState, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import { useSession } from '../../auth/session.js';
import type { ExceptionsPageQuery } from '../../generated/graphql.js';
import { Badge, DataTable, Pagination, plainWords, RelativeTime, type Column } from '../../ui/index.js';
import type { CursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { exceptionPath, orderPath } from '../shared/paths.js';
import type { Read } from '../shared/use-read.js';
import { SEVERITY_TONE } from './action-words.js';
import { AssignActions } from './assign-actions.js';
import { NothingOpen } from './causes-view.js';
import { SeverityBadge } from './exception-card.js';
import { ExceptionActions } from './exception-actions.js';
import type { ActionHint, ExceptionCard } from './exception.documents.js';

type Row = ExceptionsPageQuery['exceptions']['edges'][number]['node'];

interface EachViewProps {
  readonly read: Read<ExceptionsPageQuery>;
  readonly pages: CursorPages;
  readonly any: boolean;
  readonly onClear: () => void;
}

/** Exceptions one by one; several may be chosen and acted on at once. */
export function EachView({ read, pages, any, onClear }: EachViewProps): ReactElement {
  const navigate = useNavigate();
  const acts = useSession().scopes.has('exceptions:resolve');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rows = read.data?.exceptions.edges.map(({ node }) => node);
  const selected = rows?.filter(({ id }) => chosen.has(id)) ?? [];
  const done = (): void => {
    setChosen(new Set());
    read.again();
  };
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="Exceptions"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void navigate(exceptionPath(id))}
        toneOf={({ severity, status }) => (status === 'OPEN' ? SEVERITY_TONE[severity] : undefined)}
        pageKeys
        stale={read.stale}
        selection={
          acts
            ? {
                chosen,
                onChange: setChosen,
                nameOf: ({ title, subject }) => `${title} ${subject.reference ?? ''}`,
                actions: <BulkActions exceptions={selected} onDone={done} />,
              }
            : undefined
        }
        empty={<NothingOpen any={any} onClear={onClear} />}
      />
      <Pagination
        hasNext={read.data?.exceptions.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        busy={read.stale}
        onNext={() => pages.next(read.data?.exceptions.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
    </div>
  );
}

/** What can be done to all of them: the actions that each one offers. */
function BulkActions({
  exceptions,
  onDone,
}: {
  exceptions: readonly ExceptionCard[];
  onDone: () => void;
}): ReactElement {
  const [first] = exceptions;
  const ids = exceptions.map(({ id }) => id);
  return (
    <span className="row">
      <ExceptionActions
        actions={commonActions(exceptions)}
        target={{ ids }}
        about={first?.sentence ?? ''}
        count={exceptions.length}
        onDone={onDone}
      />
      <AssignActions ids={ids} assignedTo={undefined} onDone={onDone} />
    </span>
  );
}

export function commonActions(exceptions: readonly Pick<ExceptionCard, 'actions'>[]): readonly ActionHint[] {
  const [first, ...others] = exceptions;
  return (
    first?.actions.filter(({ action }) =>
      others.every(({ actions }) => actions.some((hint) => hint.action === action)),
    ) ?? []
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'title',
    title: 'Problem',
    phone: 'title',
    wrap: true,
    render: ({ id, title, sentence }) => (
      <span>
        <Link to={exceptionPath(id)}>{title}</Link>
        <span className="exception-sentence wrap-anywhere">{sentence}</span>
      </span>
    ),
  },
  { key: 'about', title: 'About', render: (row) => <About {...row} /> },
  {
    key: 'severity',
    title: 'Severity',
    render: ({ severity, status }) =>
      status === 'OPEN' ? <SeverityBadge severity={severity} /> : <Badge>{plainWords(status)}</Badge>,
  },
  {
    key: 'owner',
    title: 'For',
    phone: 'extra',
    render: ({ owner, assignedTo }) => (
      <span>
        {plainWords(owner)}
        {assignedTo ? <span className="exception-sentence">{assignedTo}</span> : null}
      </span>
    ),
  },
  {
    key: 'raised',
    title: 'Raised',
    align: 'end',
    phone: 'extra',
    render: ({ raisedAt }) => <RelativeTime at={raisedAt} />,
  },
  {
    key: 'due',
    title: 'Due',
    align: 'end',
    render: ({ dueAt, overdue, status }) =>
      status !== 'OPEN' ? (
        <span className="faint">–</span>
      ) : overdue ? (
        <Badge tone="bad" icon="clock">
          <RelativeTime at={dueAt} />
        </Badge>
      ) : (
        <RelativeTime at={dueAt} />
      ),
  },
];

function About({ subject, order }: Pick<Row, 'subject' | 'order'>): ReactElement {
  const { orderId, channel, reference, sku, listingSku, node, system, operation } = subject;
  const words = [listingSku ?? sku, node, [system, operation].filter(Boolean).join(' ')].filter(Boolean).join(', ');
  return (
    <span>
      {orderId ? <Link to={orderPath(orderId)}>{order?.displayReference ?? reference}</Link> : null}
      <span className="exception-sentence">{[channel, words].filter(Boolean).join(', ')}</span>
    </span>
  );
}
