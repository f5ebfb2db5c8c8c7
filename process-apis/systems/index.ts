export {
  BACKLOG_LATE_MS,
  systemHealth,
  type BacklogSigns,
  type OperationSigns,
  type SystemHealth,
  type SystemState,
} from './system-health.js';
export { SystemKinds } from './system-kinds.js';
