import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';
import { graphql } from '../../generated/index.js';
import type { DriftOfRunQuery } from '../../generated/graphql.js';
import {
  Badge,
  DataTable,
  Drawer,
  EmptyState,
  Facts,
  Instant,
  Notice,
  Pagination,
  plainWords,
  Quantity,
  type Column,
  type Tone,
} from '../../ui/index.js';
import { Loaded } from '../shared/loaded.js';
import { itemPath, positionPath } from '../shared/paths.js';
import { useRead } from '../shared/use-read.js';
import { RunOutcome } from './run-outcome.js';

const RUN = graphql(`
  query DriftOfRun($id: ID!, $after: Cursor) {
    node(id: $id) {
      id
      ... on DriftRun {
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
        drifts(first: 50, after: $after) {
          edges {
            node {
              key
              ours
              theirs
              explanation
              detail
              healing
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);

type Run = Extract<NonNullable<DriftOfRunQuery['node']>, { __typename: 'DriftRun' }>;
type Drift = Run['drifts']['edges'][number]['node'];

const EVERY_MS = 2_000;

/** One comparison: what differs, why, and what is done about it. Open while `runId` is not empty. */
export function DriftDrawer({ runId, onClose }: { runId: string; onClose: () => void }): ReactElement | null {
  if (runId === '') return null;
  return (
    <Drawer title="Comparison" open onClose={onClose}>
      <RunDetails key={runId} id={runId} />
    </Drawer>
  );
}

function RunDetails({ id }: { id: string }): ReactElement {
  const [after, setAfter] = useState<readonly string[]>([]);
  const [over, setOver] = useState(false);
  const read = useRead(RUN, { id, after: after.at(-1) ?? null }, over ? {} : { everyMs: EVERY_MS });
  const run = read.data?.node?.__typename === 'DriftRun' ? read.data.node : undefined;
  const ended = run !== undefined && (run.finishedAt !== null || run.error !== null);
  if (ended !== over) setOver(ended);
  return (
    <Loaded read={read}>
      {() =>
        run === undefined ? (
          <EmptyState title="This comparison is not kept any more" />
        ) : (
          <div className="stack">
            <RunHead run={run} />
            <DataTable
              caption="Differences"
              columns={columnsFor(run)}
              rows={run.drifts.edges.map(({ node }) => node)}
              keyOf={({ key }) => key}
              stale={read.stale}
              empty={
                <EmptyState
                  title={ended ? 'Everything agrees' : 'Nothing differs so far'}
                  icon={ended ? 'check' : 'clock'}
                />
              }
            />
            <Pagination
              hasNext={run.drifts.pageInfo.hasNextPage}
              hasPrevious={after.length > 0}
              onNext={() => setAfter([...after, run.drifts.pageInfo.endCursor ?? ''])}
              onPrevious={() => setAfter(after.slice(0, -1))}
            />
          </div>
        )
      }
    </Loaded>
  );
}

function RunHead({ run }: { run: Run }): ReactElement {
  return (
    <>
      <Facts
        entries={[
          ['Compared', `${run.subject} with ${run.system === 'CHANNEL' ? 'what the channel shows' : run.system}`],
          ['Outcome', <RunOutcome key="outcome" run={run} />],
          ['Why', plainWords(run.trigger)],
          ['Began', <Instant key="began" at={run.startedAt} />],
          ['Ended', <Instant key="ended" at={run.finishedAt} none="goes on" />],
          ['Agree', `${run.equal.toLocaleString('en')} of ${run.compared.toLocaleString('en')}`],
          ['Units off', `${run.unitsOff.toLocaleString('en')} of ${run.unitsCompared.toLocaleString('en')}`],
        ]}
      />
      {run.error !== null && run.error !== undefined && (
        <Notice tone="bad" icon="stop">
          {run.error}
        </Notice>
      )}
    </>
  );
}

const TONE_OF: Readonly<Record<Drift['explanation'], Tone>> = {
  IN_FLIGHT: 'info',
  MISSED_EVENT: 'warn',
  CHANGED_OUTSIDE: 'held',
  UNKNOWN: 'bad',
};

function columnsFor({ system, subject }: Run): readonly Column<Drift>[] {
  return [
    {
      key: 'key',
      title: system === 'CHANNEL' ? 'Listing' : 'Item',
      phone: 'title',
      render: ({ key }) =>
        system === 'CHANNEL' ? (
          <code>{key}</code>
        ) : (
          <Link to={system === 'WMS' ? positionPath(key, subject) : itemPath(key)}>{key}</Link>
        ),
    },
    { key: 'ours', title: 'Hub', align: 'end', render: ({ ours }) => <Quantity value={ours} /> },
    { key: 'theirs', title: 'There', align: 'end', render: ({ theirs }) => <Quantity value={theirs} none="unknown" /> },
    {
      key: 'off',
      title: 'Off',
      align: 'end',
      render: ({ ours, theirs }) => (
        <Quantity value={theirs === null || theirs === undefined ? null : theirs - ours} signed />
      ),
    },
    {
      key: 'why',
      title: 'Why, and what is done',
      wrap: true,
      render: ({ explanation, detail, healing }) => (
        <span className="stack-tight">
          <span className="row">
            <Badge tone={TONE_OF[explanation]}>{plainWords(explanation)}</Badge>
            {healing !== 'NONE' && <Badge>{plainWords(healing)}</Badge>}
          </span>
          <span className="muted">{detail}</span>
        </span>
      ),
    },
  ];
}
