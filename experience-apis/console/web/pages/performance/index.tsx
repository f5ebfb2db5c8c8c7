import { useEffect, useReducer, type ReactElement } from 'react';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import type { Kpi } from '../../generated/graphql.js';
import { useLive } from '../../live/use-live.js';
import { ClearFilters, FilterSelect, Toolbar, useClock } from '../../ui/index.js';
import { Trouble } from '../shared/loaded.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { useThrottled } from '../shared/use-throttled.js';
import { dayBefore, SPANS } from '../shared/days.js';
import { KPI_MOVED, PLACES_OF_KPIS, TRENDS_OF_ORDERS, TRENDS_OF_THE_REST } from './kpi.documents.js';
import { KpiCard } from './kpi-card.js';
import { KpiTiles, type Trend } from './kpi-tiles.js';

const START = { kpi: 'ORDER_ACCEPTANCE_LAG', days: '30', channel: '', node: '', by: 'DAY' };
/** Points move with each order: they are read anew this often at most. */
const READ_AGAIN_MS = 2_000;

/** The KPIs over time: all at a glance, one in full. */
export default function PerformancePage(): ReactElement {
  const { values, set, clear } = useUrlState(START);
  const today = useClock((now) => dayBefore(now, 0));
  const span = SPANS.find((days) => String(days) === values.days) ?? 30;
  const channel = values.channel === '' ? null : values.channel;
  const version = useKpiVersion(channel);
  const trends = useTrends(dayBefore(Date.parse(today), 2 * span - 1), channel, version);
  const { channels, nodes } = usePlaces();
  return (
    <Page title="Performance">
      <Toolbar label="Which figures">
        <FilterSelect
          label="Time"
          all="Last 30 days"
          value={values.days === '30' ? '' : values.days}
          options={SPANS.filter((days) => days !== 30).map((days) => ({
            value: String(days),
            label: `Last ${days} days`,
          }))}
          onChange={(days) => set({ days: days === '' ? '30' : days })}
        />
        <FilterSelect
          label="Channel"
          all="All channels"
          value={values.channel}
          options={channels}
          onChange={(key) => set({ channel: key })}
        />
        <ClearFilters any={values.days !== START.days || values.channel !== ''} onClear={clear} />
      </Toolbar>
      <Trouble read={trends} />
      <KpiTiles
        trends={trends.all}
        from={dayBefore(Date.parse(today), span - 1)}
        today={today}
        chosen={values.kpi}
        onChoose={(kpi) => set({ kpi, by: 'DAY', node: '' })}
      />
      <KpiCard
        kpi={values.kpi as Kpi}
        by={values.by}
        node={values.node}
        channel={channel}
        nodes={nodes}
        from={dayBefore(Date.parse(today), span - 1)}
        today={today}
        version={version}
        onChange={set}
      />
    </Page>
  );
}

interface Trends {
  /** Undefined until the first could be read. */
  readonly all: readonly Trend[] | undefined;
  readonly error: ReturnType<typeof useRead>['error'];
  readonly again: () => void;
}

function useTrends(from: string, channel: string | null, version: number): Trends {
  const orders = useRead(TRENDS_OF_ORDERS, { from, channel });
  const rest = useRead(TRENDS_OF_THE_REST, { from, channel });
  const { again: readOrders } = orders;
  const { again: readRest } = rest;
  useEffect(() => {
    if (version === 0) return;
    readOrders();
    readRest();
  }, [version, readOrders, readRest]);
  return {
    all:
      orders.data === undefined || rest.data === undefined
        ? undefined
        : [...seriesIn(orders.data), ...seriesIn(rest.data)],
    error: orders.error ?? rest.error,
    again: () => {
      readOrders();
      readRest();
    },
  };
}

function seriesIn(data: Readonly<Record<string, unknown>>): readonly Trend[] {
  return Object.values(data).filter((value): value is Trend => typeof value === 'object' && value !== null);
}

/** Grows when a KPI changed, live; once in a while however often they change. */
function useKpiVersion(channel: string | null): number {
  const [version, grow] = useReducer((count: number) => count + 1, 0);
  const move = useThrottled(grow, READ_AGAIN_MS);
  useLive(KPI_MOVED, { channel }, { onEvent: move, onGap: move });
  return version;
}

interface Places {
  readonly channels: readonly { readonly value: string; readonly label: string }[];
  readonly nodes: readonly { readonly value: string; readonly label: string }[];
}

/** Nothing to choose from for those who may not see them. */
function usePlaces(): Places {
  const { scopes } = useSession();
  const { data } = useRead(PLACES_OF_KPIS, {}, { pause: !scopes.has('stock:read') });
  return { channels: (data?.channels ?? []).map(optionOf), nodes: (data?.fulfillmentNodes ?? []).map(optionOf) };
}

function optionOf({ key, name }: { readonly key: string; readonly name: string }): { value: string; label: string } {
  return { value: key, label: name };
}
