import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import { graphql } from '../../generated/index.js';
import type { ExceptionsOfChannelQuery } from '../../generated/graphql.js';
import { useLive } from '../../live/use-live.js';
import { Badge, DataTable, EmptyState, Pagination, plainWords, RelativeTime, type Column } from '../../ui/index.js';
import { SeverityBadge } from '../exceptions/exception-card.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { useRead } from '../shared/use-read.js';
import { useThrottled } from '../shared/use-throttled.js';

const EXCEPTIONS = graphql(`
  query ExceptionsOfChannel($channel: String!, $after: Cursor) {
    exceptions(filter: { channel: $channel }, first: 25, after: $after) {
      edges {
        node {
          id
          title
          sentence
          severity
          owner
          raisedAt
          dueAt
          overdue
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const CHANGED = graphql(`
  subscription ExceptionsOfChannelMoved($channel: String!, $after: Cursor) {
    exceptionChanged(channel: $channel, after: $after) {
      cursor
    }
  }
`);

type Exception = ExceptionsOfChannelQuery['exceptions']['edges'][number]['node'];

const READ_AGAIN_MS = 500;

/** What stands open about a channel, what is due first on top; live. */
export function ChannelExceptions({ channel }: { channel: string }): ReactElement {
  const pages = useCursorPages();
  const navigate = useNavigate();
  const read = useRead(EXCEPTIONS, { channel, after: pages.after });
  const move = useThrottled(read.again, READ_AGAIN_MS);
  useLive(CHANGED, { channel }, { onEvent: move, onGap: move });
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="Open exceptions of the channel"
        columns={COLUMNS}
        rows={read.data?.exceptions.edges.map(({ node }) => node)}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void navigate(`/exceptions/${id}`)}
        toneOf={({ overdue }) => (overdue ? 'bad' : undefined)}
        pageKeys
        stale={read.stale}
        empty={<EmptyState title="Nothing stands open" icon="check" />}
      />
      <Pagination
        hasNext={read.data?.exceptions.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        onNext={() => pages.next(read.data?.exceptions.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
    </div>
  );
}

const COLUMNS: readonly Column<Exception>[] = [
  {
    key: 'title',
    title: 'Problem',
    phone: 'title',
    wrap: true,
    render: ({ id, title }) => <Link to={`/exceptions/${id}`}>{title}</Link>,
  },
  { key: 'sentence', title: 'What is wrong', wrap: true, phone: 'words', render: ({ sentence }) => sentence },
  {
    key: 'severity',
    title: 'Severity',
    render: ({ severity }) => <SeverityBadge severity={severity} />,
  },
  { key: 'owner', title: 'For', render: ({ owner }) => plainWords(owner) },
  { key: 'raised', title: 'Raised', render: ({ raisedAt }) => <RelativeTime at={raisedAt} /> },
  {
    key: 'due',
    title: 'Due',
    render: ({ dueAt, overdue }) => (
      <span className="row">
        <RelativeTime at={dueAt} />
        {overdue && <Badge tone="bad">Late</Badge>}
      </span>
    ),
  },
];
