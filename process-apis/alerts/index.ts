export { AlertTasks } from './alert-tasks.js';
export {
  Alerts,
  ALERTS_KEPT_DAYS,
  ALERTS_PAGE_MAX,
  GATHER_MS,
  type AlertsOutside,
  type AlertsParts,
} from './alerts.service.js';
export { readAlertsById, type AlertCount, type AlertFilter } from './alerts.sql.js';
export {
  ALERT_EVENTS,
  ALERT_STATES,
  ALERT_STREAM,
  alertSentence,
  STAGE_TITLES,
  type Alert,
  type AlertState,
} from './alerts.types.js';
