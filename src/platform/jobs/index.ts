export * from './background-loop.js';
export * from './task.js';
export * from './task-queue.js';
