import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { graphql } from '../../generated/index.js';
import type { PublicationRowFragment, TellingsQuery } from '../../generated/graphql.js';
import {
  DataTable,
  Drawer,
  EmptyState,
  Instant,
  Quantity,
  RelativeTime,
  StatusBadge,
  type Column,
  type Tone,
} from '../../ui/index.js';
import { Trouble } from './loaded.js';
import { channelPath } from './paths.js';
import { useRead } from './use-read.js';

graphql(`
  fragment PublicationRow on Publication {
    channel
    listingSku
    sku
    wanted
    wantedSince
    told
    toldAt
    refusedReason
    failures
    retryAt
  }
`);

const TELLINGS = graphql(`
  query Tellings($channel: String!, $sku: String!) {
    publications(channel: $channel, sku: $sku, first: 10) {
      edges {
        node {
          id
          listingSku
          tellings(first: 50) {
            id
            quantity
            toldAt
            cause
            outcome
            reason
            overwrote
          }
        }
      }
    }
  }
`);

export type Publication = PublicationRowFragment;
type Telling = TellingsQuery['publications']['edges'][number]['node']['tellings'][number];

/** Marks what a channel shows otherwise than it should. */
export function publicationTone({ refusedReason, failures }: Publication): Tone | undefined {
  if (refusedReason !== null) return 'bad';
  return failures > 0 ? 'warn' : undefined;
}

function PublicationState({ publication }: { publication: Publication }): ReactElement {
  const { refusedReason, failures, retryAt, wanted, told, wantedSince } = publication;
  if (refusedReason !== null && refusedReason !== undefined)
    return (
      <span className="stack-tight">
        <StatusBadge status="REFUSED" tone="bad" />
        <span className="muted small">{refusedReason}</span>
      </span>
    );
  if (failures > 0)
    return (
      <span className="row">
        <StatusBadge status="FAILING" tone="warn" label={`${failures} failed tries`} />
        <span className="muted small">
          again <RelativeTime at={retryAt} />
        </span>
      </span>
    );
  if (wanted === told) return <StatusBadge status="SHOWN" tone="ok" label="Shows it" />;
  return (
    <span className="row">
      <StatusBadge status="PENDING" tone="info" label="To be told" icon="clock" />
      <span className="muted small">
        since <RelativeTime at={wantedSince} />
      </span>
    </span>
  );
}

export const PUBLICATION_COLUMNS: readonly Column<Publication>[] = [
  {
    key: 'channel',
    title: 'Channel',
    phone: 'title',
    render: ({ channel }) => <Link to={channelPath(channel)}>{channel}</Link>,
  },
  { key: 'listing', title: 'Listing', render: ({ listingSku }) => <code>{listingSku}</code> },
  { key: 'wanted', title: 'Wanted', align: 'end', render: ({ wanted }) => <Quantity value={wanted} /> },
  { key: 'told', title: 'Told', align: 'end', render: ({ told }) => <Quantity value={told} none="not known" /> },
  { key: 'state', title: 'State', wrap: true, render: (publication) => <PublicationState publication={publication} /> },
  {
    key: 'since',
    title: 'Wanted since',
    phone: 'extra',
    render: ({ wantedSince }) => <RelativeTime at={wantedSince} />,
  },
  {
    key: 'toldAt',
    title: 'Accepted',
    phone: 'extra',
    render: ({ toldAt }) => <RelativeTime at={toldAt} none="never" />,
  },
];

const OUTCOME_TONE: Readonly<Record<Telling['outcome'], Tone>> = {
  ACCEPTED: 'ok',
  REFUSED: 'bad',
  FAILED: 'warn',
  PENDING: 'info',
};

const TELLING_COLUMNS: readonly Column<Telling>[] = [
  { key: 'at', title: 'When', phone: 'title', render: ({ toldAt }) => <Instant at={toldAt} /> },
  { key: 'quantity', title: 'Told', align: 'end', render: ({ quantity }) => <Quantity value={quantity} /> },
  {
    key: 'outcome',
    title: 'Outcome',
    render: ({ outcome }) => <StatusBadge status={outcome} tone={OUTCOME_TONE[outcome]} />,
  },
  {
    key: 'reason',
    title: 'Why',
    wrap: true,
    render: ({ reason, overwrote }) => (
      <>
        {reason}
        {overwrote !== null && overwrote !== undefined && <span className="muted"> It showed {overwrote} before.</span>}
      </>
    ),
  },
  { key: 'cause', title: 'After event', phone: 'extra', render: ({ cause }) => <code className="faint">{cause}</code> },
];

/** What a channel was told of a listing, the latest first. Open while there is a publication. */
export function TellingsDrawer({
  publication,
  onClose,
}: {
  publication: Publication | undefined;
  onClose: () => void;
}): ReactElement | null {
  if (publication === undefined) return null;
  return (
    <Drawer title={`What ${publication.channel} was told of ${publication.listingSku}`} open onClose={onClose}>
      <Tellings publication={publication} />
    </Drawer>
  );
}

function Tellings({ publication: { channel, sku, listingSku } }: { publication: Publication }): ReactElement {
  const read = useRead(TELLINGS, { channel, sku });
  const own = read.data?.publications.edges.find(({ node }) => node.listingSku === listingSku)?.node;
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="What the channel was told"
        columns={TELLING_COLUMNS}
        rows={read.data === undefined ? undefined : (own?.tellings ?? [])}
        keyOf={({ id }) => id}
        empty={<EmptyState title="Nothing was told yet" icon="clock" />}
      />
    </div>
  );
}
