export * from './replay.types.js';
export { CHANGES_KEPT_MAX } from './replay.sql.js';
export { CHANGES_PAGE_MAX, ReplayDesk, ReplayWorker, RUNS_PAGE_MAX, type ReplayWorkerParts } from './replay.service.js';
