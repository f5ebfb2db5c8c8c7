import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { useSession } from '../auth/session.js';
import { graphql } from '../generated/index.js';
import { useLive } from '../live/use-live.js';
import { useReadAgain } from '../live/use-read-again.js';
import { Icon } from '../ui/icon.js';

const COUNTS = graphql(`
  query AlertCounts {
    alertCounts {
      state
      count
    }
  }
`);

const CHANGED = graphql(`
  subscription AlertsMoved($after: Cursor) {
    alertChanged(after: $after) {
      cursor
    }
  }
`);

/** On every page while steps of orders are late. */
export function AlertStrip(): ReactElement | null {
  const allowed = useSession().scopes.has('exceptions:read');
  const [{ data }, read] = useQuery({ query: COUNTS, pause: !allowed });
  const readAgain = useReadAgain(read);
  useLive(CHANGED, {}, { onEvent: readAgain, onGap: readAgain, enabled: allowed });
  const late = (data?.alertCounts ?? [])
    .filter(({ state }) => state === 'BREACHED')
    .reduce((sum, { count }) => sum + count, 0);
  if (late === 0) return null;
  return (
    <p className="alert-strip" role="status">
      <Icon name="clock" size={16} />
      <span>
        {late === 1 ? 'A step of an order is late.' : `${late.toLocaleString('en')} steps of orders are late.`}{' '}
        <Link to="/alerts?state=BREACHED">Show what is late</Link>
      </span>
    </p>
  );
}
