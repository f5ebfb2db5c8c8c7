export { WmsInboundCounts, type InboundOutcome } from './inbound-counts.js';
export { WmsRestModule } from './wms-rest.module.js';
export type { WmsRestSettingsInput } from './wms-rest.settings.js';
