import { Module, type DynamicModule } from '@nestjs/common';
import { ALERT_SINK } from '../alert-sink.port.js';
import { CloudEventsAdapter } from './cloudevents.adapter.js';
import { CLOUD_EVENTS_SETTINGS, CloudEventsSettings, type CloudEventsSettingsInput } from './cloudevents.settings.js';

/** Alerts told by webhook. */
@Module({})
export class CloudEventsModule {
  /** Throws when a setting is wrong; a missing secret fails the start of the application. */
  static forRoot(settings: CloudEventsSettingsInput): DynamicModule {
    return {
      module: CloudEventsModule,
      providers: [
        { provide: CLOUD_EVENTS_SETTINGS, useValue: CloudEventsSettings.parse(settings) },
        CloudEventsAdapter,
        { provide: ALERT_SINK, useExisting: CloudEventsAdapter },
      ],
      exports: [ALERT_SINK],
    };
  }
}
