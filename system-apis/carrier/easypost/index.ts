export { EasyPostInboundCounts, type EasyPostInboundOutcome } from './easypost.counts.js';
export { EasyPostModule } from './easypost.module.js';
export { EasyPostSettings, type EasyPostSettingsInput } from './easypost.settings.js';
