import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';
import { graphql } from '../../generated/index.js';
import { DataTable, EmptyState, Pagination, type Column } from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { itemPath } from '../shared/paths.js';
import { PUBLICATION_COLUMNS, publicationTone, TellingsDrawer, type Publication } from '../shared/publications.js';
import { useRead } from '../shared/use-read.js';

const PUBLICATIONS = graphql(`
  query PublicationsOfChannel($channel: String!, $after: Cursor) {
    publications(channel: $channel, first: 25, after: $after) {
      edges {
        node {
          id
          ...PublicationRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const EVERY_MS = 5_000;

/** What the channel should show of each listing, and what it was told. */
export function ChannelPublications({ channel }: { channel: string }): ReactElement {
  const pages = useCursorPages();
  const [open, setOpen] = useState<Publication>();
  const read = useRead(PUBLICATIONS, { channel, after: pages.after }, { everyMs: EVERY_MS });
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="What the channel should show and was told"
        columns={COLUMNS}
        rows={read.data?.publications.edges.map(({ node }) => node)}
        keyOf={({ listingSku, sku }) => `${listingSku} ${sku}`}
        onOpen={setOpen}
        toneOf={publicationTone}
        pageKeys
        stale={read.stale}
        empty={<EmptyState title="Nothing is published there">Listings have to be mapped to items first.</EmptyState>}
      />
      <Pagination
        hasNext={read.data?.publications.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        onNext={() => pages.next(read.data?.publications.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
      <TellingsDrawer publication={open} onClose={() => setOpen(undefined)} />
    </div>
  );
}

const ITEM: Column<Publication> = {
  key: 'item',
  title: 'Item',
  render: ({ sku }) => <Link to={itemPath(sku)}>{sku}</Link>,
};

const COLUMNS: readonly Column<Publication>[] = PUBLICATION_COLUMNS.map((column) => {
  if (column.key === 'channel') return ITEM;
  return column.key === 'listing' ? { ...column, phone: 'title' as const } : column;
});
