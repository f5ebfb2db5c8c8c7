/** How long a process may go on with what it read; also the time until all processes see a change. */
export const REFRESH_MS = 10_000;

/** A value read at most once per `everyMs`; concurrent callers share the read. What could not be read is not kept. */
export class Refreshed<T> {
  private value: Promise<T> | undefined;
  private readAt = 0;

  constructor(
    private readonly read: () => Promise<T>,
    private readonly everyMs: number = REFRESH_MS,
  ) {}

  get(): Promise<T> {
    if (this.value === undefined || Date.now() - this.readAt > this.everyMs) {
      this.readAt = Date.now();
      const reading = this.read();
      this.value = reading;
      reading.catch(() => {
        if (this.value === reading) this.forget();
      });
    }
    return this.value;
  }

  forget(): void {
    this.value = undefined;
  }
}
