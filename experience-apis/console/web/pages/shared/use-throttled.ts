import { useCallback, useEffect, useRef } from 'react';

/** What may be asked for at any time and is done once per `ms` at most, the last time included. `work` must be stable. */
export function useThrottled(work: () => void, ms: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [work, ms],
  );
  return useCallback(() => {
    if (timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      work();
    }, ms);
  }, [work, ms]);
}
