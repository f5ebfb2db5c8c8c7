export { CloudEventsModule } from './cloudevents.module.js';
export { CloudEventsSettings, type CloudEventsSettingsInput } from './cloudevents.settings.js';
