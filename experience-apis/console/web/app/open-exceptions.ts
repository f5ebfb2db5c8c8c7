import { useQuery } from 'urql';
import { useSession } from '../auth/session.js';
import { graphql } from '../generated/index.js';
import { useLive } from '../live/use-live.js';
import { useReadAgain } from '../live/use-read-again.js';

const COUNTS = graphql(`
  query OpenExceptions {
    exceptionCounts {
      category
      severity
      open
      overdue
    }
  }
`);

const CHANGED = graphql(`
  subscription ExceptionsMoved($after: Cursor) {
    exceptionChanged(after: $after) {
      cursor
    }
  }
`);

export interface OpenExceptions {
  readonly open: number;
  readonly severe: number;
}

/** How many exceptions are open, live. Undefined until it is known, and for those who may not know. */
export function useOpenExceptions(): OpenExceptions | undefined {
  const allowed = useSession().scopes.has('exceptions:read');
  const [{ data }, read] = useQuery({ query: COUNTS, pause: !allowed });
  const readAgain = useReadAgain(read);
  useLive(CHANGED, {}, { onEvent: readAgain, onGap: readAgain, enabled: allowed });
  if (data === undefined) return undefined;
  const severe = data.exceptionCounts.filter(({ severity }) => severity === 'HIGH' || severity === 'CRITICAL');
  return { open: sum(data.exceptionCounts), severe: sum(severe) };
}

function sum(counts: readonly { readonly open: number }[]): number {
  return counts.reduce((total, { open }) => total + open, 0);
}
