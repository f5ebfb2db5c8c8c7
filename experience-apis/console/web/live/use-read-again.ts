import { useCallback, useEffect, useRef } from 'react';
import type { OperationContext } from 'urql';

const READ_AGAIN_MS = 1_000;

type Read = (context: Partial<OperationContext>) => void;

/** For lists that are read anew when something changed: however much changes at once, they are read once a second at most. */
export function useReadAgain(read: Read): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current({ requestPolicy: 'network-only' });
    }, READ_AGAIN_MS);
  }, []);
}
