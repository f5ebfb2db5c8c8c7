import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';
import { PgBoss, type Job, type JobResult } from 'pg-boss';
import { inTransaction, sentTogether } from '../commit/index.js';
import { readCautiousUntil } from '../event-log/index.js';
import { attemptsMax, nextTry, resultOfThrown } from './next-try.js';
import { DEADLY, NO_RESULT, settledAs, toRun, triesInRound } from './task-run.js';
import { installTaskIndexes } from './task-record.sql.js';
import {
  countDeadLetters,
  DEAD_LETTERS,
  putBackTasks,
  readDeadLetters,
  readOldestReady,
  takeDeadLetters,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterPage,
  type PutBack,
  type StoredTask,
} from './task.sql.js';
import { runInWork } from './task-work.js';
import {
  DEFAULT_TASK_QUEUE,
  type GivenUp,
  type RetryPolicy,
  type SettledTask,
  type Task,
  type TaskBacklog,
  type TaskHandler,
  type TaskQueueOptions,
  type TaskResult,
  type TaskRun,
  type TaskTarget,
  type Tier,
} from './task.js';

/** A killed process's tasks are taken over after this long. */
const HEARTBEAT_SECONDS = 10;
const MONITOR_SECONDS = 5;
const EXPIRE_SECONDS = 600;
const KEEP_DONE_SECONDS = 3_600;
/** The library deletes what waits for longer; nothing here may be lost for waiting. */
const KEEP_WAITING_SECONDS = 10 * 365 * 24 * 3_600;
/** The library's own bound on claims. A task's tries are counted here, and many claims may be none. */
const CLAIMS_MAX = 1_000_000;
/** A task that ends the process at each try never comes back to be counted: so many tries over its own, and it is dead. */
const CRASHES_MAX = 10;
const WORKERS_PER_QUEUE = 2;
/** How soon a pause, an open breaker or pressure stops and starts the fetching. */
const REVIEW_EVERY_MS = 500;
export const DEAD_LETTERS_PAGE_MAX = 500;

interface RegisteredHandler {
  readonly handler: TaskHandler;
  readonly options: TaskQueueOptions;
  workers: string[];
  /** Why nothing of it is fetched. */
  held?: string;
}

/** Says for the whole process which tasks may run, and how they are tried again. */
export interface TaskPolicies {
  /** Why no task of this tier and target may be fetched now. */
  heldBack(tier: Tier, target: TaskTarget | undefined): string | undefined;
  /** As the policies of the target say; undefined where they say nothing. */
  retry(target: TaskTarget): RetryPolicy | undefined;
}

const NOTHING_HELD: TaskPolicies = { heldBack: () => undefined, retry: () => undefined };

/**
 * The durable queue of outside work, on pg-boss: tasks are enqueued inside the caller's transaction, run at least once,
 * retried with exponential backoff and jitter, and parked as dead letters after the last try.
 */
export class TaskQueue {
  private readonly logger = new Logger(TaskQueue.name);
  private readonly boss: PgBoss;
  private readonly handlers = new Map<string, RegisteredHandler>();
  private readonly observers: ((task: SettledTask) => void)[] = [];
  private tellGivenUp: GivenUp | undefined;
  private working = false;
  private reviews: NodeJS.Timeout | undefined;
  private reviewing: Promise<void> | undefined;
  /** Unix milliseconds. */
  private cautiousUntil = 0;

  constructor(
    private readonly pool: Pool,
    private readonly policies: TaskPolicies = NOTHING_HELD,
    /** The member of payloads that says what a task is about: tasks are found by it. */
    readonly subjectMember = 'subjectId',
  ) {
    this.boss = new PgBoss({
      db: { executeSql: (text, values) => pool.query(text, values as unknown[]) },
      monitorIntervalSeconds: MONITOR_SECONDS,
      superviseIntervalSeconds: MONITOR_SECONDS,
      schedule: false,
    });
    this.boss.on('error', (error) => this.logger.warn(`task queue: ${error.message}`));
  }

  /** Before `start`: who does the tasks of this kind. */
  register(kind: string, handler: TaskHandler, options: Partial<TaskQueueOptions> = {}): void {
    if (this.handlers.has(kind)) throw new Error(`the task kind "${kind}" has two handlers`);
    this.handlers.set(kind, { handler, options: { ...DEFAULT_TASK_QUEUE, ...options }, workers: [] });
  }

  /** Of all tasks that this installation knows. */
  kinds(): readonly string[] {
    return [...this.handlers.keys()];
  }

  onSettled(observer: (task: SettledTask) => void): void {
    this.observers.push(observer);
  }

  /** Before `work`. */
  onGivenUp(tell: GivenUp): void {
    this.tellGivenUp = tell;
  }

  /** Installs the queues. Every role needs it to enqueue; only workers call `work`. */
  async start(): Promise<void> {
    await this.boss.start();
    await installTaskIndexes(this.pool, this.subjectMember);
    this.cautiousUntil = await readCautiousUntil(this.pool);
    const kept = { retentionSeconds: KEEP_WAITING_SECONDS };
    await this.boss.createQueue(DEAD_LETTERS, kept);
    await this.boss.updateQueue(DEAD_LETTERS, kept);
    for (const [kind, { options }] of this.handlers) {
      // The delays count for tasks of a process that was killed alone: all others are put back by `settle`.
      const queue = {
        retryLimit: CLAIMS_MAX,
        retryDelay: options.retry.delayS,
        retryBackoff: true,
        retryDelayMax: options.retry.delaySMax,
        expireInSeconds: EXPIRE_SECONDS,
        heartbeatSeconds: HEARTBEAT_SECONDS,
        deleteAfterSeconds: KEEP_DONE_SECONDS,
        deadLetter: DEAD_LETTERS,
        ...kept,
      };
      await this.boss.createQueue(kind, queue);
      await this.boss.updateQueue(kind, queue);
    }
  }

  async work(): Promise<void> {
    this.working = true;
    await this.review();
    this.reviews = setInterval(() => {
      this.reviewing ??= this.review().finally(() => (this.reviewing = undefined));
    }, REVIEW_EVERY_MS);
  }

  /** Starts fetching the kinds that may run, and stops fetching the others: their tasks stay where they are. */
  private async review(): Promise<void> {
    for (const [kind, registered] of this.handlers) {
      const { options, workers } = registered;
      const held = this.policies.heldBack(options.tier, options.target);
      // The reason may count seconds: only its coming and going is news.
      if ((held === undefined) !== (registered.held === undefined))
        this.logger.log(held === undefined ? `${kind}: fetched again` : `${kind}: not fetched. ${held}`);
      if (held === undefined) delete registered.held;
      else registered.held = held;
      try {
        if (held === undefined && workers.length === 0) await this.startWorkers(kind, registered);
        if (held !== undefined && workers.length > 0) {
          registered.workers = [];
          // What runs already runs to its end.
          await this.boss.offWork(kind, { wait: false });
        }
      } catch (error) {
        this.logger.warn(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  private async startWorkers(kind: string, registered: RegisteredHandler): Promise<void> {
    if (!this.working) return;
    for (let n = 0; n < WORKERS_PER_QUEUE; n += 1)
      registered.workers.push(
        await this.boss.work<StoredTask>(
          kind,
          {
            batchSize: registered.options.batchMax,
            pollingIntervalSeconds: 0.5,
            // A full batch tells that more waits: without this a backlog would go down by one batch a poll.
            burstWhenBatchFull: true,
            perJobResults: true,
          },
          (jobs) => this.runBatch(kind, jobs, registered),
        ),
      );
  }

  /** Inside the caller's transaction: the tasks exist if and only if it commits. Call `wake` after the commit. */
  async enqueue(tx: ClientBase, tasks: readonly Task[]): Promise<void> {
    await this.insert(
      tx,
      Map.groupBy(tasks, (task) => task.kind),
      ({ key, payload }) => ({ key, payload }),
    );
  }

  /** Spares the tasks the wait for the next poll. */
  wake(kinds: Iterable<string>): void {
    if (!this.working) return;
    for (const kind of kinds)
      for (const worker of this.handlers.get(kind)?.workers ?? []) this.boss.notifyWorker(worker);
  }

  /** What waits, by kind. Counts are some seconds old. */
  async backlog(): Promise<readonly TaskBacklog[]> {
    const kinds = [...this.handlers.keys()];
    const [queues, oldest, dead] = await Promise.all([
      this.boss.getQueues(kinds),
      readOldestReady(this.pool, kinds),
      countDeadLetters(this.pool),
    ]);
    const counts = new Map(queues.map((queue) => [queue.name, queue]));
    return [...this.handlers].map(([kind, { options }]) => {
      const held = this.policies.heldBack(options.tier, options.target);
      const oldestReadyAt = oldest.get(kind)?.toISOString();
      return {
        kind,
        tier: options.tier,
        waiting: counts.get(kind)?.queuedCount ?? 0,
        running: counts.get(kind)?.activeCount ?? 0,
        deadLetters: dead.get(kind) ?? 0,
        ...(options.target === undefined ? {} : { target: options.target }),
        ...(oldestReadyAt === undefined ? {} : { oldestReadyAt }),
        ...(held === undefined ? {} : { heldBack: held }),
      };
    });
  }

  /** Of each kind the task that waits longest and could run, with how long it does; only kinds that have one. */
  async oldestReady(): Promise<readonly { readonly tier: Tier; readonly target?: TaskTarget; readonly ms: number }[]> {
    const oldest = await readOldestReady(this.pool, [...this.handlers.keys()]);
    const now = Date.now();
    return [...oldest].flatMap(([kind, readyAt]) => {
      const options = this.handlers.get(kind)?.options;
      if (options === undefined) return [];
      const { tier, target } = options;
      return [{ tier, ms: now - readyAt.getTime(), ...(target === undefined ? {} : { target }) }];
    });
  }

  /** Tasks that will not be tried again by themselves, newest first. `page.limit` is at most DEAD_LETTERS_PAGE_MAX. */
  deadLetters(filter: DeadLetterFilter, page: DeadLetterPage): Promise<readonly DeadLetter[]> {
    if (page.limit > DEAD_LETTERS_PAGE_MAX)
      throw new RangeError(`at most ${DEAD_LETTERS_PAGE_MAX} dead letters a page`);
    return readDeadLetters(this.pool, filter, page);
  }

  /** As `redriveEach`; gives how many it was. */
  async redrive(ids: readonly string[]): Promise<number> {
    return (await this.redriveEach(ids)).size;
  }

  /**
   * Enqueues dead letters again, with their keys: `attempt` goes on counting, so that the handler looks for an earlier effect
   * first. Passed over are ids that are no dead letters any more, and those whose key a task of the kind has that is not done:
   * two at once could do a thing twice. Gives the ids that were enqueued.
   */
  async redriveEach(ids: readonly string[]): Promise<ReadonlySet<string>> {
    checkLetters(ids);
    const taken = await inTransaction(this.pool, async (tx) => {
      const letters = await takeDeadLetters(tx, ids, 'FREE');
      await this.insert(
        tx,
        Map.groupBy(letters, (letter) => letter.kind),
        ({ task }) => task,
      );
      return letters;
    });
    this.wake(new Set(taken.map((letter) => letter.kind)));
    return new Set(taken.map(({ id }) => id));
  }

  /** As `discardEach`; gives how many it was. */
  async discard(ids: readonly string[]): Promise<number> {
    return (await this.discardEach(ids)).size;
  }

  /** Takes dead letters out for good: others do their work. Ids that are none are passed over. Gives those that were. */
  async discardEach(ids: readonly string[]): Promise<ReadonlySet<string>> {
    checkLetters(ids);
    const taken = await inTransaction(this.pool, (tx) => takeDeadLetters(tx, ids, 'ALL'));
    return new Set(taken.map(({ id }) => id));
  }

  async stop(timeoutMs: number): Promise<void> {
    this.working = false;
    clearInterval(this.reviews);
    await this.reviewing;
    await this.boss.stop({ graceful: true, timeout: timeoutMs, close: false });
  }

  private async insert<T>(
    tx: ClientBase,
    byKind: ReadonlyMap<string, readonly T[]>,
    toStored: (of: T) => StoredTask,
  ): Promise<void> {
    // Named, so that the server plans it once for each connection: planning takes longer than a small batch's insert.
    const db = {
      executeSql: (text: string, values?: unknown[]) =>
        tx.query({ name: statementName(text), text, ...(values === undefined ? {} : { values }) }),
    };
    await sentTogether(
      [...byKind].map(([kind, ofKind]) =>
        this.boss.insert(
          kind,
          ofKind.map((of) => ({ data: toStored(of) })),
          { db, returnId: false },
        ),
      ),
    );
  }

  private async runBatch(
    kind: string,
    jobs: readonly Job<StoredTask>[],
    { handler, options }: RegisteredHandler,
  ): Promise<JobResult[]> {
    const retry = (options.target === undefined ? undefined : this.policies.retry(options.target)) ?? options.retry;
    // Those far beyond their last try ended the process each time: the handler does not get them again.
    const sound = jobs.filter((job) => triesInRound(job) < attemptsMax(retry) + CRASHES_MAX);
    const run = (job: Job<StoredTask>): TaskRun => toRun(kind, job, retry, Date.now() < this.cautiousUntil);
    const deadly = jobs.filter((job) => !sound.includes(job));
    const givenUp = deadly.length === 0 ? DEADLY : await this.giveUp(deadly.map(run));
    const answers = await this.handle(sound.map(run), handler);
    const results = new Map(sound.map((job, index) => [job.id, answers[index] ?? NO_RESULT]));
    const putBack: PutBack[] = [];
    const settled = jobs.map((job): JobResult => {
      const next = nextTry(results.get(job.id) ?? givenUp, triesInRound(job), retry, Math.random);
      for (const observe of this.observers) observe({ kind, outcome: settledAs(next) });
      if (next.outcome === 'DONE') return { id: job.id, status: 'completed' };
      if (next.outcome === 'DEAD') return { id: job.id, status: 'deadletter', output: { error: next.error } };
      putBack.push({ id: job.id, claim: job.retryCount, ...next });
      // It is put back here: the library finds nothing left to settle.
      return { id: job.id, status: 'failed', output: { error: next.error } };
    });
    await putBackTasks(this.pool, kind, putBack);
    return settled;
  }

  private async giveUp(runs: readonly TaskRun[]): Promise<TaskResult> {
    try {
      await this.tellGivenUp?.(runs, DEADLY.error);
      return DEADLY;
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      this.logger.error(`${runs[0]?.kind}: nobody could be told that it is given up: ${sentence}`);
      return { outcome: 'RETRY', error: sentence, untold: true };
    }
  }

  private async handle(runs: readonly TaskRun[], handler: TaskHandler): Promise<readonly TaskResult[]> {
    if (runs.length === 0) return [];
    try {
      return await runInWork(runs, handler, this.subjectMember);
    } catch (error) {
      this.logger.error(
        `${runs[0]?.kind}: the handler failed: ${error instanceof Error ? error.message : String(error)}`,
      );
      return runs.map(() => resultOfThrown(error));
    }
  }
}

function checkLetters(ids: readonly string[]): void {
  if (ids.length > DEAD_LETTERS_PAGE_MAX) throw new RangeError(`at most ${DEAD_LETTERS_PAGE_MAX} dead letters at once`);
}

function statementName(text: string): string {
  return `task.${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
}
