import { useState, type ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import { DataTable, EmptyState } from '../../ui/index.js';
import { Trouble } from '../shared/loaded.js';
import { PUBLICATION_COLUMNS, publicationTone, TellingsDrawer, type Publication } from '../shared/publications.js';
import { useRead } from '../shared/use-read.js';

const PUBLICATIONS = graphql(`
  query PublicationsOfItem($sku: String!) {
    publications(sku: $sku, first: 100) {
      edges {
        node {
          id
          ...PublicationRow
        }
      }
    }
  }
`);

const EVERY_MS = 5_000;

/** What each channel should show of the item, and what it was told. */
export function PublicationsTab({ sku }: { sku: string }): ReactElement {
  const [open, setOpen] = useState<Publication>();
  const read = useRead(PUBLICATIONS, { sku }, { everyMs: EVERY_MS });
  return (
    <div className="stack">
      <Trouble read={read} />
      <DataTable
        caption="What channels should show and were told"
        columns={PUBLICATION_COLUMNS}
        rows={read.data?.publications.edges.map(({ node }) => node)}
        keyOf={({ channel, listingSku }) => `${channel} ${listingSku}`}
        onOpen={setOpen}
        toneOf={publicationTone}
        pageKeys
        empty={<EmptyState title="No channel sells it">A listing has to be mapped to the item first.</EmptyState>}
      />
      <TellingsDrawer publication={open} onClose={() => setOpen(undefined)} />
    </div>
  );
}
