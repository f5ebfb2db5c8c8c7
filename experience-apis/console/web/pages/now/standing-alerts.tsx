import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { troubleOf } from '../../app/trouble.js';
import { graphql } from '../../generated/index.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import { Card, ErrorState } from '../../ui/index.js';
import { AlertGroups } from '../alerts/alert-groups.js';

const ALERTS = graphql(`
  query NowAlerts {
    alertCounts {
      channel
      stage
      state
      count
    }
  }
`);

const CHANGED = graphql(`
  subscription NowAlertsMoved($after: Cursor) {
    alertChanged(after: $after) {
      cursor
    }
  }
`);

/** Steps that are late, or will be if nothing happens; nothing while all are in time. */
export function StandingAlerts(): ReactElement | null {
  const [{ data, error }, read] = useQuery({ query: ALERTS });
  const readAgain = useReadAgain(read);
  useLive(CHANGED, {}, { onEvent: readAgain, onGap: readAgain });
  const groups = data?.alertCounts ?? [];
  if (groups.length === 0 && error === undefined) return null;
  return (
    <Card title="Alerts" actions={<Link to="/alerts">All alerts</Link>}>
      {error === undefined ? null : <ErrorState {...troubleOf(error)} onRetry={readAgain} />}
      <AlertGroups groups={groups} />
    </Card>
  );
}
