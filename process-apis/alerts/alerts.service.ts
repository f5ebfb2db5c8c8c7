import { randomUUIDv7 } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import {
  appendEvents,
  asConsumer,
  consumeLog,
  type LoggedEvent,
  type NewEvent,
} from '../../src/platform/event-log/index.js';
import type { TaskQueue } from '../../src/platform/jobs/index.js';
import { readOrdersById } from '../orders/index.js';
import { tellAlertTask } from './alert-tasks.js';
import {
  countAlerts,
  markTold,
  pruneAlerts,
  readAlerts,
  readAlertsById,
  readDueWatches,
  readWatches,
  writeAlerts,
  writeWatches,
  type AlertCount,
  type AlertFilter,
} from './alerts.sql.js';
import { ALERT_EVENTS, ALERT_STREAM, type Alert } from './alerts.types.js';
import { SHOWN_MAX, toTold } from './told-alerts.js';
import { takeUntold, writeUntold } from './untold.sql.js';
import { compareWatches, nameOf, watchesOf, type StoredWatch } from './watches.js';

const CONSUMER = 'alerts';
/** Events in one transaction. */
const EVENTS_MAX = 1_000;
/** Clocks that are told of in one transaction. */
const TOLD_MAX = 500;
/** Of what happened to the alerts of a channel and step somebody outside hears at once, and then no more than once in so long. */
export const GATHER_MS = 60_000;
/** Changes that are gathered in one transaction. */
const GATHERED_MAX = 20_000;
export const ALERTS_PAGE_MAX = 100;
/** Alerts that ended are kept for so many days since they were raised. */
export const ALERTS_KEPT_DAYS = 400;
const PRUNE_PAGE = 5_000;
const DAY_MS = 86_400_000;

/** How somebody outside hears of alerts. */
export interface AlertsOutside {
  readonly tasks: Pick<TaskQueue, 'enqueue' | 'wake'>;
  /** Where the console is, for links. */
  readonly consoleUrl: string;
}

export interface AlertsParts {
  readonly pool: Pool;
  /** Absent: nobody outside is told. */
  readonly outside?: AlertsOutside;
  /** Called after a commit of events. */
  readonly committed: () => void;
  readonly clock?: () => Instant;
}

interface ClocksSet {
  /** Those that are there. */
  readonly orders: readonly Order[];
  readonly ended: readonly StoredWatch[];
  readonly over: readonly Alert[];
}

/**
 * Tells of steps whose SLA clock is about to run out, of those that are late, and when they are done after all. The clocks that
 * run follow the event log off the way of the orders; one process at a time.
 */
export class Alerts {
  private readonly clock: () => Instant;

  constructor(private readonly parts: AlertsParts) {
    this.clock = parts.clock ?? (() => new Date().toISOString());
  }

  /** Takes the next events in, and when there are no more, tells what is due. Gives true when there is more to do. */
  async sweep(): Promise<boolean> {
    const changed: Alert[] = [];
    const behind = await consumeLog(this.parts.pool, CONSUMER, EVENTS_MAX, async (tx, events) => {
      changed.push(...(await this.follow(tx, events)));
    });
    // Of a log that is not read to its end it is not known what is done meanwhile.
    const more = behind || (await asConsumer(this.parts.pool, CONSUMER, (tx) => this.tellDue(tx, changed))) === true;
    if (changed.length > 0) this.parts.committed();
    await this.tellOutside();
    return more;
  }

  /** Deletes alerts that are over and were raised longer than ALERTS_KEPT_DAYS ago. Gives true when there are more. */
  async sweepHistory(): Promise<boolean> {
    const before = Date.parse(this.clock()) - ALERTS_KEPT_DAYS * DAY_MS;
    return (await pruneAlerts(this.parts.pool, before, PRUNE_PAGE)) === PRUNE_PAGE;
  }

  /** Newest first, behind the alert of this id; up to `limit`. */
  list(filter: AlertFilter, after: string | undefined, limit: number): Promise<readonly Alert[]> {
    return readAlerts(this.parts.pool, filter, after, limit);
  }

  /** Unknown ids are absent. */
  async byIds(ids: readonly string[]): Promise<ReadonlyMap<string, Alert>> {
    if (ids.length === 0) return new Map();
    return new Map((await readAlertsById(this.parts.pool, ids)).map((alert) => [alert.id, alert]));
  }

  /** Those that stand, by channel, stage and state. */
  counts(): Promise<readonly AlertCount[]> {
    return countAlerts(this.parts.pool);
  }

  private async follow(tx: PoolClient, events: readonly LoggedEvent[]): Promise<readonly Alert[]> {
    const ids = events.flatMap(({ streamType, streamId }) => (streamType === 'order' ? [streamId] : []));
    return (await this.setClocks(tx, ids, this.clock())).over;
  }

  private async tellDue(tx: PoolClient, changed: Alert[]): Promise<boolean> {
    const now = this.clock();
    const found = await readDueWatches(tx, now, TOLD_MAX);
    const ids = found.map(({ orderId }) => orderId);
    // The orders may be ahead of what can be read of the log, or gone: nobody is told of a step that is done.
    const { orders, ended, over } = await this.setClocks(tx, ids, now);
    const done = new Set(ended.map(nameOf));
    const due = found.filter((watch) => !done.has(nameOf(watch)));
    const alerts = await raiseAll(tx, due, orders, now);
    changed.push(...over, ...alerts);
    await this.write(tx, alerts, now);
    return found.length === TOLD_MAX;
  }

  /** Lets the clocks of these orders run as the orders are now; alerts of those that run no more are over. */
  private async setClocks(tx: PoolClient, orderIds: readonly string[], now: Instant): Promise<ClocksSet> {
    const ids = [...new Set(orderIds)];
    if (ids.length === 0) return { orders: [], ended: [], over: [] };
    const [orders, stored] = [await readOrdersById(tx, ids), await readWatches(tx, ids)];
    const { begun, ended } = compareWatches(stored, orders.flatMap(watchesOf));
    const standing = await readAlertsById(tx, alertIds(ended));
    const over = standing.map((alert): Alert => ({
      ...alert,
      version: alert.version + 1,
      state: 'ENDED',
      endedAt: now,
    }));
    await writeWatches(tx, begun, ended);
    await this.write(tx, over, now);
    return { orders, ended, over };
  }

  private async write(tx: PoolClient, alerts: readonly Alert[], now: Instant): Promise<void> {
    if (alerts.length === 0) return;
    await writeAlerts(tx, alerts);
    await appendEvents(
      tx,
      alerts.map((alert) => toEvent(alert, now)),
    );
    if (this.parts.outside !== undefined) await writeUntold(tx, alerts, now);
  }

  /** Gathers what nobody outside was told of yet: one task for all changes of a kind. */
  private async tellOutside(): Promise<void> {
    const { pool, outside } = this.parts;
    if (outside === undefined) return;
    const { tasks, consoleUrl } = outside;
    const gathered = await asConsumer(pool, CONSUMER, async (tx) => {
      const bounds = { now: this.clock(), quietMs: GATHER_MS, changesMax: GATHERED_MAX, shownMax: SHOWN_MAX };
      const groups = await takeUntold(tx, bounds);
      await tasks.enqueue(
        tx,
        groups.map((group) => tellAlertTask.of(toTold(group, consoleUrl))),
      );
      return groups.length;
    });
    if (gathered !== undefined && gathered > 0) tasks.wake([tellAlertTask.kind]);
  }
}

/** Remembers that these are told of, and gives their alerts as they are then. */
async function raiseAll(
  tx: PoolClient,
  due: readonly StoredWatch[],
  orders: readonly Order[],
  now: Instant,
): Promise<readonly Alert[]> {
  if (due.length === 0) return [];
  const standing = await readAlertsById(tx, alertIds(due));
  const ofOrder = new Map(orders.map((order) => [order.id, order]));
  const ofId = new Map(standing.map((alert) => [alert.id, alert]));
  const alerts = due.flatMap((watch) => {
    const order = ofOrder.get(watch.orderId);
    return order === undefined ? [] : [raised(watch, order, ofId.get(watch.alertId ?? ''), now)];
  });
  await markTold(
    tx,
    alerts.map(({ id, orderId, waitKey, state, dueAt }) => ({
      orderId,
      waitKey,
      alertId: id,
      nextAt: state === 'WARNING' ? dueAt : null,
    })),
  );
  return alerts;
}

/** The alert of a clock of which something is to be told now: a warning, or that the step is late. Pure but for a new id. */
function raised(watch: StoredWatch, order: Order, before: Alert | undefined, now: Instant): Alert {
  const { alertId: _, warnAt: __, ...of } = watch;
  const late = watch.dueAt <= now ? ({ state: 'BREACHED', breachedAt: now } as const) : ({ state: 'WARNING' } as const);
  if (before !== undefined) return { ...before, version: before.version + 1, ...late };
  return { ...of, id: randomUUIDv7(), version: 1, reference: order.reference, raisedAt: now, ...late };
}

function alertIds(watches: readonly StoredWatch[]): readonly string[] {
  return watches.flatMap(({ alertId }) => alertId ?? []);
}

function toEvent({ id, version, channel, ...alert }: Alert, now: Instant): NewEvent {
  return {
    streamType: ALERT_STREAM,
    streamId: id,
    streamVersion: version,
    type: ALERT_EVENTS[alert.state],
    schemaVersion: 1,
    scope: channel,
    source: 'hub',
    factId: `hub/alert/${id}/${version}`,
    occurredAt: now,
    data: { channel, ...alert },
  };
}
