import pLimit from 'p-limit';
import type { Task, TaskQueue, TaskResult } from '../../src/platform/jobs/index.js';
import { afterFailure } from '../../src/platform/outside/outside-error.js';
import type { AlertSink, ToldAlert } from '../../system-apis/alerting/alert-sink.port.js';

/** Before everything that changes nothing for a person who waits. */
const TIER = 2;
const CALLS_AT_ONCE = 4;

/** The task that tells one alert outside, or several of a kind. */
export const tellAlertTask = {
  kind: 'alerts.tell',
  of(told: ToldAlert): Task<ToldAlert> {
    return { kind: this.kind, key: `alert/${told.id}`, payload: told };
  },
} as const;

/** Tells alerts to whoever outside wants to hear of them. What cannot be told becomes a dead letter; the alert itself stands. */
export class AlertTasks {
  private readonly limit = pLimit(CALLS_AT_ONCE);

  constructor(private readonly sink: AlertSink) {}

  register(queue: Pick<TaskQueue, 'register'>): void {
    const target = { system: this.sink.system, use: 'tell' };
    queue.register(
      tellAlertTask.kind,
      (tasks) => Promise.all(tasks.map(({ payload }) => this.limit(() => this.tell(payload as ToldAlert)))),
      { tier: TIER, target },
    );
  }

  private async tell(alert: ToldAlert): Promise<TaskResult> {
    try {
      await this.sink.tell(alert);
      return { outcome: 'DONE' };
    } catch (error) {
      return afterFailure(error, error instanceof Error ? error.message : String(error));
    }
  }
}
