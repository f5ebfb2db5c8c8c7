import type { EventCursor } from '../../src/platform/event-log/index.js';

/** Readings after events have ceased, for what is derived from them a little later. */
const TRAILING_READINGS = 2;

/** Reads after changes, at most once in a while, with the newest change; and twice more when changes cease. */
export class StatePacer {
  private newest: EventCursor | undefined;
  private readingsDue = 0;
  private wake: (() => void) | undefined;

  constructor(
    private readonly everyMs: number,
    private readonly read: (newest: EventCursor) => Promise<void>,
  ) {}

  changed(newest: EventCursor): void {
    this.newest = newest;
    this.readingsDue = 1 + TRAILING_READINGS;
    this.wake?.();
  }

  /** Until the signal aborts. Rejects when a reading does. */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.wake?.();
    signal.addEventListener('abort', onAbort, { once: true });
    while (!signal.aborted) {
      if (this.newest === undefined || this.readingsDue === 0) await this.woken();
      else {
        this.readingsDue -= 1;
        await this.read(this.newest);
        await this.woken(this.everyMs, signal);
      }
    }
    signal.removeEventListener('abort', onAbort);
  }

  /** With a time: when it is over, or aborted. */
  private async woken(ms?: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    // A change does not shorten the time between two readings.
    this.wake = () => {
      if (ms === undefined || signal?.aborted === true) resolve();
    };
    await promise;
    clearTimeout(timer);
    this.wake = undefined;
  }
}
