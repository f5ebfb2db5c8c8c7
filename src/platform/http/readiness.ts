import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

const CHECK_MS_MAX = 3_000;

/** One thing that must work before this process should get requests. */
export interface ReadinessCheck {
  /** A short name for operators: `database`. */
  readonly name: string;
  /** Why it is not ready, in a sentence that anybody may read, or undefined. */
  readonly check: () => Promise<string | undefined>;
}

export interface ReadinessReport {
  readonly status: 'ready' | 'not-ready';
  /** By name: `ok` or the reason. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Collects the checks of all modules: each registers its own when it starts. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private readonly logger = new Logger(Readiness.name);
  private readonly checks = new Map<string, ReadinessCheck>();
  private stopping = false;

  /** The process has begun to stop: it still answers. */
  get isStopping(): boolean {
    return this.stopping;
  }

  register(check: ReadinessCheck): void {
    this.checks.set(check.name, check);
  }

  /** The first that is heard of the end: nobody should send anything more, while what is under way is finished. */
  onModuleDestroy(): void {
    this.stopping = true;
    this.register({ name: 'process', check: async () => 'The process is stopping.' });
  }

  async report(): Promise<ReadinessReport> {
    const reasons = await Promise.all([...this.checks.values()].map((check) => this.run(check)));
    const failed = reasons.some(([, reason]) => reason !== undefined);
    const checks = Object.fromEntries(reasons.map(([name, reason]) => [name, reason ?? 'ok']));
    return { status: failed ? 'not-ready' : 'ready', checks };
  }

  private async run({ name, check }: ReadinessCheck): Promise<readonly [string, string | undefined]> {
    const { promise: timedOut, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve(`No answer within ${CHECK_MS_MAX} ms.`), CHECK_MS_MAX);
    try {
      return [name, await Promise.race([check(), timedOut])];
    } catch (error) {
      // What went wrong is for the log: the report is public.
      this.logger.warn(`The readiness check ${name} failed`, error);
      return [name, 'The check failed; the log says why.'];
    } finally {
      clearTimeout(timer);
    }
  }
}
