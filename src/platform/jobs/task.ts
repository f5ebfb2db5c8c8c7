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
  /** 0 at the first try. From the second on, an earlier try may have had its effect. */
  readonly attempt: number;
}

export type TaskResult =
  | { readonly outcome: 'DONE' }
  /** Worth trying again later, with backoff. */
  | { readonly outcome: 'RETRY'; readonly error: string }
  /** Trying again is useless: parked as a dead letter. */
  | { readonly outcome: 'DEAD'; readonly error: string };

/** Runs a batch; one result per task, in the same order. Must not throw for a single task's failure. */
export type TaskHandler = (tasks: readonly TaskRun[]) => Promise<readonly TaskResult[]>;

export interface TaskQueueOptions {
  /** Tasks that a handler gets at once. */
  readonly batchMax: number;
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  readonly retryDelaySecondsMax: number;
}

export const DEFAULT_TASK_QUEUE: TaskQueueOptions = {
  batchMax: 32,
  // With the delays below: about two days of trying before the task becomes a dead letter.
  retryLimit: 3_000,
  retryDelaySeconds: 1,
  retryDelaySecondsMax: 60,
};
