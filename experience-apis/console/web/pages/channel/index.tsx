import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import {
  Card,
  EmptyState,
  Facts,
  plainWords,
  Quantity,
  RelativeTime,
  Stat,
  StatGrid,
  StatusBadge,
  Tabs,
  Trail,
  type Tab,
} from '../../ui/index.js';
import { Loaded } from '../shared/loaded.js';
import { MessagesView } from '../shared/messages-view.js';
import { FigureLink, Health, SystemLink } from '../shared/systems.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import type { Channel } from './channel.types.js';
import { ChannelExceptions } from './channel-exceptions.js';
import { ChannelPublications } from './channel-publications.js';

const CHANNEL = graphql(`
  query ChannelPage($key: String!) {
    channel(key: $key) {
      id
      key
      name
      kind
      active
      shortage
      tier
      preOrder
      lastMessageAt
      lastOrderAt
      openOrders
      openExceptions
      listings
      system {
        name
        state
        reason
        since
      }
    }
  }
`);

const START = { tab: 'exceptions' };
const EVERY_MS = 3_000;

/** One channel account: how its system does, what is open, what it was told and what it told. */
export default function ChannelPage(): ReactElement {
  const { key = '' } = useParams();
  return <ChannelOf key={key} channelKey={key} />;
}

function ChannelOf({ channelKey }: { channelKey: string }): ReactElement {
  const read = useRead(CHANNEL, { key: channelKey }, { everyMs: EVERY_MS });
  const channel = read.data?.channel;
  return (
    <Page
      title={channel?.name ?? channelKey}
      aside={channel?.active === false && <StatusBadge status="SWITCHED_OFF" tone="warn" label="Switched off" />}
    >
      <Trail>
        <Link to="/systems">Channels and systems</Link>
        <span>{channelKey}</span>
      </Trail>
      <Loaded read={read} lines={6}>
        {(data) =>
          data.channel === null || data.channel === undefined ? (
            <EmptyState title={`There is no channel ${channelKey}`} action={<Link to="/systems">All channels</Link>} />
          ) : (
            <ChannelParts channel={data.channel} />
          )
        }
      </Loaded>
    </Page>
  );
}

function ChannelParts({ channel }: { channel: Channel }): ReactElement {
  const { scopes } = useSession();
  const { values, set } = useUrlState(START);
  const tabs: Tab[] = [];
  if (scopes.has('exceptions:read'))
    tabs.push({
      key: 'exceptions',
      title: 'Open exceptions',
      count: channel.openExceptions ?? undefined,
      content: () => <ChannelExceptions channel={channel.key} />,
    });
  if (scopes.has('availability:read'))
    tabs.push({
      key: 'publications',
      title: 'Publications',
      content: () => <ChannelPublications channel={channel.key} />,
    });
  if (scopes.has('operations:read'))
    tabs.push({ key: 'messages', title: 'Last messages', content: () => <MessagesView sources={[channel.key]} /> });
  return (
    <div className="stack">
      <ChannelFigures channel={channel} />
      <ChannelCard channel={channel} />
      {tabs.length > 0 && (
        <Tabs label={`Channel ${channel.key}`} tabs={tabs} open={values.tab} onOpen={(tab) => set({ tab })} />
      )}
    </div>
  );
}

function ChannelFigures({ channel }: { channel: Channel }): ReactElement {
  const exceptions = channel.openExceptions ?? 0;
  const orders = `/orders?channel=${encodeURIComponent(channel.key)}&completed=false`;
  return (
    <StatGrid>
      <Stat label={<FigureLink to={orders}>Open orders</FigureLink>} value={<Quantity value={channel.openOrders} />} />
      <Stat label="Open exceptions" value={exceptions.toLocaleString('en')} tone={exceptions > 0 ? 'warn' : 'ok'} />
      <Stat label="Last order placed" value={<RelativeTime at={channel.lastOrderAt} none="never" />} />
      <Stat label="Last message" value={<RelativeTime at={channel.lastMessageAt} none="never" />} />
      <Stat label="Listings mapped" value={channel.listings.toLocaleString('en')} />
    </StatGrid>
  );
}

function ChannelCard({ channel }: { channel: Channel }): ReactElement {
  const { system } = channel;
  return (
    <Card>
      <Facts
        entries={[
          ['Connected through', system ? <SystemLink key="system" name={system.name} /> : channel.kind],
          ['Health', system ? <Health key="health" health={system} /> : null],
          ['Short of stock', plainWords(channel.shortage)],
          ['Served in tier', channel.tier],
          ['Pre-orders', channel.preOrder ? 'allowed' : 'not allowed'],
        ]}
      />
    </Card>
  );
}
