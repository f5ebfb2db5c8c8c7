import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Alerts } from '../../process-apis/alerts/index.js';
import { Exceptions } from '../../process-apis/exceptions/index.js';
import { Metrics } from '../platform/telemetry/metrics.js';

/** What waits for a person, for Prometheus. The same in each process: take the greatest. */
@Injectable()
export class AlertFigures implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly alerts: Alerts,
    private readonly exceptions: Exceptions,
  ) {}

  onModuleInit(): void {
    this.showAlerts();
    this.showExceptions();
  }

  private showAlerts(): void {
    const standing = this.metrics.gauge('alerts_standing', 'Steps of orders that are late, or about to be.', [
      'channel',
      'stage',
      'state',
    ]);
    const read = async (): Promise<void> => {
      const counts = await this.alerts.counts();
      // What ended since the last look is in no row.
      standing.reset();
      for (const { count, ...labels } of counts) standing.set(labels, count);
    };
    this.metrics.addLook({ source: 'alerts', gauges: [standing], read });
  }

  private showExceptions(): void {
    const open = this.metrics.gauge('exceptions_open', 'Business problems that wait for a person.', [
      'category',
      'severity',
    ]);
    const read = async (): Promise<void> => {
      const counts = await this.exceptions.counts();
      open.reset();
      for (const { category, severity, open: many } of counts) open.set({ category, severity }, many);
    };
    this.metrics.addLook({ source: 'exceptions', gauges: [open], read });
  }
}
