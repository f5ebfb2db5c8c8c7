import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import type { AuditFilter, AuditPageQuery } from '../../generated/graphql.js';
import {
  Badge,
  Button,
  ClearFilters,
  CopyText,
  DataTable,
  Drawer,
  EmptyState,
  Facts,
  FilterSelect,
  Instant,
  Pagination,
  plainWords,
  SearchField,
  Toolbar,
  type Column,
} from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { DayField } from '../shared/day-field.js';
import { Trouble } from '../shared/loaded.js';
import { exceptionPath, orderPath } from '../shared/paths.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';

const AUDIT = graphql(`
  query AuditPage($filter: AuditFilter, $after: Cursor) {
    audits(filter: $filter, first: 50, after: $after) {
      edges {
        node {
          id
          at
          actor
          action
          subjectType
          subjectId
          input
          outcome
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Entry = AuditPageQuery['audits']['edges'][number]['node'];

const NO_FILTER = { actor: '', action: '', subjectType: '', subjectId: '', from: '', to: '' };
type Key = keyof typeof NO_FILTER;
type Values = Readonly<Record<Key, string>>;

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;
const EVERY_MS = 5_000;

/** Who did what by hand, and what came of it. */
export default function AuditPage(): ReactElement {
  const { values, set, clear, any } = useUrlState<Key>(NO_FILTER);
  const pages = useCursorPages();
  const [open, setOpen] = useState<Entry>();
  const read = useRead(AUDIT, { filter: filterOf(values), after: pages.after }, { everyMs: EVERY_MS });
  const rows = read.data?.audits.edges.map(({ node }) => node);
  return (
    <Page title="Audit">
      <div className="stack">
        <AuditToolbar values={values} any={any} onChange={set} onClear={clear} />
        <Trouble read={read} />
        <DataTable
          caption="What was done by hand, the latest first"
          columns={COLUMNS}
          rows={rows}
          keyOf={({ id }) => id}
          onOpen={setOpen}
          pageKeys
          stale={read.stale}
          empty={
            any ? (
              <EmptyState title="Nothing matches" action={<Button onClick={clear}>Clear the filters</Button>} />
            ) : (
              <EmptyState title="Nothing was done by hand yet" icon="check">
                Every action of a person, every look at personal data and every sign-in is kept here.
              </EmptyState>
            )
          }
        />
        <Pagination
          hasNext={read.data?.audits.pageInfo.hasNextPage ?? false}
          hasPrevious={pages.hasPrevious}
          busy={read.stale}
          onNext={() => pages.next(read.data?.audits.pageInfo.endCursor)}
          onPrevious={pages.previous}
        />
      </div>
      <EntryDrawer entry={open} onClose={() => setOpen(undefined)} />
    </Page>
  );
}

function filterOf(values: Values): AuditFilter {
  const { actor, action, subjectType, subjectId, from, to } = values;
  return {
    ...(actor === '' ? {} : { actor }),
    ...(action === '' ? {} : { action: action.toUpperCase().replaceAll(' ', '_') }),
    ...(subjectType === '' ? {} : { subjectType }),
    // The graph finds ids of a kind.
    ...(subjectId === '' || subjectType === '' ? {} : { subjectId }),
    ...(DAY.test(from) ? { from: `${from}T00:00:00.000Z` } : {}),
    ...(DAY.test(to) ? { to: new Date(Date.parse(to) + DAY_MS).toISOString() } : {}),
  };
}

interface ToolbarProps {
  readonly values: Values;
  readonly any: boolean;
  readonly onChange: (changes: Partial<Record<Key, string>>) => void;
  readonly onClear: () => void;
}

function AuditToolbar({ values, any, onChange, onClear }: ToolbarProps): ReactElement {
  return (
    <Toolbar label="Find entries of the audit">
      <SearchField
        label="Who"
        placeholder="Who: the whole name"
        value={values.actor}
        onSearch={(actor) => onChange({ actor })}
      />
      <SearchField
        label="What was done"
        placeholder="What was done: cancel"
        value={values.action}
        onSearch={(action) => onChange({ action })}
      />
      <FilterSelect
        label="To what"
        all="To anything"
        value={values.subjectType}
        options={subjectOptions(values.subjectType)}
        onChange={(subjectType) => onChange({ subjectType, subjectId: '' })}
      />
      {values.subjectType === '' ? null : (
        <SearchField
          label="Id"
          placeholder={`Id of the ${plainWords(values.subjectType).toLowerCase()}`}
          value={values.subjectId}
          onSearch={(subjectId) => onChange({ subjectId })}
        />
      )}
      <DayField label="From" shown="From" value={values.from} onChange={(from) => onChange({ from })} />
      <DayField label="To" shown="to" value={values.to} onChange={(to) => onChange({ to })} />
      <ClearFilters any={any} onClear={onClear} />
    </Toolbar>
  );
}

const SUBJECTS: readonly string[] = [
  'order',
  'exception',
  'message',
  'task',
  'replay',
  'drift-run',
  'operation-policy',
  'hold-rule',
  'sla',
  'sign-in',
];

function subjectOptions(chosen: string): readonly { readonly value: string; readonly label: string }[] {
  const all = chosen === '' || SUBJECTS.includes(chosen) ? SUBJECTS : [...SUBJECTS, chosen];
  return all.map((value) => ({ value, label: plainWords(value) }));
}

const COLUMNS: readonly Column<Entry>[] = [
  { key: 'at', title: 'When', render: ({ at }) => <Instant at={at} /> },
  {
    key: 'action',
    title: 'What',
    phone: 'title',
    render: ({ action }) => <strong>{plainWords(action)}</strong>,
  },
  {
    key: 'actor',
    title: 'Who',
    render: ({ actor }) => <Link to={`/audit?actor=${encodeURIComponent(actor)}`}>{actor}</Link>,
  },
  { key: 'subject', title: 'To', wrap: true, render: (entry) => <Subject entry={entry} /> },
  { key: 'outcome', title: 'Outcome', render: ({ outcome }) => <Outcome outcome={outcome} /> },
];

function Outcome({ outcome }: Pick<Entry, 'outcome'>): ReactElement {
  return <Badge tone={outcome === 'DONE' ? 'ok' : 'warn'}>{plainWords(outcome)}</Badge>;
}

/** Leads to what has a page of its own. */
function Subject({ entry: { subjectType, subjectId } }: { entry: Entry }): ReactElement {
  const { scopes } = useSession();
  const words = `${plainWords(subjectType)} ${subjectId.length > 24 ? `…${subjectId.slice(-12)}` : subjectId}`;
  const page = PAGES[subjectType];
  if (page === undefined || !scopes.has(page.scope)) return <span title={subjectId}>{words}</span>;
  return (
    <Link to={page.path(subjectId)} title={subjectId}>
      {words}
    </Link>
  );
}

interface SubjectPage {
  readonly scope: string;
  readonly path: (id: string) => string;
}

const PAGES: Readonly<Record<string, SubjectPage>> = {
  order: { scope: 'orders:read', path: orderPath },
  exception: { scope: 'exceptions:read', path: exceptionPath },
};

function EntryDrawer({ entry, onClose }: { entry: Entry | undefined; onClose: () => void }): ReactElement | null {
  if (entry === undefined) return null;
  const { id, at, actor, action, subjectType, subjectId, input, outcome } = entry;
  return (
    <Drawer title={plainWords(action)} open onClose={onClose}>
      <div className="stack">
        <Facts
          entries={[
            ['When', <Instant key="at" at={at} />],
            ['Who', actor],
            ['To what', <Subject key="subject" entry={entry} />],
            ['Kind', <code key="kind">{subjectType}</code>],
            ['Its id', <CopyText key="id" text={subjectId} what="id" />],
            ['Outcome', <Outcome key="outcome" outcome={outcome} />],
            ['Id of the entry', <CopyText key="entry" text={id} what="id of the entry" />],
          ]}
        />
        <h3>What was asked</h3>
        <pre className="code-block">{JSON.stringify(input, null, 2)}</pre>
        <p>
          <Link
            to={`/audit?subjectType=${encodeURIComponent(subjectType)}&subjectId=${encodeURIComponent(subjectId)}`}
            onClick={onClose}
          >
            All that was done to it
          </Link>
        </p>
      </div>
    </Drawer>
  );
}
