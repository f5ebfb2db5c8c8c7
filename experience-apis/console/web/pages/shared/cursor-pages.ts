import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { PAGES_PARAM } from './url-state.js';

/** Pages gone through at most: beyond, a filter finds sooner. */
const PAGES_MAX = 200;

export interface CursorPages {
  /** Where the page begins; null for the first. */
  readonly after: string | null;
  readonly hasPrevious: boolean;
  readonly next: (endCursor: string | null | undefined) => void;
  readonly previous: () => void;
}

/** The pages of a list by cursor, in the URL. */
export function useCursorPages(): CursorPages {
  const [params, setParams] = useSearchParams();
  const gone = params.getAll(PAGES_PARAM);
  const go = useCallback(
    (change: (gone: string[]) => string[]) =>
      setParams((before) => {
        const next = new URLSearchParams(before);
        next.delete(PAGES_PARAM);
        for (const cursor of change(before.getAll(PAGES_PARAM))) next.append(PAGES_PARAM, cursor);
        return next;
      }),
    [setParams],
  );
  return {
    after: gone.at(-1) ?? null,
    hasPrevious: gone.length > 0,
    next: (endCursor) => {
      if (endCursor !== null && endCursor !== undefined) go((cursors) => [...cursors, endCursor].slice(-PAGES_MAX));
    },
    previous: () => go((cursors) => cursors.slice(0, -1)),
  };
}
