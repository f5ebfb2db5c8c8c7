import { randomUUID } from 'node:crypto';
import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Pool } from 'pg';
import { BackgroundLoop } from '../jobs/index.js';
import type { OutsideGate } from './outside-gate.js';
import type { BreakerReading } from './outside-lane.js';
import {
  forgetIdleBudgets,
  forgetProcess,
  forgetSilentProcesses,
  readBreakers,
  readPolicyChanges,
  tellBreakers,
} from './policy-store.js';

/** How soon a change by an operator holds in all processes. */
const SYNC_EVERY_MS = 2_000;
/** Closed breakers change nothing for others: they are told when they change, and so often besides. */
const TELL_ALL_EVERY_MS = 20_000;

/** The hub's own row among the breakers: how full a process's commit queue is. */
const HUB = 'hub';
const COMMITS = 'commit-queue';
/** From here on it is told as open, so that other processes know. */
const COMMITS_DEEP = 0.5;

/** Keeps this process and all others at one: operators' changes in, the states of breakers and of the commit queue out. */
export class PolicySync implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly process = randomUUID();
  private readonly logger = new Logger(PolicySync.name);
  private readonly loop = new BackgroundLoop('outside policies', SYNC_EVERY_MS, () => this.sweep());
  private readonly told = new Map<string, string>();
  private toldAllAt = 0;
  private commits = { waiting: (): number => 0, max: 1 };
  private othersLoad = 0;

  constructor(
    private readonly pool: Pool,
    private readonly gate: OutsideGate,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.gate.policies.replaceChanges(await readPolicyChanges(this.pool));
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    try {
      await forgetProcess(this.pool, this.process);
    } catch (error) {
      // Its rows age out.
      this.logger.warn(`breakers of this process: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** How much waits in this process's commit queue, and how much may. */
  watchCommits(waiting: () => number, max: number): void {
    this.commits = { waiting, max };
  }

  get commitsWaiting(): number {
    return this.commits.waiting();
  }

  /** Of the fullest commit queue of all processes, from 0 to 1. */
  get load(): number {
    return Math.max(this.ownLoad, this.othersLoad);
  }

  private get ownLoad(): number {
    return this.commits.waiting() / this.commits.max;
  }

  /** A change was just stored: it holds here at once. */
  refresh(): Promise<boolean> {
    return this.sweep();
  }

  private async sweep(): Promise<boolean> {
    this.gate.policies.replaceChanges(await readPolicyChanges(this.pool));
    await this.tell();
    const others = (await readBreakers(this.pool)).filter(
      ({ system, operation, process, state }) =>
        system === HUB && operation === COMMITS && process !== this.process && state === 'OPEN',
    );
    this.othersLoad = others.length > 0 ? COMMITS_DEEP : 0;
    return false;
  }

  private async tell(): Promise<void> {
    const all = [...this.gate.breakers(), this.commitReading()];
    const now = Date.now();
    const whole = now - this.toldAllAt >= TELL_ALL_EVERY_MS;
    const due = whole ? all : all.filter((breaker) => this.told.get(keyOf(breaker)) !== breaker.state);
    if (due.length > 0) await tellBreakers(this.pool, this.process, due);
    for (const breaker of due) this.told.set(keyOf(breaker), breaker.state);
    if (!whole) return;
    this.toldAllAt = now;
    await forgetSilentProcesses(this.pool);
    await forgetIdleBudgets(this.pool);
  }

  private commitReading(): BreakerReading {
    const load = this.ownLoad;
    return {
      system: HUB,
      operation: COMMITS,
      state: load >= COMMITS_DEEP ? 'OPEN' : 'CLOSED',
      since: Date.now(),
      ...(load >= COMMITS_DEEP ? { lastError: `full to ${Math.round(load * 100)} %` } : {}),
    };
  }
}

function keyOf({ system, operation }: BreakerReading): string {
  return `${system} ${operation}`;
}
