export * from './exceptions.types.js';
export { foldProblems, writeProblems } from './write-problems.js';
export { registerKey } from './problem-row.js';
export { EXCEPTION_STREAM } from './exception-events.js';
export * from './exceptions.service.js';
export {
  EXCEPTION_SORTING,
  EXCEPTION_SORTS,
  findOrdersOfExceptions,
  findOrdersWithStanding,
  findStandingOfMessages,
  findStandingWithPrefix,
  readStandingKeys,
  readStandingOfOrders,
  type ExceptionCount,
  type ExceptionFilter,
  type ExceptionGroup,
  type ExceptionPosition,
  type ExceptionSort,
  type StandingException,
} from './exception-reader.sql.js';
export { messageKey, messageProblem, PARKED_MS_MAX, type KeptMessage } from './message-problem.js';
export {
  pruneCallEvidence,
  readCallEvidence,
  sealEvidence,
  writeCallEvidence,
  type CallEvidence,
  type SealedEvidence,
} from './call-evidence.js';
export { countOpenExceptions, type OpenCount } from './open-counts.sql.js';
