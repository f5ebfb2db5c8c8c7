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

/** The time, in steps of `step` milliseconds (at least a second): a component that shows minutes renders once a minute. */
export function useNow(step: number = SECOND): number {
  return useSyncExternalStore(subscribe, () => Math.floor(current / step) * step);
}
