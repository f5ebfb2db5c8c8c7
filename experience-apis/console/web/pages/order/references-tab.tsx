import type { ReactElement } from 'react';
import { CopyText, DataTable, EmptyState, plainWords, type Column } from '../../ui/index.js';
import type { PageOrder } from './order.documents.js';

type Reference = PageOrder['crossReferences'][number];

/** What other systems call the order and its parts. */
export function ReferencesTab({ order }: { order: PageOrder }): ReactElement {
  return (
    <DataTable
      caption="Ids that other systems have for the order and its parts"
      columns={columnsFor(order)}
      rows={order.crossReferences.filter(({ system }) => system !== 'hub')}
      keyOf={({ system, kind, outsideId }) => `${system} ${kind} ${outsideId}`}
      empty={<EmptyState title="No other system knows it yet" />}
    />
  );
}

function columnsFor(order: PageOrder): readonly Column<Reference>[] {
  return [
    { key: 'system', title: 'System', phone: 'title', render: ({ system }) => system },
    { key: 'kind', title: 'Is there', render: ({ kind }) => plainWords(kind) },
    {
      key: 'id',
      title: 'Id there',
      wrap: true,
      render: ({ outsideId, kind }) => <CopyText text={outsideId} what={`id of the ${kind}`} />,
    },
    { key: 'part', title: 'Of', render: (reference) => partOf(order, reference) },
  ];
}

function partOf({ lines, fulfillmentOrders }: PageOrder, { hubKind, hubId }: Reference): string {
  const line = lines.find(({ id }) => id === hubId);
  if (line !== undefined) return `Line ${line.number}`;
  const work = fulfillmentOrders.find(({ id }) => id === hubId);
  return work === undefined ? plainWords(hubKind) : `Work ${work.number} at ${work.node}`;
}
