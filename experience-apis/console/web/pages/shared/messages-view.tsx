import { useState, type ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import type { MessageStatus } from '../../generated/graphql.js';
import {
  ClearFilters,
  DataTable,
  EmptyState,
  FilterSelect,
  Pagination,
  plainWords,
  RelativeTime,
  SearchField,
  StatusBadge,
  Toolbar,
  type Column,
} from '../../ui/index.js';
import type { Message } from './records.types.js';
import { useCursorPages } from './cursor-pages.js';
import { Trouble } from './loaded.js';
import { MessageDrawer } from './message-drawer.js';
import { MESSAGE_TONE } from './systems.js';
import { useUrlState } from './url-state.js';
import { useRead } from './use-read.js';

const MESSAGES = graphql(`
  query Messages($filter: MessageFilter, $after: Cursor) {
    messages(filter: $filter, first: 25, after: $after) {
      edges {
        node {
          id
          source
          topic
          externalId
          receivedAt
          status
          reason
          detail
          pointer
          subjects
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const STATUSES: readonly MessageStatus[] = ['REFUSED', 'PARKED', 'COMMITTED', 'IGNORED', 'DISMISSED'];
const START = { status: '', source: '', subject: '', topic: '' };
const EVERY_MS = 5_000;

interface MessagesViewProps {
  /** These senders alone: channel accounts or systems. */
  readonly sources?: readonly string[];
}

/** Messages as they came in, and what became of them. */
export function MessagesView({ sources }: MessagesViewProps): ReactElement {
  const { values, set, clear, any } = useUrlState(START);
  const pages = useCursorPages();
  const [open, setOpen] = useState<Message>();
  const from = sources ?? (values.source === '' ? undefined : [values.source]);
  const filter = {
    ...(from === undefined ? {} : { sources: [...from] }),
    ...(values.status === '' ? {} : { statuses: [values.status as MessageStatus] }),
    ...(values.subject === '' ? {} : { subject: values.subject }),
    ...(values.topic === '' ? {} : { topic: values.topic }),
  };
  const read = useRead(MESSAGES, { filter, after: pages.after }, { everyMs: EVERY_MS });
  return (
    <div className="stack">
      <Toolbar label="Find messages">
        <SearchField
          label="About"
          placeholder="channel/reference, order/id"
          value={values.subject}
          onSearch={(subject) => set({ subject })}
        />
        <SearchField
          label="Topic"
          placeholder="Topic, whole"
          value={values.topic}
          onSearch={(topic) => set({ topic })}
        />
        {sources === undefined && (
          <SearchField
            label="From"
            placeholder="Channel or system, whole"
            value={values.source}
            onSearch={(source) => set({ source })}
          />
        )}
        <FilterSelect
          label="What became of them"
          all="Whatever became of them"
          value={values.status}
          options={STATUSES.map((status) => ({ value: status, label: plainWords(status) }))}
          onChange={(status) => set({ status })}
        />
        <ClearFilters any={any} onClear={clear} />
      </Toolbar>
      <Trouble read={read} />
      <DataTable
        caption="Messages, the latest first"
        columns={COLUMNS}
        rows={read.data?.messages.edges.map(({ node }) => node)}
        keyOf={({ id }) => id}
        onOpen={setOpen}
        toneOf={({ status }) => (status === 'REFUSED' ? 'bad' : status === 'PARKED' ? 'warn' : undefined)}
        pageKeys
        stale={read.stale}
        empty={<EmptyState title={any ? 'No message matches' : 'No message has come yet'} />}
      />
      <Pagination
        hasNext={read.data?.messages.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        busy={read.stale}
        onNext={() => pages.next(read.data?.messages.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
      <MessageDrawer message={open} onClose={() => setOpen(undefined)} onDone={read.again} />
    </div>
  );
}

const COLUMNS: readonly Column<Message>[] = [
  { key: 'received', title: 'Came', render: ({ receivedAt }) => <RelativeTime at={receivedAt} /> },
  { key: 'source', title: 'From', render: ({ source }) => source },
  { key: 'topic', title: 'Topic', phone: 'title', render: ({ topic }) => <code>{topic}</code> },
  {
    key: 'status',
    title: 'Became',
    render: ({ status }) => <StatusBadge status={status} tone={MESSAGE_TONE[status]} />,
  },
  { key: 'why', title: 'Why', wrap: true, phone: 'words', render: ({ detail, reason }) => detail ?? reason },
  {
    key: 'about',
    title: 'About',
    phone: 'extra',
    render: ({ subjects: [first, ...others] }) => (
      <span className="muted">
        {first}
        {others.length > 0 && ` and ${others.length} more`}
      </span>
    ),
  },
];
