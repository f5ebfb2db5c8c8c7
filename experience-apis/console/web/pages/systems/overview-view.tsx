import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import { graphql } from '../../generated/index.js';
import type { SystemsOverviewQuery } from '../../generated/graphql.js';
import {
  Badge,
  Card,
  DataTable,
  EmptyState,
  plainWords,
  Quantity,
  RelativeTime,
  Stat,
  StatGrid,
  type Column,
} from '../../ui/index.js';
import { Trouble } from '../shared/loaded.js';
import { channelPath, systemPath } from '../shared/paths.js';
import { FigureLink, Health, healthTone, LongestWait, sumOf } from '../shared/systems.js';
import { useRead } from '../shared/use-read.js';

const OVERVIEW = graphql(`
  query SystemsOverview {
    systems {
      name
      kind
      state
      reason
      since
      openExceptions
      backlog {
        kind
        waiting
        running
        deadLetters
        oldestReadyAt
        heldBack
      }
      channels {
        id
        key
      }
    }
    channels {
      id
      key
      name
      kind
      active
      lastMessageAt
      lastOrderAt
      openOrders
      openExceptions
      listings
    }
  }
`);

const EVERY_MS = 3_000;

type System = SystemsOverviewQuery['systems'][number];
type Channel = SystemsOverviewQuery['channels'][number];

interface ChannelRow {
  readonly channel: Channel;
  readonly system: System | undefined;
}

/** How all channels and systems are at a glance. */
export function OverviewView(): ReactElement {
  const read = useRead(OVERVIEW, {}, { everyMs: EVERY_MS });
  const navigate = useNavigate();
  const systems = read.data?.systems.toSorted(worstFirst);
  const channels = read.data?.channels.map((channel) => ({
    channel,
    system: systems?.find(({ channels: own }) => own.some(({ key }) => key === channel.key)),
  }));
  return (
    <div className="stack">
      <Trouble read={read} />
      <Figures systems={systems ?? []} />
      <Card title="Channels" flush>
        <DataTable
          caption="Channel accounts"
          columns={CHANNEL_COLUMNS}
          rows={channels}
          keyOf={({ channel }) => channel.id}
          onOpen={({ channel }) => void navigate(channelPath(channel.key))}
          toneOf={({ system }) => system && healthTone(system.state)}
          pageKeys
          skeletonRows={4}
          empty={<EmptyState title="There are no channels yet">They come by PUT /operations/v1/channels.</EmptyState>}
        />
      </Card>
      <Card title="ERP, warehouses, carriers and connectors" flush>
        <DataTable
          caption="Systems outside"
          columns={SYSTEM_COLUMNS}
          rows={systems}
          keyOf={({ name }) => name}
          onOpen={({ name }) => void navigate(systemPath(name))}
          toneOf={({ state }) => healthTone(state)}
          skeletonRows={4}
          empty={
            <EmptyState title="No system is connected">
              They are declared in the systems file of the installation.
            </EmptyState>
          }
        />
      </Card>
    </div>
  );
}

const WORST_FIRST: readonly System['state'][] = ['DOWN', 'DEGRADED', 'PAUSED', 'OK'];

function worstFirst(one: System, other: System): number {
  return WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state);
}

function Figures({ systems }: { systems: readonly System[] }): ReactElement {
  const trouble = systems.filter(({ state }) => state !== 'OK');
  const down = trouble.some(({ state }) => state === 'DOWN');
  const sum = sumOf(systems.flatMap(({ backlog }) => backlog));
  return (
    <StatGrid>
      <Stat
        label="Not as they should be"
        value={trouble.length}
        unit={`of ${systems.length}`}
        tone={down ? 'bad' : trouble.length > 0 ? 'warn' : 'ok'}
        note={trouble.map(({ name }) => name).join(', ')}
      />
      <Stat
        label={<FigureLink to="?view=backlog">Tasks that wait</FigureLink>}
        value={sum.waiting.toLocaleString('en')}
      />
      <Stat label="Oldest due" value={<LongestWait at={sum.oldestReadyAt} />} note="not held back till its next try" />
      <Stat
        label={<FigureLink to="?view=tasks">Dead letters</FigureLink>}
        value={sum.deadLetters.toLocaleString('en')}
        tone={sum.deadLetters > 0 ? 'bad' : 'ok'}
      />
    </StatGrid>
  );
}

const CHANNEL_COLUMNS: readonly Column<ChannelRow>[] = [
  {
    key: 'name',
    title: 'Channel',
    phone: 'title',
    render: ({ channel }) => (
      <span className="row">
        <Link to={channelPath(channel.key)}>{channel.name}</Link>
        <span className="faint small">{channel.key}</span>
        {!channel.active && <Badge tone="warn">switched off</Badge>}
      </span>
    ),
  },
  { key: 'kind', title: 'Connector', phone: 'extra', render: ({ channel }) => channel.kind },
  {
    key: 'health',
    title: 'Health',
    wrap: true,
    render: ({ system }) => (system === undefined ? <span className="faint">–</span> : <Health health={system} />),
  },
  {
    key: 'message',
    title: 'Last message',
    render: ({ channel }) => <RelativeTime at={channel.lastMessageAt} none="never" />,
  },
  {
    key: 'order',
    title: 'Last order',
    render: ({ channel }) => <RelativeTime at={channel.lastOrderAt} none="never" />,
  },
  {
    key: 'orders',
    title: 'Open orders',
    align: 'end',
    render: ({ channel }) => (
      <Link to={`/orders?channel=${encodeURIComponent(channel.key)}&completed=false`}>
        <Quantity value={channel.openOrders} quietZero />
      </Link>
    ),
  },
  {
    key: 'exceptions',
    title: 'Exceptions',
    align: 'end',
    render: ({ channel }) => (
      <OpenExceptions count={channel.openExceptions} to={`/exceptions?channel=${encodeURIComponent(channel.key)}`} />
    ),
  },
  {
    key: 'listings',
    title: 'Listings',
    align: 'end',
    phone: 'extra',
    render: ({ channel }) => <Quantity value={channel.listings} quietZero />,
  },
];

const SYSTEM_COLUMNS: readonly Column<System>[] = [
  { key: 'name', title: 'System', phone: 'title', render: ({ name }) => <Link to={systemPath(name)}>{name}</Link> },
  { key: 'kind', title: 'Kind', render: ({ kind }) => (kind === null || kind === undefined ? '–' : plainWords(kind)) },
  { key: 'health', title: 'Health', wrap: true, render: (system) => <Health health={system} /> },
  {
    key: 'waiting',
    title: 'Waiting',
    align: 'end',
    render: ({ backlog }) => <Quantity value={sumOf(backlog).waiting} quietZero />,
  },
  { key: 'oldest', title: 'Oldest due', render: ({ backlog }) => <LongestWait at={sumOf(backlog).oldestReadyAt} /> },
  {
    key: 'dead',
    title: 'Dead letters',
    align: 'end',
    render: ({ backlog }) => {
      const { deadLetters } = sumOf(backlog);
      return deadLetters > 0 ? <Badge tone="bad">{deadLetters}</Badge> : <Quantity value={0} quietZero />;
    },
  },
  {
    key: 'exceptions',
    title: 'Exceptions',
    align: 'end',
    render: ({ openExceptions }) => <OpenExceptions count={openExceptions} />,
  },
];

interface OpenExceptionsProps {
  readonly count: number | null | undefined;
  /** Where they are. */
  readonly to?: string;
}

function OpenExceptions({ count, to }: OpenExceptionsProps): ReactElement {
  if (count === null || count === undefined || count === 0) return <Quantity value={count} quietZero />;
  const badge = <Badge tone="warn">{count.toLocaleString('en')}</Badge>;
  return to === undefined ? badge : <Link to={to}>{badge}</Link>;
}
