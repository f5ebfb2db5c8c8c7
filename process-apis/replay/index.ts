export * from './replay.types.js';
export { CHANGES_KEPT_MAX } from './replay.sql.js';
export { TaskDesk, TASKS_AT_ONCE_MAX, type TaskAnswer, type TaskOutcome, type TaskRefusal } from './task-desk.js';
export { CHANGES_PAGE_MAX, ReplayDesk, ReplayWorker, RUNS_PAGE_MAX, type ReplayWorkerParts } from './replay.service.js';
