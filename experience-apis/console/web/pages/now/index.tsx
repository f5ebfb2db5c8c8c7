import type { ReactElement } from 'react';
import { useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Page } from '../../app/page.js';
import { troubleOf } from '../../app/trouble.js';
import { useSession } from '../../auth/session.js';
import {
  Card,
  ErrorState,
  FilterSelect,
  Quantity,
  RelativeTime,
  Skeleton,
  Stat,
  StatGrid,
  Tabs,
} from '../../ui/index.js';
import { FLOW, type Flow } from './flow.documents.js';
import { FlowPicture } from './flow-picture.js';
import { FlowTable } from './flow-table.js';
import { Jams } from './jams.js';
import { LatestOrders } from './latest-orders.js';
import './now.css';
import { OpenExceptions } from './open-exceptions.js';
import { StandingAlerts } from './standing-alerts.js';
import { useFlow } from './use-flow.js';

/** Where orders are, what jams, and what waits for a person: as it is now. */
export default function NowPage(): ReactElement {
  const { scopes } = useSession();
  return (
    <Page title="Now">
      {scopes.has('kpi:read') ? <FlowCard /> : null}
      <div className="now-below">
        {scopes.has('exceptions:read') ? (
          <div className="stack">
            <StandingAlerts />
            <OpenExceptions />
          </div>
        ) : null}
        {scopes.has('orders:read') ? <LatestOrders /> : null}
      </div>
    </Page>
  );
}

function FlowCard(): ReactElement {
  const [search, setSearch] = useSearchParams();
  const channel = search.get('channel') ?? undefined;
  const view = search.get('view') ?? 'picture';
  const { flow, error, readAgain } = useFlow(channel);
  const [{ data: all }] = useQuery({ query: FLOW });
  const set = (name: string, value: string): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  const channels = (all?.flow.channels ?? []).map(({ channel: key, name }) => ({ value: key, label: name }));
  return (
    <Card
      title="Flow of orders"
      about={
        flow === undefined ? (
          'From the channel to the confirmation.'
        ) : (
          <>
            As of <RelativeTime at={flow.asOf} />.
          </>
        )
      }
      actions={
        <FilterSelect
          label="Channel"
          all="All channels"
          value={channel ?? ''}
          options={channels}
          onChange={(value) => set('channel', value)}
        />
      }
    >
      {error === undefined ? null : <ErrorState {...troubleOf(error)} onRetry={readAgain} />}
      {flow === undefined ? (
        <Skeleton height="17rem" />
      ) : (
        <div className="stack">
          <Totals flow={flow} />
          <Tabs
            label="How to show the flow"
            open={view}
            onOpen={(key) => set('view', key === 'picture' ? '' : key)}
            tabs={[
              { key: 'picture', title: 'Picture', content: () => <FlowPicture flow={flow} channel={channel} /> },
              { key: 'table', title: 'Table', content: () => <FlowTable flow={flow} channel={channel} /> },
            ]}
          />
          <Jams flow={flow} channel={channel} />
        </div>
      )}
    </Card>
  );
}

function Totals({ flow }: { readonly flow: Flow }): ReactElement {
  const inWork = total(flow.stages, ({ orders }) => orders);
  const late = total(flow.stages, ({ overdue }) => overdue);
  const waiting = total(flow.stages, ({ tasksWaiting }) => tasksWaiting);
  const perMinute = total(flow.channels, ({ acceptedLastMinute }) => acceptedLastMinute);
  const perHour = total(flow.channels, ({ acceptedLastHour }) => acceptedLastHour);
  return (
    <StatGrid plain>
      <Stat label="In work" value={<Quantity value={inWork} />} unit="orders" />
      <Stat
        label="Accepted"
        value={<Quantity value={perMinute} />}
        unit="in a minute"
        note={`${perHour.toLocaleString('en')} in the last hour`}
      />
      <Stat
        label="Late"
        value={<Quantity value={late} />}
        unit="orders"
        tone={late > 0 ? 'bad' : 'neutral'}
        note={late > 0 ? 'longer than their SLA clocks allow' : 'every step is in time'}
      />
      <Stat label="Outside work" value={<Quantity value={waiting} />} unit="tasks" note="waiting or running" />
    </StatGrid>
  );
}

function total<Part>(parts: readonly Part[], of: (part: Part) => number): number {
  return parts.reduce((sum, part) => sum + of(part), 0);
}
