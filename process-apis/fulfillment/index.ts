export { ErpFollowUp } from './erp-follow-up.js';
export { ErpTasks } from './erp.tasks.js';
export { loadOrders, type LoadedOrder, type OrderLookup } from './fulfillment.context.js';
export { failed, mayExist, submitResult, type TaskSubject } from './task-outcome.js';
export { WmsInbound } from './wms-inbound.js';
export { WmsTasks } from './wms.tasks.js';
