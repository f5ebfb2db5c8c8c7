import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

const STARTED = 'http.server.request.start';

/** When calls came to a server of this process: counted where they arrive, whoever made them. */
export interface ServerCalls {
  /** Epoch milliseconds, in their order. */
  readonly at: readonly number[];
  stop(): void;
}

/** Counts from now on. `url` is where the server listens. */
export function countCalls(url: string): ServerCalls {
  const port = Number(new URL(url).port);
  const at: number[] = [];
  const count = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage };
    if (request.socket.localPort === port) at.push(Date.now());
  };
  subscribe(STARTED, count);
  return { at, stop: () => void unsubscribe(STARTED, count) };
}

/** The most calls in any window of so many milliseconds. */
export function mostWithin(at: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  for (const [last, instant] of at.entries()) {
    while (instant - (at[first] ?? instant) >= windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
