import pLimit from 'p-limit';
import type { Instant } from '../../src/model/time.js';
import type { Task, TaskQueue, TaskResult } from '../../src/platform/jobs/index.js';
import { afterFailure } from '../../src/platform/outside/outside-error.js';
import type { AlertSink, ToldAlert } from '../../system-apis/alerting/alert-sink.port.js';
import { alertSentence, type Alert, type AlertState } from './alerts.types.js';

/** Before everything that changes nothing for a person who waits. */
const TIER = 2;
const CALLS_AT_ONCE = 4;
const HAPPENED: Readonly<Record<AlertState, ToldAlert['happened']>> = {
  WARNING: 'raised',
  BREACHED: 'breached',
  ENDED: 'ended',
};

/** The task that tells an alert outside, as it was at its change. */
export const tellAlertTask = {
  kind: 'alerts.tell',
  of(alert: Alert, at: Instant): Task<ToldAlert> {
    const { id, version, state, orderId, ...known } = alert;
    // An alert may be raised when its time is over already.
    const happened = state === 'BREACHED' && version === 1 ? 'raised' : HAPPENED[state];
    const told: ToldAlert = {
      id: `${id}/${version}`,
      happened,
      subject: `order/${orderId}`,
      at,
      data: { alertId: id, version, state, orderId, ...known, sentence: alertSentence(alert) },
    };
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
