export * from './background-loop.js';
export * from './next-try.js';
export * from './pressure.js';
export * from './task.js';
export { TASK_STATES, type TaskFilter, type TaskPosition, type TaskRecord, type TaskState } from './task-record.sql.js';
export * from './task-records.js';
export type { DeadLetter, DeadLetterFilter, DeadLetterPage } from './task.sql.js';
export * from './task-queue.js';
export { inTask } from './task-work.js';
