export * from './background-loop.js';
export * from './next-try.js';
export * from './pressure.js';
export * from './task.js';
export type { DeadLetter, DeadLetterFilter, DeadLetterPage } from './task.sql.js';
export * from './task-queue.js';
