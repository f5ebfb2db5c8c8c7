export * from './exceptions.types.js';
export { foldProblems, writeProblems } from './write-problems.js';
