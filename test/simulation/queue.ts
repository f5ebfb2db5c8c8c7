import type { ClientBase } from 'pg';
import {
  attemptsMax,
  DEFAULT_TASK_QUEUE,
  nextTry,
  resultOfThrown,
  type Task,
  type TaskHandler,
  type TaskQueueOptions,
  type TaskResult,
} from '../../src/platform/jobs/index.js';
import type { Row, Transaction } from './memory/database.js';
import type { MemoryPool } from './memory/pool.js';
import type { Life, Scheduler } from './scheduler.js';

/** A dead process's tasks are taken over after this long. */
const HEARTBEAT_MS = 10_000;
const POLL_MS_MAX = 1_500;
const IDLE_MS_MAX = 600_000;
const CONNECTIONS_OF_A_BATCH_MAX = 8;
/** Tries of a task after the first: few, so that dead letters are met. */
const RETRIES_MAX = 6;

/** Who still beats for which tasks, as the server sees it. */
export class Heartbeats {
  private readonly endedMs = new Map<number, number>();
  private readonly running = new Set<string>();

  ended(processId: number, nowMs: number): void {
    this.endedMs.set(processId, nowMs);
  }

  begin(job: Beating): void {
    this.running.add(`${job.id}/${job.claims}`);
  }

  end(job: Beating): void {
    this.running.delete(`${job.id}/${job.claims}`);
  }

  /** The process died, or never heard that it has the task. */
  isOver(job: Beating, nowMs: number): boolean {
    const ended = this.endedMs.get(job.owner);
    if (ended !== undefined) return nowMs >= ended + HEARTBEAT_MS;
    return !this.running.has(`${job.id}/${job.claims}`) && nowMs >= job.claimedMs + HEARTBEAT_MS;
  }
}

interface Beating {
  readonly id: string;
  readonly claims: number;
  readonly owner: number;
  readonly claimedMs: number;
}

interface Registered {
  readonly handler: TaskHandler;
  readonly options: TaskQueueOptions;
}

interface Job extends Row, Beating {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly payload: object;
  readonly state: 'WAITING' | 'ACTIVE' | 'DEAD';
  readonly readyMs: number;
  /** Tries that began. */
  readonly claims: number;
  readonly attempt: number;
  readonly owner: number;
  readonly claimedMs: number;
}

export interface QueueParts {
  readonly pool: MemoryPool;
  readonly scheduler: Scheduler;
  readonly life: Life;
  readonly processId: number;
  readonly heartbeats: Heartbeats;
  readonly count: (fault: string) => void;
  /** The chance that a task is handed out again while it runs. */
  readonly redelivered: () => number;
  /** A kind whose tasks must not run twice at once: its outside system cannot tell. */
  readonly isAlone: (kind: string) => boolean;
}

/**
 * The queue of outside work as the hub sees it: enqueued with the transaction, at least once, retried by the hub's own rule,
 * taken over from the dead, parked when the tries are used up.
 */
export class SimTaskQueue {
  private readonly handlers = new Map<string, Registered>();
  private polling = false;
  private pollAgain = false;
  /** Of the next poll: one that was asked for earlier does not count any more. */
  private turn = 0;

  constructor(private readonly parts: QueueParts) {}

  register(kind: string, handler: TaskHandler, options: Partial<TaskQueueOptions> = {}): void {
    this.handlers.set(kind, { handler, options: { ...DEFAULT_TASK_QUEUE, ...options } });
  }

  async enqueue(tx: ClientBase, tasks: readonly Task[]): Promise<void> {
    if (tasks.length === 0) return;
    const { scheduler } = this.parts;
    const rows = tasks.map(({ kind, key, payload }): Job => {
      const id = scheduler.newId();
      const stored = JSON.parse(JSON.stringify(payload)) as object;
      return {
        id,
        kind,
        key,
        payload: stored,
        state: 'WAITING',
        readyMs: 0,
        claims: 0,
        attempt: 0,
        owner: 0,
        claimedMs: 0,
      };
    });
    await tx.query({ name: 'sim.enqueue', text: 'sim.enqueue', values: [rows] });
  }

  wake(): void {
    this.pollSoon(0);
  }

  work(): void {
    this.pollSoon(this.parts.scheduler.random.int(0, POLL_MS_MAX));
  }

  private pollSoon(delayMs: number): void {
    this.turn += 1;
    const { turn } = this;
    this.parts.scheduler.after(delayMs, () => {
      if (turn === this.turn) void this.poll();
    });
  }

  private async poll(): Promise<void> {
    if (this.polling) {
      this.pollAgain = true;
      return;
    }
    this.polling = true;
    try {
      let taken = 0;
      for (const kind of this.handlers.keys()) taken += await this.fetch(kind);
      if (taken > 0) this.pollAgain = true;
    } catch {
      // The database was away: the next poll finds what there is.
      this.pollAgain = true;
    }
    this.polling = false;
    this.pollSoon(this.pollAgain ? this.parts.scheduler.random.int(1, POLL_MS_MAX) : this.idleMs());
    this.pollAgain = false;
  }

  /** Until something may be ready: others enqueue too. */
  private idleMs(): number {
    const { pool, scheduler } = this.parts;
    let next = IDLE_MS_MAX;
    for (const row of pool.parts.database.rows('job') as Iterable<Job>) {
      if (row.state === 'DEAD') continue;
      const readyMs = row.state === 'WAITING' ? row.readyMs - scheduler.nowMs : HEARTBEAT_MS;
      next = Math.min(next, Math.max(0, readyMs));
    }
    return next + scheduler.random.int(1, POLL_MS_MAX);
  }

  private async fetch(kind: string): Promise<number> {
    const { scheduler, processId, heartbeats } = this.parts;
    const registered = this.handlers.get(kind);
    if (registered === undefined || !this.mayHave(kind)) return 0;
    const { batchMax } = registered.options;
    const jobs = await this.change((tx) =>
      (tx.all('job') as readonly Job[])
        .filter((row) => !tx.isLocked('job', row.id) && this.isFree(row, kind))
        .slice(0, Math.min(batchMax, CONNECTIONS_OF_A_BATCH_MAX))
        .map((row): Job => ({
          ...row,
          state: 'ACTIVE',
          owner: processId,
          claims: row.claims + 1,
          claimedMs: scheduler.nowMs,
        })),
    );
    if (jobs.length === 0) return 0;
    for (const job of jobs) heartbeats.begin(job);
    scheduler.after(scheduler.random.int(0, 3), () => void this.run(jobs, registered));
    return jobs.length;
  }

  /** A look at what is committed, to spare a transaction that finds nothing. */
  private mayHave(kind: string): boolean {
    const { pool, scheduler, heartbeats } = this.parts;
    for (const row of pool.parts.database.rows('job') as Iterable<Job>) {
      if (row.kind !== kind || row.state === 'DEAD') continue;
      const isFree = row.state === 'WAITING' ? row.readyMs <= scheduler.nowMs : heartbeats.isOver(row, scheduler.nowMs);
      if (isFree) return true;
    }
    return false;
  }

  private isFree(row: Job, kind: string): boolean {
    if (row.kind !== kind || row.state === 'DEAD') return false;
    const { scheduler, heartbeats, count, redelivered, isAlone } = this.parts;
    if (row.state === 'WAITING') return row.readyMs <= scheduler.nowMs;
    if (heartbeats.isOver(row, scheduler.nowMs)) {
      count('task taken over');
      return true;
    }
    if (isAlone(kind) || !scheduler.random.chance(redelivered())) return false;
    count('task delivered twice at once');
    return true;
  }

  private async run(jobs: readonly Job[], { handler, options }: Registered): Promise<void> {
    const retry = { ...options.retry, limit: RETRIES_MAX };
    const runs = jobs.map(({ kind, key, payload, attempt, claims }) => ({
      kind,
      key,
      payload,
      // A try of a dead process counts for what it may have done outside.
      attempt: Math.max(attempt, claims - 1),
      lastTry: attempt + 1 >= attemptsMax(retry),
    }));
    let results: readonly TaskResult[];
    try {
      results = await handler(runs);
    } catch (error) {
      results = runs.map(() => resultOfThrown(error));
    }
    const { scheduler, count } = this.parts;
    const settled = jobs.map((job, index): Job | undefined => {
      const result = results[index] ?? { outcome: 'RETRY', error: 'no result' };
      const next = nextTry(result, job.attempt, retry, Math.random);
      if (next.outcome === 'DONE') return undefined;
      if (next.outcome === 'DEAD') {
        count('dead letter');
        return { ...job, state: 'DEAD', error: next.error };
      }
      const attempt = job.attempt + (next.counts ? 1 : 0);
      return { ...job, state: 'WAITING', readyMs: scheduler.nowMs + next.afterMs, attempt };
    });
    await this.settle(jobs, settled);
  }

  private async settle(jobs: readonly Job[], settled: readonly (Job | undefined)[]): Promise<void> {
    try {
      await this.change((tx) => {
        const changes = jobs.flatMap((job, index): (readonly [Job, Job | undefined])[] => {
          const now = tx.get('job', job.id) as Job | undefined;
          // Someone else has it by now: it is theirs to settle.
          return now?.claims === job.claims && now.owner === job.owner ? [[job, settled[index]]] : [];
        });
        return changes.map(([job, next]) => next ?? { ...job, state: 'DONE' as Job['state'] });
      });
    } catch {
      // Not said: nobody beats for them any more, and they are handed out again.
    }
    for (const job of jobs) this.parts.heartbeats.end(job);
    this.pollSoon(0);
  }

  /** In a transaction of its own: what the choice gives is written, and given. */
  private async change(choose: (tx: Transaction) => readonly Job[]): Promise<readonly Job[]> {
    const { rows } = await this.parts.pool.query({ name: 'sim.jobs', text: 'sim.jobs', values: [choose] });
    return rows as readonly Job[];
  }
}
