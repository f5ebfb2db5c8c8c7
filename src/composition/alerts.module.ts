import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import { z } from 'zod';
import { Alerts, AlertTasks } from '../../process-apis/alerts/index.js';
import { SlaSettings } from '../../process-apis/orders/index.js';
import { ALERT_SINK, type AlertSink } from '../../system-apis/alerting/alert-sink.port.js';
import { CloudEventsModule, CloudEventsSettings } from '../../system-apis/alerting/cloudevents/index.js';
import type { SystemSettings } from '../platform/config/system-settings.js';
import { PG_POOL } from '../platform/db/database.module.js';
import { EventFeed } from '../platform/event-log/index.js';
import { TaskQueue } from '../platform/jobs/index.js';
import { AlertFigures } from './alert-figures.js';
import { AlertWork } from './alert-work.js';

const alertingSection = z.strictObject({ kind: z.literal('cloudevents'), settings: CloudEventsSettings });

/** SLA clocks and their alerts. Without a section `alerting` they are told in the graph and the console alone. */
@Global()
@Module({})
export class AlertsModule {
  /** `publicUrl`: the address that people reach the hub by. Throws ConfigError. */
  static forRoot(settings: SystemSettings, publicUrl: string | undefined): DynamicModule {
    const sink = settings.has('alerting')
      ? CloudEventsModule.forRoot(settings.section('alerting', alertingSection).settings)
      : undefined;
    return {
      module: AlertsModule,
      imports: sink === undefined ? [] : [sink],
      providers: [
        { provide: SlaSettings, inject: [PG_POOL], useFactory: (pool: Pool) => new SlaSettings(pool) },
        {
          provide: Alerts,
          inject: [PG_POOL, EventFeed, TaskQueue, { token: ALERT_SINK, optional: true }],
          useFactory: (pool: Pool, feed: EventFeed, tasks: TaskQueue, receiver?: AlertSink) =>
            new Alerts({
              pool,
              committed: () => feed.wake(),
              ...(receiver === undefined ? {} : { outside: { tasks, consoleUrl: consoleUrl(publicUrl) } }),
            }),
        },
        AlertFigures,
        {
          provide: AlertWork,
          inject: [Alerts, { token: ALERT_SINK, optional: true }],
          useFactory: (alerts: Alerts, receiver?: AlertSink) =>
            new AlertWork(alerts, receiver === undefined ? undefined : new AlertTasks(receiver)),
        },
      ],
      exports: [SlaSettings, Alerts, AlertWork],
    };
  }
}

/** Without an address of its own the console has a path alone. */
function consoleUrl(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '/console' : `${new URL(publicUrl).origin}/console`;
}
