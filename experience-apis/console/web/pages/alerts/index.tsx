import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import { Page } from '../../app/page.js';
import { graphql } from '../../generated/index.js';
import type { AlertsPageQuery } from '../../generated/graphql.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import {
  Button,
  Card,
  ClearFilters,
  DataTable,
  EmptyState,
  FilterSelect,
  Instant,
  Pagination,
  RelativeTime,
  Toolbar,
  type Column,
} from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { channelPath, orderPath } from '../shared/paths.js';
import { useUrlState, type UrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { filterOf, NO_FILTER, STAGES, stageWords, STATES, type FilterKey, type FilterValues } from './alert-filter.js';
import { AlertBadge, AlertGroups, type AlertGroup } from './alert-groups.js';

const ALERTS = graphql(`
  query AlertsPage($filter: AlertFilter, $after: Cursor) {
    alertCounts {
      channel
      stage
      state
      count
    }
    alerts(filter: $filter, first: 50, after: $after) {
      edges {
        node {
          id
          state
          stage
          channel
          reference
          orderId
          since
          dueAt
          endedAt
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
  subscription AlertsPageMoved($after: Cursor) {
    alertChanged(after: $after) {
      cursor
    }
  }
`);

type Row = AlertsPageQuery['alerts']['edges'][number]['node'];

/** Steps that are late or will be: in groups first, since an outage holds up thousands of orders for one cause. */
export default function AlertsPage(): ReactElement {
  const navigate = useNavigate();
  const filter = useUrlState<FilterKey>(NO_FILTER);
  const pages = useCursorPages();
  const read = useRead(ALERTS, { filter: filterOf(filter.values), after: pages.after });
  const readAgain = useReadAgain(read.again);
  useLive(CHANGED, {}, { onEvent: readAgain, onGap: readAgain });
  const counts = read.data?.alertCounts ?? [];
  const groups = counts.filter((group) => isOf(group, filter.values));
  return (
    <Page title="Alerts">
      <div className="stack">
        <AlertToolbar filter={filter} channels={[...new Set(counts.map(({ channel }) => channel))]} />
        {groups.length > 1 ? (
          <Card title="By step and channel">
            <AlertGroups groups={groups} />
          </Card>
        ) : null}
        <Trouble read={read} />
        <DataTable
          caption="Alerts, the newest first"
          columns={COLUMNS}
          rows={read.data?.alerts.edges.map(({ node }) => node)}
          keyOf={({ id }) => id}
          onOpen={({ orderId }) => void navigate(orderPath(orderId))}
          pageKeys
          stale={read.stale}
          empty={<NoAlert any={filter.any} onClear={filter.clear} />}
        />
        <Pagination
          hasNext={read.data?.alerts.pageInfo.hasNextPage ?? false}
          hasPrevious={pages.hasPrevious}
          busy={read.stale}
          onNext={() => pages.next(read.data?.alerts.pageInfo.endCursor)}
          onPrevious={pages.previous}
        />
      </div>
    </Page>
  );
}

function isOf({ channel, stage, state }: AlertGroup, values: FilterValues): boolean {
  const wanted = [values.channel, values.stage, values.state];
  return [channel, stage, state].every((value, at) => wanted[at] === '' || wanted[at] === value);
}

interface ToolbarProps {
  readonly filter: UrlState<FilterKey>;
  readonly channels: readonly string[];
}

function AlertToolbar({ filter: { values, set, clear, any }, channels }: ToolbarProps): ReactElement {
  // A channel of the URL of which no alert stands stays to be seen.
  const shown = values.channel === '' || channels.includes(values.channel) ? channels : [values.channel, ...channels];
  return (
    <Toolbar label="Find alerts">
      <FilterSelect
        label="State"
        all="All that stand"
        value={values.state}
        options={STATES}
        onChange={(state) => set({ state })}
      />
      <FilterSelect
        label="Step"
        all="All steps"
        value={values.stage}
        options={STAGES}
        onChange={(stage) => set({ stage })}
      />
      <FilterSelect
        label="Channel"
        all="All channels"
        value={values.channel}
        options={shown.map((channel) => ({ value: channel, label: channel }))}
        onChange={(channel) => set({ channel })}
      />
      <ClearFilters any={any} onClear={clear} />
    </Toolbar>
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'order',
    title: 'Order',
    phone: 'title',
    render: ({ orderId, reference }) => <Link to={orderPath(orderId)}>{reference}</Link>,
  },
  { key: 'step', title: 'Step', wrap: true, render: ({ stage }) => stageWords(stage) },
  { key: 'state', title: 'State', render: ({ state }) => <AlertBadge state={state} /> },
  { key: 'channel', title: 'Channel', render: ({ channel }) => <Link to={channelPath(channel)}>{channel}</Link> },
  { key: 'due', title: 'Due', render: ({ dueAt }) => <RelativeTime at={dueAt} /> },
  { key: 'since', title: 'Waits since', phone: 'extra', render: ({ since }) => <Instant at={since} /> },
  {
    key: 'ended',
    title: 'Settled',
    phone: 'extra',
    render: ({ endedAt }) => (endedAt ? <RelativeTime at={endedAt} /> : <span className="faint">–</span>),
  },
];

function NoAlert({ any, onClear }: { readonly any: boolean; readonly onClear: () => void }): ReactElement {
  if (any)
    return (
      <EmptyState title="No alert matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
        Alerts end with their steps: what was late may be done.
      </EmptyState>
    );
  return (
    <EmptyState title="Every step is in time" icon="check">
      A step that is late, or will be, appears here before anybody asks.
    </EmptyState>
  );
}
