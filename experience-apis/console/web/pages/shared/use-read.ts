import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import { useQuery, type AnyVariables, type CombinedError, type TypedDocumentNode } from 'urql';

export interface ReadOptions {
  /** Read again this often, milliseconds, while the page is in sight. */
  readonly everyMs?: number;
  /** Not now. */
  readonly pause?: boolean;
}

/** What was read, and how it stands. */
export interface Read<Data> {
  /** The last that could be read, of older variables too until the new come; undefined before the first. */
  readonly data: Data | undefined;
  /** The last try failed; `data` may be old. */
  readonly error: CombinedError | undefined;
  /** `data` is of older variables. */
  readonly stale: boolean;
  readonly fetching: boolean;
  readonly again: () => void;
}

interface Last<Data> {
  readonly data: Data;
  readonly variables: string;
}

/** Reads and keeps what it read while something newer comes or fails. */
export function useRead<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { everyMs, pause = false }: ReadOptions = {},
): Read<Data> {
  const [{ data, error, fetching, operation }, execute] = useQuery<Data, Variables>({
    query: document,
    variables,
    pause,
  });
  const [last, setLast] = useState<Last<Data>>();
  // The client hands on no data that came with an error.
  if (data !== undefined && data !== last?.data) setLast({ data, variables: JSON.stringify(operation?.variables) });
  const again = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  usePolling(again, fetching, pause ? undefined : everyMs);
  return {
    data: last?.data ?? data,
    error: fetching ? undefined : error,
    stale: last !== undefined && last.variables !== JSON.stringify(variables) && error === undefined,
    fetching,
    again,
  };
}

/** Again and again while the page is in sight, and at once when it comes back into sight. Never two at a time. */
function usePolling(again: () => void, busy: boolean, everyMs: number | undefined): void {
  const look = useEffectEvent(() => {
    if (document.visibilityState === 'visible' && !busy) again();
  });
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const tick = (): void => look();
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs]);
}
