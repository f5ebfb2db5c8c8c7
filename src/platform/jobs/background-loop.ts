import { randomUUIDv7 } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { inWork, Work } from '../telemetry/correlation.js';
import { activeTracing } from '../telemetry/tracing.js';

const BACKOFF_MS_MAX = 30_000;

/**
 * A sweep that takes no input: woken by a signal or by a timer, it acts on stored state, so nothing it missed is lost.
 * One run at a time. A failed run is logged and tried again with growing, jittered delay.
 */
export class BackgroundLoop {
  private readonly logger = new Logger(BackgroundLoop.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private wakeAgain = false;
  private started = false;
  private failures = 0;

  constructor(
    readonly name: string,
    private readonly intervalMs: number,
    /** Gives true when there is more to do at once. */
    private readonly sweep: () => Promise<boolean>,
  ) {}

  start(): void {
    this.started = true;
    this.schedule(0);
  }

  wake(): void {
    if (this.running === undefined) {
      if (this.failures === 0) this.schedule(0);
    } else this.wakeAgain = true;
  }

  async stop(): Promise<void> {
    this.started = false;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delayMs: number): void {
    if (!this.started || this.running !== undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.running = this.runInWork();
    }, delayMs);
  }

  /** Most runs find nothing to do: a run has a span when it calls or commits something. */
  private async runInWork(): Promise<void> {
    const begin = (startedAt: number) => activeTracing()?.startAlone({ name: this.name, startedAt });
    const work = new Work(randomUUIDv7(), begin);
    await inWork(work, () => this.run());
    work.spanIfBegun?.end();
  }

  private async run(): Promise<void> {
    this.wakeAgain = false;
    let more = false;
    try {
      more = await this.sweep();
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.logger.warn(`${this.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.running = undefined;
    this.schedule(this.delayMs(more || this.wakeAgain));
  }

  private delayMs(again: boolean): number {
    if (this.failures === 0) return again ? 0 : this.intervalMs;
    const ceiling = Math.min(BACKOFF_MS_MAX, this.intervalMs * 2 ** Math.min(this.failures, 8));
    return ceiling / 2 + Math.random() * (ceiling / 2);
  }
}
