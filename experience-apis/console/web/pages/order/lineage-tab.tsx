import { useState, type ReactElement } from 'react';
import { CopyText, DataTable, EmptyState, Instant, plainWords, SearchField, type Column } from '../../ui/index.js';
import { Trouble } from '../shared/loaded.js';
import { useRead } from '../shared/use-read.js';
import { ORDER_LINEAGE, type OrderOrigin } from './records.documents.js';

/** For each value of the order: which fact of which system set it. */
export function LineageTab({ id }: { id: string }): ReactElement {
  const [wanted, setWanted] = useState('');
  const read = useRead(ORDER_LINEAGE, { id, pointers: null });
  const rows = read.data?.order?.lineage.filter(
    ({ pointer, source }) => wanted === '' || `${pointer} ${source}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  return (
    <div className="stack">
      <SearchField
        label="Value or system"
        placeholder="Value or system: erp, shipped …"
        value={wanted}
        onSearch={setWanted}
      />
      <Trouble read={read} />
      <DataTable
        caption="Who set the values of the order, the latest first"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ pointer }) => pointer}
        stale={read.stale}
        empty={<EmptyState title="No value matches" />}
      />
    </div>
  );
}

const COLUMNS: readonly Column<OrderOrigin>[] = [
  {
    key: 'pointer',
    title: 'Value',
    phone: 'title',
    wrap: true,
    render: ({ pointer }) => <code className="wrap-anywhere">{pointer}</code>,
  },
  {
    key: 'value',
    title: 'Is',
    wrap: true,
    render: ({ value }) => <code className="wrap-anywhere">{shown(value)}</code>,
  },
  { key: 'source', title: 'Set by', render: ({ source }) => source },
  { key: 'event', title: 'With', render: ({ event }) => plainWords(event.type) },
  { key: 'since', title: 'Since', render: ({ since }) => <Instant at={since} /> },
  {
    key: 'fact',
    title: 'Fact',
    wrap: true,
    phone: 'extra',
    render: ({ factId }) => <CopyText text={factId} shown={`…${factId.slice(-16)}`} what="fact id" />,
  },
];

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
