import type { Alerts, AlertTasks } from '../../process-apis/alerts/index.js';
import { BackgroundLoop, type TaskQueue } from '../platform/jobs/index.js';

const SWEEP_EVERY_MS = 1_000;
const HOUR_MS = 3_600_000;

/** What watches the SLA clocks, and tells alerts outside where somebody wants to hear of them. */
export class AlertWork {
  constructor(
    private readonly alerts: Alerts,
    private readonly tasks?: AlertTasks,
  ) {}

  register(queue: TaskQueue): void {
    this.tasks?.register(queue);
  }

  loops(): readonly BackgroundLoop[] {
    return [
      new BackgroundLoop('SLA clocks and alerts', SWEEP_EVERY_MS, () => this.alerts.sweep()),
      new BackgroundLoop('alerts of long ago', HOUR_MS, () => this.alerts.sweepHistory()),
    ];
  }
}
