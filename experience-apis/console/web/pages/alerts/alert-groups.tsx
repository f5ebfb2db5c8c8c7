import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { AlertsPageQuery } from '../../generated/graphql.js';
import { Badge, Quantity } from '../../ui/index.js';
import { alertsPath, stageWords, STATES } from './alert-filter.js';

export type AlertGroup = NonNullable<AlertsPageQuery['alertCounts']>[number];

/** What stands, by channel and step, the most late first: one line however many orders it holds up. */
export function AlertGroups({ groups }: { readonly groups: readonly AlertGroup[] }): ReactElement | null {
  if (groups.length === 0) return null;
  return (
    <ul className="causes" aria-label="Alerts by step and channel">
      {groups.toSorted(lateThenMany).map(({ channel, stage, state, count }) => (
        <li key={`${channel} ${stage} ${state}`} className="row-apart">
          <span>
            <Link to={alertsPath({ channel, stage, state })}>
              {stageWords(stage)}{' '}
              <span className="muted">
                × <Quantity value={count} />
              </span>
            </Link>{' '}
            <span className="small muted">{channel}</span>
          </span>
          <AlertBadge state={state} />
        </li>
      ))}
    </ul>
  );
}

export function AlertBadge({ state }: Pick<AlertGroup, 'state'>): ReactElement {
  const words = STATES.find(({ value }) => value === state)?.label ?? state;
  if (state === 'ENDED') return <Badge tone="ok">{words}</Badge>;
  return (
    <Badge tone={state === 'BREACHED' ? 'bad' : 'warn'} icon="clock">
      {words}
    </Badge>
  );
}

function lateThenMany(a: AlertGroup, b: AlertGroup): number {
  return Number(b.state === 'BREACHED') - Number(a.state === 'BREACHED') || b.count - a.count;
}
