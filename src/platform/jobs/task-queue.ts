import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';
import { PgBoss, type Job, type JobResult } from 'pg-boss';
import { sentTogether } from '../commit/index.js';
import {
  DEFAULT_TASK_QUEUE,
  type Task,
  type TaskHandler,
  type TaskQueueOptions,
  type TaskResult,
  type TaskRun,
} from './task.js';

const DEAD_LETTERS = 'dead-letter';
/** A killed process's tasks are taken over after this long. */
const HEARTBEAT_SECONDS = 10;
const MONITOR_SECONDS = 5;
const EXPIRE_SECONDS = 600;
const KEEP_DONE_SECONDS = 3_600;
const WORKERS_PER_QUEUE = 2;

interface StoredTask {
  readonly key: string;
  readonly payload: object;
}

interface RegisteredHandler {
  readonly handler: TaskHandler;
  readonly options: TaskQueueOptions;
  workers: string[];
}

/**
 * The durable queue of outside work, on pg-boss: tasks are enqueued inside the caller's transaction, run at least once,
 * retried with exponential backoff and jitter, and parked as dead letters after the last try.
 */
export class TaskQueue {
  private readonly logger = new Logger(TaskQueue.name);
  private readonly boss: PgBoss;
  private readonly handlers = new Map<string, RegisteredHandler>();
  private working = false;

  constructor(pool: Pool) {
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

  /** Installs the queues. Every role needs it to enqueue; only workers call `work`. */
  async start(): Promise<void> {
    await this.boss.start();
    await this.boss.createQueue(DEAD_LETTERS);
    for (const [kind, { options }] of this.handlers) {
      const queue = {
        retryLimit: options.retryLimit,
        retryDelay: options.retryDelaySeconds,
        retryBackoff: true,
        retryDelayMax: options.retryDelaySecondsMax,
        expireInSeconds: EXPIRE_SECONDS,
        heartbeatSeconds: HEARTBEAT_SECONDS,
        deleteAfterSeconds: KEEP_DONE_SECONDS,
        deadLetter: DEAD_LETTERS,
      };
      await this.boss.createQueue(kind, queue);
      await this.boss.updateQueue(kind, queue);
    }
  }

  async work(): Promise<void> {
    this.working = true;
    for (const [kind, registered] of this.handlers)
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
            (jobs) => runBatch(kind, jobs, registered.handler),
          ),
        );
  }

  /** Inside the caller's transaction: the tasks exist if and only if it commits. Call `wake` after the commit. */
  async enqueue(tx: ClientBase, tasks: readonly Task[]): Promise<void> {
    // Named, so that the server plans it once for each connection: planning takes longer than a small batch's insert.
    const db = {
      executeSql: (text: string, values?: unknown[]) =>
        tx.query({ name: statementName(text), text, ...(values === undefined ? {} : { values }) }),
    };
    await sentTogether(
      [...Map.groupBy(tasks, (task) => task.kind)].map(([kind, ofKind]) =>
        this.boss.insert(
          kind,
          ofKind.map((task) => ({ data: { key: task.key, payload: task.payload } satisfies StoredTask })),
          { db, returnId: false },
        ),
      ),
    );
  }

  /** Spares the tasks the wait for the next poll. */
  wake(kinds: Iterable<string>): void {
    if (!this.working) return;
    for (const kind of kinds)
      for (const worker of this.handlers.get(kind)?.workers ?? []) this.boss.notifyWorker(worker);
  }

  /** How much waits, by kind. */
  async backlog(): Promise<ReadonlyMap<string, number>> {
    const queues = await this.boss.getQueues([...this.handlers.keys()]);
    return new Map(queues.map((queue) => [queue.name, queue.queuedCount + queue.activeCount]));
  }

  async stop(timeoutMs: number): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: timeoutMs, close: false });
  }
}

function statementName(text: string): string {
  return `task.${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
}

async function runBatch(kind: string, jobs: readonly Job<StoredTask>[], handler: TaskHandler): Promise<JobResult[]> {
  const runs: readonly TaskRun[] = jobs.map((job) => ({
    kind,
    key: job.data.key,
    payload: job.data.payload,
    attempt: job.retryCount,
  }));
  const results = await handler(runs);
  return jobs.map((job, index) => toJobResult(job.id, results[index]));
}

function toJobResult(id: string, result: TaskResult | undefined): JobResult {
  if (result === undefined) return { id, status: 'failed', output: { error: 'the handler gave no result' } };
  switch (result.outcome) {
    case 'DONE':
      return { id, status: 'completed' };
    case 'RETRY':
      return { id, status: 'failed', output: { error: result.error } };
    case 'DEAD':
      return { id, status: 'deadletter', output: { error: result.error } };
  }
}
