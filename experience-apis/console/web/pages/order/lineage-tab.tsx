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
      <div className="order-search">
        <SearchField label="Value or system" placeholder="Value or system: erp …" value={wanted} onSearch={setWanted} />
      </div>
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
    width: '50%',
    render: ({ pointer, value }) => (
      <span>
        <code className="order-value">{pointer}</code>
        <span className="exception-sentence order-value">{shown(value)}</span>
      </span>
    ),
  },
  {
    key: 'source',
    title: 'Set by',
    wrap: true,
    render: ({ source, event, factId }) => (
      <span>
        {source} <CopyText text={factId} shown="fact" what="fact id" />
        <span className="exception-sentence">{plainWords(event.type)}</span>
      </span>
    ),
  },
  { key: 'since', title: 'Since', render: ({ since }) => <Instant at={since} /> },
];

const SHOWN_CHARS_MAX = 120;

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'gone';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}
