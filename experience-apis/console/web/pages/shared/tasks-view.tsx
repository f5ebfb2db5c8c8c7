import { useState, type ReactElement } from 'react';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import type { TaskState } from '../../generated/graphql.js';
import { ClearFilters, DataTable, EmptyState, FilterSelect, Pagination, plainWords, Toolbar } from '../../ui/index.js';
import type { Task } from './records.types.js';
import { useCursorPages } from './cursor-pages.js';
import { Trouble } from './loaded.js';
import { TaskActions } from './task-actions.js';
import { TASK_COLUMNS } from './task-columns.js';
import { TaskDrawer } from './task-drawer.js';
import { useUrlState } from './url-state.js';
import { useRead } from './use-read.js';

const TASKS = graphql(`
  query Tasks($filter: TaskFilter, $after: Cursor) {
    tasks(filter: $filter, first: 25, after: $after) {
      edges {
        node {
          id
          kind
          key
          state
          attempts
          orderId
          order {
            id
            channel
            reference
          }
          createdAt
          startAfter
          startedAt
          finishedAt
          lastError
          payload
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    taskBacklog {
      kind
      system
    }
  }
`);

const STATES: readonly TaskState[] = ['DEAD', 'RETRYING', 'WAITING', 'RUNNING', 'DONE'];
const START = { state: 'DEAD', kind: '' };
const EVERY_MS = 5_000;

/** Tasks; dead letters first, for they need a person. Of one system where there is a name. */
export function TasksView({ system }: { system?: string }): ReactElement {
  const { scopes } = useSession();
  const { values, set, clear, any } = useUrlState(START);
  const pages = useCursorPages();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<Task>();
  const own = useKindsOf(system);
  const kinds = values.kind === '' ? own : [values.kind];
  const filter = {
    ...(values.state === 'ALL' ? {} : { states: [values.state as TaskState] }),
    ...(kinds === undefined ? {} : { kinds: [...kinds] }),
  };
  const read = useRead(TASKS, { filter, after: pages.after }, { everyMs: EVERY_MS });
  const rows = read.data?.tasks.edges.map(({ node }) => node);
  const done = (): void => {
    setChosen(new Set());
    read.again();
  };
  const acts = scopes.has('operations:write') && values.state === 'DEAD';
  const actions = { ids: [...chosen].filter((id) => rows?.some((row) => row.id === id)), onDone: done };
  return (
    <div className="stack">
      <TaskFilters
        values={values}
        any={any}
        kinds={own ?? read.data?.taskBacklog.map(({ kind }) => kind) ?? []}
        onChange={set}
        onClear={clear}
      />
      <Trouble read={read} />
      <DataTable
        caption="Tasks"
        columns={TASK_COLUMNS}
        rows={rows}
        keyOf={({ id }) => id}
        onOpen={setOpen}
        pageKeys
        stale={read.stale}
        selection={
          acts
            ? {
                chosen,
                onChange: setChosen,
                nameOf: ({ kind, key }) => `${kind} ${key}`,
                actions: <TaskActions {...actions} />,
              }
            : undefined
        }
        empty={<NoTasks state={values.state} />}
      />
      <Pagination
        hasNext={read.data?.tasks.pageInfo.hasNextPage ?? false}
        hasPrevious={pages.hasPrevious}
        busy={read.stale}
        onNext={() => pages.next(read.data?.tasks.pageInfo.endCursor)}
        onPrevious={pages.previous}
      />
      <TaskDrawer task={open} onClose={() => setOpen(undefined)} onDone={done} />
    </div>
  );
}

const KINDS = graphql(`
  query TaskKinds {
    taskBacklog {
      kind
      system
    }
  }
`);

/** The kinds of task that call a system; undefined for all systems. */
function useKindsOf(system: string | undefined): readonly string[] | undefined {
  const read = useRead(KINDS, {}, { pause: system === undefined });
  if (system === undefined) return undefined;
  return read.data?.taskBacklog.filter((backlog) => backlog.system === system).map(({ kind }) => kind) ?? [];
}

interface TaskFiltersProps {
  readonly values: { readonly state: string; readonly kind: string };
  readonly any: boolean;
  readonly kinds: readonly string[];
  readonly onChange: (changes: { state?: string; kind?: string }) => void;
  readonly onClear: () => void;
}

function TaskFilters({ values, any, kinds, onChange, onClear }: TaskFiltersProps): ReactElement {
  return (
    <Toolbar label="Find tasks">
      <FilterSelect
        label="State"
        all="In any state"
        value={values.state === 'ALL' ? '' : values.state}
        options={STATES.map((state) => ({
          value: state,
          label: state === 'DEAD' ? 'Dead letters' : plainWords(state),
        }))}
        onChange={(state) => onChange({ state: state === '' ? 'ALL' : state })}
      />
      <FilterSelect
        label="Kind of task"
        all="All kinds"
        value={values.kind}
        options={kinds.map((kind) => ({ value: kind, label: kind }))}
        onChange={(kind) => onChange({ kind })}
      />
      <ClearFilters any={any} onClear={onClear} />
    </Toolbar>
  );
}

function NoTasks({ state }: { state: string }): ReactElement {
  if (state === 'DEAD')
    return (
      <EmptyState title="There are no dead letters" icon="check">
        Everything that failed is tried again by itself.
      </EmptyState>
    );
  return <EmptyState title="No such task is kept">What is done is kept for an hour.</EmptyState>;
}
