import type { ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import type { StockFeedsQuery } from '../../generated/graphql.js';
import { DataTable, EmptyState, Pagination, Quantity, RelativeTime, StatusBadge, type Column } from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { useRead } from '../shared/use-read.js';

const FEEDS = graphql(`
  query StockFeeds($after: Cursor) {
    stockFeeds(first: 50, after: $after) {
      edges {
        node {
          source
          node
          lastSequence
          gapFrom
          gapTo
          gapNoticedAt
          snapshotWantedAt
          snapshotAskedAt
          snapshotTakenAt
          refused
          lastRefusal
          lastRefusedAt
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Feed = StockFeedsQuery['stockFeeds']['edges'][number]['node'];

const EVERY_MS = 10_000;

/** Who tells of stock, and whether anything of it is missing. */
export function FeedsView(): ReactElement {
  const pages = useCursorPages();
  const read = useRead(FEEDS, { after: pages.after }, { everyMs: EVERY_MS });
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="Sources of stock facts"
        columns={COLUMNS}
        rows={read.data?.stockFeeds.edges.map(({ node }) => node)}
        keyOf={({ source, node }) => `${source} ${node}`}
        toneOf={({ gapFrom }) => (gapFrom === null ? undefined : 'warn')}
        stale={read.stale}
        empty={
          <EmptyState title="Nobody has told of stock yet">
            Warehouses do by POST /stock/v1/facts, or are read by the hub.
          </EmptyState>
        }
      />
      <Pagination
        hasNext={read.data?.stockFeeds.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        onNext={() => pages.next(read.data?.stockFeeds.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
    </div>
  );
}

function FeedState({ feed }: { feed: Feed }): ReactElement {
  if (feed.gapFrom !== null && feed.gapFrom !== undefined)
    return (
      <span className="row">
        <StatusBadge status="GAP" tone="warn" label={`Numbers ${feed.gapFrom} to ${feed.gapTo ?? '…'} are missing`} />
        <span className="faint small">
          since <RelativeTime at={feed.gapNoticedAt} />
        </span>
      </span>
    );
  if (feed.snapshotWantedAt !== null && feed.snapshotWantedAt !== undefined)
    return <StatusBadge status="SNAPSHOT" tone="info" label="A whole snapshot is wanted" icon="clock" />;
  return <StatusBadge status="OK" tone="ok" label="Complete" />;
}

const COLUMNS: readonly Column<Feed>[] = [
  { key: 'source', title: 'Source', phone: 'title', render: ({ source }) => source },
  { key: 'node', title: 'Node', render: ({ node }) => node },
  { key: 'state', title: 'State', render: (feed) => <FeedState feed={feed} /> },
  {
    key: 'last',
    title: 'Last number',
    align: 'end',
    render: ({ lastSequence }) => <Quantity value={lastSequence} quietZero />,
  },
  { key: 'snapshot', title: 'Last snapshot', render: ({ snapshotTakenAt }) => <RelativeTime at={snapshotTakenAt} /> },
  { key: 'refused', title: 'Refused', align: 'end', render: ({ refused }) => <Quantity value={refused} quietZero /> },
  {
    key: 'refusal',
    title: 'Last refusal',
    wrap: true,
    phone: 'extra',
    render: ({ lastRefusal, lastRefusedAt }) =>
      lastRefusal === null ? null : (
        <>
          {lastRefusal} <RelativeTime at={lastRefusedAt} />
        </>
      ),
  },
];
