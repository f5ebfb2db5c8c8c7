import { useState, type ReactElement } from 'react';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import type { DriftRunsQuery } from '../../generated/graphql.js';
import {
  Badge,
  Button,
  ClearFilters,
  DataTable,
  Duration,
  EmptyState,
  FilterSelect,
  plainWords,
  Pagination,
  Quantity,
  RelativeTime,
  Toolbar,
  type Column,
} from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Trouble } from '../shared/loaded.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { AccuracyCard } from './accuracy-card.js';
import { DriftDrawer } from './drift-drawer.js';
import { DRIFT_SYSTEMS, isDriftSystem } from './drift-systems.js';
import { RunOutcome } from './run-outcome.js';
import { StartDriftRun } from './start-drift-run.js';

const RUNS = graphql(`
  query DriftRuns($filter: DriftFilter, $after: Cursor) {
    driftRuns(filter: $filter, first: 25, after: $after) {
      edges {
        node {
          id
          system
          subject
          trigger
          startedAt
          finishedAt
          compared
          equal
          unitsCompared
          unitsOff
          error
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    fulfillmentNodes {
      id
      key
      name
    }
    channels {
      id
      key
      name
    }
  }
`);

const START = { system: '', subject: '', run: '' };
const EVERY_MS = 5_000;

type Run = DriftRunsQuery['driftRuns']['edges'][number]['node'];

/** Comparisons with what warehouses, the ERP and channels count, and how right the inventory is by them. */
export function DriftView(): ReactElement {
  const { scopes } = useSession();
  const { values, set, clear } = useUrlState(START);
  const pages = useCursorPages();
  const [starting, setStarting] = useState(false);
  const filter = {
    ...(isDriftSystem(values.system) ? { system: values.system } : {}),
    ...(values.subject === '' ? {} : { subject: values.subject }),
  };
  const read = useRead(RUNS, { filter, after: pages.after }, { everyMs: EVERY_MS });
  return (
    <div className="stack">
      <Filters
        values={values}
        subjects={[...(read.data?.fulfillmentNodes ?? []), ...(read.data?.channels ?? [])]}
        onChange={set}
        onClear={clear}
        onStart={scopes.has('operations:write') ? () => setStarting(true) : undefined}
      />
      <Trouble read={read} />
      <AccuracyCard filter={filter} />
      <DataTable
        caption="Comparisons, the latest first"
        columns={COLUMNS}
        rows={read.data?.driftRuns.edges.map(({ node }) => node)}
        keyOf={({ id }) => id}
        onOpen={({ id }) => set({ run: id })}
        toneOf={toneOf}
        pageKeys
        stale={read.stale}
        empty={
          <EmptyState title="No comparison yet">
            The hub compares by itself at set times; you can also ask for one now.
          </EmptyState>
        }
      />
      <Pagination
        hasNext={read.data?.driftRuns.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        onNext={() => pages.next(read.data?.driftRuns.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
      <DriftDrawer runId={values.run} onClose={() => set({ run: '' })} />
      {starting && (
        <StartDriftRun
          nodes={read.data?.fulfillmentNodes ?? []}
          channels={read.data?.channels ?? []}
          onClose={() => setStarting(false)}
          onStarted={(run) => {
            setStarting(false);
            set({ run });
            read.again();
          }}
        />
      )}
    </div>
  );
}

interface FiltersProps {
  readonly values: { readonly system: string; readonly subject: string };
  readonly subjects: readonly { readonly key: string; readonly name: string }[];
  readonly onChange: (values: { system?: string; subject?: string }) => void;
  readonly onClear: () => void;
  readonly onStart: (() => void) | undefined;
}

function Filters({ values, subjects, onChange, onClear, onStart }: FiltersProps): ReactElement {
  return (
    <Toolbar
      label="Find comparisons"
      end={
        onStart !== undefined && (
          <Button icon="play" onClick={onStart}>
            Compare now…
          </Button>
        )
      }
    >
      <FilterSelect
        label="With"
        all="With all systems"
        value={values.system}
        options={DRIFT_SYSTEMS}
        onChange={(system) => onChange({ system })}
      />
      <FilterSelect
        label="Node or channel"
        all="All nodes and channels"
        value={values.subject}
        options={subjects.map(({ key, name }) => ({ value: key, label: name }))}
        onChange={(subject) => onChange({ subject })}
      />
      <ClearFilters any={values.system !== '' || values.subject !== ''} onClear={onClear} />
    </Toolbar>
  );
}

function toneOf({ error, compared, equal }: Run): 'bad' | 'warn' | undefined {
  if (error !== null) return 'bad';
  return compared > equal ? 'warn' : undefined;
}

const COLUMNS: readonly Column<Run>[] = [
  { key: 'subject', title: 'Node or channel', phone: 'title', render: ({ subject }) => subject },
  { key: 'system', title: 'With', render: ({ system }) => <Badge>{plainWords(system)}</Badge> },
  { key: 'outcome', title: 'Outcome', render: (run) => <RunOutcome run={run} /> },
  { key: 'compared', title: 'Compared', align: 'end', render: ({ compared }) => <Quantity value={compared} /> },
  {
    key: 'unitsOff',
    title: 'Units off',
    align: 'end',
    render: ({ unitsOff }) => <Quantity value={unitsOff} quietZero />,
  },
  { key: 'trigger', title: 'Why', phone: 'extra', render: ({ trigger }) => plainWords(trigger) },
  { key: 'startedAt', title: 'Began', render: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  {
    key: 'took',
    title: 'Took',
    align: 'end',
    phone: 'extra',
    render: ({ startedAt, finishedAt }) => (
      <Duration
        ms={finishedAt === null || finishedAt === undefined ? null : Date.parse(finishedAt) - Date.parse(startedAt)}
      />
    ),
  },
];
