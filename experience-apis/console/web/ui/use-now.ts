import { useSyncExternalStore } from 'react';

const SECOND = 1_000;

type Listener = () => void;

/** One clock for the whole page: as many readers as there are times, one timer. It stands still while nobody looks at the page. */
const listeners = new Set<Listener>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.visibilityState === 'hidden') return;
  current = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: Listener): () => void {
  if (listeners.size === 0) {
    current = Date.now();
    timer = setInterval(tick, SECOND);
    document.addEventListener('visibilitychange', tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

/** What follows from the time, asked once a second: the component renders when the answer is another. */
export function useClock<Answer extends string | number | boolean>(answer: (now: number) => Answer): Answer {
  return useSyncExternalStore(subscribe, () => answer(current));
}

/** The time, in steps of `step` milliseconds, a second at least. */
export function useNow(step: number = SECOND): number {
  return useClock((now) => Math.floor(now / step) * step);
}
