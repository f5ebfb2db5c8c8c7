import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import { EmptyState, Notice, plainWords, RelativeTime, Stat, StatGrid, Tabs, Trail, type Tab } from '../../ui/index.js';
import { BacklogView } from '../shared/backlog-view.js';
import { Loaded } from '../shared/loaded.js';
import { MessagesView } from '../shared/messages-view.js';
import { channelPath } from '../shared/paths.js';
import { FigureLink, HealthBadge, LongestWait, sumOf } from '../shared/systems.js';
import { TasksView } from '../shared/tasks-view.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { OperationsTab } from './operations-tab.js';
import { PauseSystem } from './pause-system.js';
import type { System } from './system.types.js';

const SYSTEM = graphql(`
  query System($name: String!) {
    system(name: $name) {
      name
      kind
      state
      reason
      since
      lastMessageAt
      openExceptions
      channels {
        id
        key
        name
      }
      backlog {
        kind
        waiting
        running
        deadLetters
        oldestReadyAt
      }
      operations {
        id
        system
        operation
        write
        tier
        timeoutMs
        concurrencyMax
        rate {
          name
          perSecond
          burst
          perAccount
          tokens
          pausedUntil
        }
        budgets {
          name
          perSecond
          burst
          perAccount
          tokens
          pausedUntil
        }
        breaker {
          state
          since
          lastError
          failures
          openMs
        }
        paused
        pausedReason
        changedBy
        changedAt
      }
    }
  }
`);

const START = { tab: 'operations' };
const EVERY_MS = 2_000;

/** One system outside: how it does, what the hub calls there, what waits, what came from it. */
export default function SystemPage(): ReactElement {
  const { name = '' } = useParams();
  return <SystemOf key={name} name={name} />;
}

function SystemOf({ name }: { name: string }): ReactElement {
  const { scopes } = useSession();
  const read = useRead(SYSTEM, { name }, { everyMs: EVERY_MS });
  const system = read.data?.system;
  const pauses = scopes.has('policies:write') && system !== null && system !== undefined;
  return (
    <Page title={name} aside={pauses && <PauseSystem system={system} onDone={read.again} />}>
      <Trail>
        <Link to="/systems">Channels and systems</Link>
        <span>{name}</span>
      </Trail>
      <Loaded read={read} lines={6}>
        {(data) =>
          data.system === null || data.system === undefined ? (
            <EmptyState title={`There is no system ${name}`} action={<Link to="/systems">All systems</Link>} />
          ) : (
            <SystemParts system={data.system} again={read.again} />
          )
        }
      </Loaded>
    </Page>
  );
}

function SystemParts({ system, again }: { system: System; again: () => void }): ReactElement {
  const { scopes } = useSession();
  const { values, set } = useUrlState(START);
  const sources = system.channels.length === 0 ? [system.name] : system.channels.map(({ key }) => key);
  const tabs: Tab[] = [
    {
      key: 'operations',
      title: 'Operations',
      count: system.operations.length,
      content: () => <OperationsTab operations={system.operations} again={again} />,
    },
  ];
  if (scopes.has('operations:read'))
    tabs.push(
      { key: 'backlog', title: 'Backlog', content: () => <BacklogView system={system.name} /> },
      { key: 'tasks', title: 'Tasks and dead letters', content: () => <TasksView system={system.name} /> },
      { key: 'messages', title: 'Last messages', content: () => <MessagesView sources={sources} /> },
    );
  return (
    <div className="stack">
      <SystemHead system={system} />
      <Tabs label={`System ${system.name}`} tabs={tabs} open={values.tab} onOpen={(tab) => set({ tab })} />
    </div>
  );
}

function SystemHead({ system }: { system: System }): ReactElement {
  const sum = sumOf(system.backlog);
  return (
    <div className="stack">
      <StatGrid>
        <Stat
          label={
            system.kind === null || system.kind === undefined ? 'Health' : `Health of the ${kindWords(system.kind)}`
          }
          value={<HealthBadge state={system.state} />}
          note={
            system.since === null || system.since === undefined ? undefined : (
              <>
                since <RelativeTime at={system.since} />
              </>
            )
          }
        />
        <Stat
          label={<FigureLink to="?tab=backlog">Waiting tasks</FigureLink>}
          value={sum.waiting.toLocaleString('en')}
        />
        <Stat label="Oldest due" value={<LongestWait at={sum.oldestReadyAt} />} />
        <Stat
          label={<FigureLink to="?tab=tasks">Dead letters</FigureLink>}
          value={sum.deadLetters.toLocaleString('en')}
          tone={sum.deadLetters > 0 ? 'bad' : 'ok'}
        />
        <Stat
          label="Open exceptions"
          value={system.openExceptions?.toLocaleString('en') ?? '–'}
          tone={(system.openExceptions ?? 0) > 0 ? 'warn' : 'ok'}
        />
        {system.lastMessageAt === null ? null : (
          <Stat label="Last message" value={<RelativeTime at={system.lastMessageAt} />} />
        )}
      </StatGrid>
      {system.reason !== null && system.reason !== undefined && (
        <Notice tone={system.state === 'DOWN' ? 'bad' : system.state === 'PAUSED' ? 'held' : 'warn'} icon="alert">
          {system.reason}
        </Notice>
      )}
      {system.channels.length > 0 && <Channels system={system} />}
    </div>
  );
}

function kindWords(kind: NonNullable<System['kind']>): string {
  const words = plainWords(kind);
  return words === kind ? words : words.toLowerCase();
}

function Channels({ system }: { system: System }): ReactElement {
  return (
    <p className="row muted">
      Connects
      {system.channels.map(({ key, name }) => (
        <Link key={key} to={channelPath(key)}>
          {name}
        </Link>
      ))}
    </p>
  );
}
