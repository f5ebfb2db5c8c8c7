/** Outside work to do, as it is enqueued with the transition that asks for it. */
export interface Task<Payload extends object = object> {
  /** Names the queue and its handler: `<audience>.<work>`. */
  readonly kind: string;
  /** Stable idempotency key towards the outside system. */
  readonly key: string;
  readonly payload: Payload;
}

/** A task as its handler gets it. */
export interface TaskRun<Payload extends object = object> extends Task<Payload> {
  /** 0 at the first try. From the second on, an earlier try may have had its effect. Goes on counting over a redrive. */
  readonly attempt: number;
  /** A failure of this try is final: nobody tries again by itself. */
  readonly lastTry: boolean;
}

export type TaskResult =
  | { readonly outcome: 'DONE' }
  /** Worth trying again later: after what the other side asked for, else with backoff. */
  | {
      readonly outcome: 'RETRY';
      readonly error: string;
      readonly retryAfterMs?: number;
      /** What came of the try could not be said to anybody: it is not the last one. */
      readonly untold?: boolean;
    }
  /** Nothing was sent (paused, breaker open, no budget): put back without a try lost. */
  | { readonly outcome: 'HELD'; readonly error: string; readonly retryAfterMs: number }
  /** Trying again is useless: parked as a dead letter. */
  | { readonly outcome: 'DEAD'; readonly error: string };

/** Runs a batch; one result per task, in the same order. Must not throw for a single task's failure. */
export type TaskHandler = (tasks: readonly TaskRun[]) => Promise<readonly TaskResult[]>;

/** How often and when a task that failed is tried again. */
export interface RetryPolicy {
  /** Tries after the first one. */
  readonly limit: number;
  /** The shortest delay, in seconds; it doubles with each try. */
  readonly delayS: number;
  readonly delaySMax: number;
}

/** What waits under pressure, last number first: 1 taking and reserving, 2 telling channels, 3 postings, 4 feeds and counts. */
export type Tier = 1 | 2 | 3 | 4;

/** What a kind of task calls outside: the system, and the use that its policies name. */
export interface TaskTarget {
  readonly system: string;
  readonly use: string;
}

export interface TaskQueueOptions {
  /** Tasks that a handler gets at once. */
  readonly batchMax: number;
  readonly tier: Tier;
  /** Where nothing is said by the policies of the target. */
  readonly retry: RetryPolicy;
  /** Absent where the kind calls several systems. */
  readonly target?: TaskTarget;
}

export const DEFAULT_TASK_QUEUE: TaskQueueOptions = {
  batchMax: 32,
  tier: 3,
  // About two days of trying before the task becomes a dead letter.
  retry: { limit: 3_000, delayS: 1, delaySMax: 60 },
};

/** What became of one try. */
export interface SettledTask {
  readonly kind: string;
  readonly outcome: 'done' | 'again' | 'held' | 'dead';
}

/**
 * Hears of tasks that are given up without their handler, before they are parked: nobody else could say so. When it throws
 * they stay, and it hears of them again.
 */
export type GivenUp = (tasks: readonly TaskRun[], error: string) => Promise<void>;

/** What waits of one kind. */
export interface TaskBacklog {
  readonly kind: string;
  readonly tier: Tier;
  readonly target?: TaskTarget;
  readonly waiting: number;
  readonly running: number;
  /** Since when the task that waits longest could have run; absent when none can. */
  readonly oldestReadyAt?: string;
  /** Why this process fetches none. */
  readonly heldBack?: string;
  readonly deadLetters: number;
}
