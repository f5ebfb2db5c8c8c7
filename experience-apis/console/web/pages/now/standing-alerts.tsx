import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { troubleOf } from '../../app/trouble.js';
import { graphql } from '../../generated/index.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import { Badge, Card, EmptyState, ErrorState, RelativeTime, SkeletonLines } from '../../ui/index.js';

const ALERTS = graphql(`
  query NowAlerts {
    alerts(first: 6) {
      edges {
        node {
          id
          state
          sentence
          channel
          reference
          orderId
          dueAt
        }
      }
      pageInfo {
        hasNextPage
      }
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

/** Steps that are late, or will be if nothing happens. */
export function StandingAlerts(): ReactElement {
  const [{ data, error }, read] = useQuery({ query: ALERTS });
  const readAgain = useReadAgain(read);
  useLive(CHANGED, {}, { onEvent: readAgain, onGap: readAgain });
  const alerts = data?.alerts.edges.map(({ node }) => node);
  return (
    <Card title="Alerts" actions={<Link to="/orders?overdue=true">Late orders</Link>}>
      {error === undefined ? null : <ErrorState {...troubleOf(error)} onRetry={readAgain} />}
      {alerts === undefined && error === undefined ? <SkeletonLines lines={3} /> : null}
      {alerts?.length === 0 ? (
        <EmptyState title="Every step is in time" icon="check">
          A step that is late, or will be, appears here before anybody asks.
        </EmptyState>
      ) : (
        <ul className="causes" aria-label="Alerts, the newest first">
          {alerts?.map(({ id, state, sentence, orderId, reference, dueAt }) => (
            <li key={id} data-row>
              <div className="row-apart">
                <Link to={`/orders/${orderId}`}>{reference}</Link>
                <span className="row small">
                  <Badge tone={state === 'BREACHED' ? 'bad' : 'warn'} icon="clock">
                    {state === 'BREACHED' ? 'Late' : 'Due'}
                  </Badge>
                  <RelativeTime at={dueAt} />
                </span>
              </div>
              <p className="small muted wrap-anywhere">{sentence}</p>
            </li>
          ))}
        </ul>
      )}
      {data?.alerts.pageInfo.hasNextPage === true ? <p className="small muted">More stand behind these.</p> : null}
    </Card>
  );
}
