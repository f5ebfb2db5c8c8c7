import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { useSession } from '../auth/session.js';
import { graphql } from '../generated/index.js';
import { useLive } from '../live/use-live.js';

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

/** However many change at once, they are counted anew this often at most. */
const COUNT_AGAIN_MS = 1_000;

export interface OpenExceptions {
  readonly open: number;
  readonly severe: number;
}

/** How many exceptions are open, live. Undefined until it is known, and for those who may not know. */
export function useOpenExceptions(): OpenExceptions | undefined {
  const allowed = useSession().scopes.has('exceptions:read');
  const [{ data }, readAgain] = useQuery({ query: COUNTS, pause: !allowed });
  const [moved, setMoved] = useState(0);
  const move = (): void => setMoved((count) => count + 1);
  useLive(CHANGED, {}, { onEvent: move, onGap: move, enabled: allowed });
  useEffect(() => {
    if (moved === 0) return undefined;
    const timer = setTimeout(() => readAgain({ requestPolicy: 'network-only' }), COUNT_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [moved, readAgain]);
  if (data === undefined) return undefined;
  const severe = data.exceptionCounts.filter(({ severity }) => severity === 'HIGH' || severity === 'CRITICAL');
  return { open: sum(data.exceptionCounts), severe: sum(severe) };
}

function sum(counts: readonly { readonly open: number }[]): number {
  return counts.reduce((total, { open }) => total + open, 0);
}
