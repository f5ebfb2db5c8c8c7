import { setTimeout as delay } from 'node:timers/promises';
import type { HubProcesses } from '../support/hub-outside.js';
import type { HubProcess } from '../support/hub-process.js';
import type { DatabaseEnd, RestartablePostgres } from '../support/restartable-postgres.js';
import type { SeededRandom } from '../support/seeded-random.js';
import { until } from '../support/until.js';
import { endFaults, FAULTS, type Fault } from './faults.js';

/** What a start says of itself that was killed. */
const KILLED = 'ended with SIGKILL';
const START_PAUSE_MS = 400;
const STARTS_MAX = 60;
const UP_AGAIN_MS = 90_000;
const WATCH_EVERY_MS = 250;
/** Parts of the mean pause: what is hit comes neither at once nor in step. */
const SPREAD_MIN = 0.5;
const SPREAD_END = 1.3;
/** A third of the ends of the database lasts: those who wait for it must not give up. */
const LONG_ABSENCE_ONE_IN = 3;
const ABSENCE_MS_MAX = 1_000;
const LONG_ABSENCE_MS_MAX = 8_000;

export interface AttackPlan {
  readonly lastsMs: number;
  readonly killsMin: number;
  readonly databaseEveryMs: number;
  readonly faultEveryMs: number;
}

/** What was done to the hub and to those around it. */
export interface AttackCounts {
  kills: number;
  readonly databaseRestarts: Record<DatabaseEnd, number>;
  readonly faults: Record<string, number>;
  /** Processes that found no database, said so and ended: whoever runs them starts them again. */
  startsInVain: number;
}

/** Kills, ends and breaks by a schedule, and starts again what it ended. */
export class Attack {
  readonly counts: AttackCounts = {
    kills: 0,
    databaseRestarts: { IMMEDIATE: 0, KILL: 0 },
    faults: {},
    startsInVain: 0,
  };
  /** Processes that ended though nobody killed them: that is a fault of the hub. */
  readonly endedByThemselves: string[] = [];
  private readonly starting = new Set<HubProcess>();
  private readonly dying = new Set<HubProcess>();
  private databaseAway = false;
  private absences = 0;
  private over = false;

  constructor(
    private readonly hubs: HubProcesses,
    private readonly postgres: RestartablePostgres,
    private readonly random: SeededRandom,
    private readonly tell: (sentence: string) => void,
  ) {}

  get isOver(): boolean {
    return this.over;
  }

  /** Resolves when it is over, with every process and the database running and no fault left. */
  async run(plan: AttackPlan): Promise<void> {
    const endsAt = Date.now() + plan.lastsMs;
    const goesOn = (): boolean => Date.now() < endsAt || this.counts.kills < plan.killsMin;
    const killEveryMs = plan.lastsMs / Math.max(plan.killsMin, 1);
    const watching = this.watch();
    try {
      await Promise.all([
        this.repeat(goesOn, killEveryMs, () => this.killOne()),
        this.repeat(goesOn, plan.databaseEveryMs, () => this.endDatabase()),
        this.repeat(goesOn, plan.faultEveryMs, () => this.breakSomething()),
      ]);
    } finally {
      this.over = true;
      await watching;
      endFaults(this.hubs.world);
    }
    await until(
      () => this.hubs.processes.filter((hub) => !hub.isRunning || this.starting.has(hub)).map(({ url }) => url),
      (notUp) => notUp.length === 0,
      { what: 'all processes to be up again', timeoutMs: UP_AGAIN_MS },
    );
  }

  private async repeat(goesOn: () => boolean, everyMs: number, hit: () => Promise<void>): Promise<void> {
    while (goesOn()) {
      await delay(everyMs * (SPREAD_MIN + this.random.next() * (SPREAD_END - SPREAD_MIN)));
      if (goesOn()) await hit();
    }
  }

  /** One that runs, wherever it is in its work, its start included. */
  private async killOne(): Promise<void> {
    const running = this.hubs.processes.filter((hub) => hub.isRunning);
    if (running.length === 0) return;
    const hub = this.random.pick(running);
    const wasStarting = this.starting.has(hub);
    this.dying.add(hub);
    await hub.kill();
    this.counts.kills += 1;
    if (!wasStarting) void this.bringUp(hub);
    this.dying.delete(hub);
  }

  /** As a supervisor does: until it runs. A process that finds no database ends with a sentence. */
  private async bringUp(hub: HubProcess): Promise<void> {
    if (this.starting.has(hub)) return;
    this.starting.add(hub);
    try {
      for (let start = 1; start <= STARTS_MAX; start += 1) {
        const absences = this.absences;
        const failure = await hub.start().then(
          () => undefined,
          (error: unknown) => String(error),
        );
        if (failure === undefined) return;
        if (this.databaseAway || absences !== this.absences) this.counts.startsInVain += 1;
        else if (!failure.includes(KILLED)) this.endedByThemselves.push(failure);
        await hub.kill();
        await delay(START_PAUSE_MS);
      }
      throw new Error(`${hub.url} did not start`);
    } finally {
      this.starting.delete(hub);
    }
  }

  private async watch(): Promise<void> {
    while (!this.over) {
      for (const hub of this.hubs.processes)
        if (!hub.isRunning && !this.starting.has(hub) && !this.dying.has(hub)) {
          this.endedByThemselves.push(`${hub.url} ended by itself: ${hub.logTail()}`);
          void this.bringUp(hub);
        }
      await delay(WATCH_EVERY_MS);
    }
  }

  private async endDatabase(): Promise<void> {
    const end = this.random.pick<DatabaseEnd>(['IMMEDIATE', 'KILL']);
    const longest = this.random.int(0, LONG_ABSENCE_ONE_IN) === 0 ? LONG_ABSENCE_MS_MAX : ABSENCE_MS_MAX;
    const awayMs = this.random.int(0, longest);
    this.databaseAway = true;
    this.absences += 1;
    try {
      await this.postgres.restart(end, awayMs);
    } finally {
      this.databaseAway = false;
    }
    this.counts.databaseRestarts[end] += 1;
    this.tell(`the database was ended (${end}) and came back after ${awayMs} ms`);
  }

  private async breakSomething(): Promise<void> {
    const fault: Fault = this.random.pick(FAULTS);
    this.counts.faults[fault.name] = (this.counts.faults[fault.name] ?? 0) + 1;
    fault.begin(this.hubs.world, this.random);
    if (fault.end === undefined) return;
    await delay(this.random.int(fault.msMin, fault.msMax));
    fault.end(this.hubs.world);
  }
}
