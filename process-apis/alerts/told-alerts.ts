import type { Instant } from '../../src/model/time.js';
import type { ToldAlert } from '../../system-apis/alerting/alert-sink.port.js';
import { alertSentence, alertsSentence, type Alert, type AlertState } from './alerts.types.js';

const HAPPENED: Readonly<Record<AlertState, ToldAlert['happened']>> = {
  WARNING: 'raised',
  BREACHED: 'breached',
  ENDED: 'ended',
};

/** Of the changes that are told as one, so many are told with their orders. */
export const SHOWN_MAX = 20;

/** Changes that are told as one: of one channel, step, happening and state. */
export interface AlertGroup {
  readonly count: number;
  /** Those that are, or were, due first, up to SHOWN_MAX; at least one. */
  readonly first: readonly Alert[];
  /** Of all its changes: names the group. */
  readonly digest: string;
  /** When the first of them happened. */
  readonly at: Instant;
}

/** What happened to the alert by the change that made it what it is. */
export function happenedTo({ state, version }: Alert): ToldAlert['happened'] {
  // An alert may be raised when its time is over already.
  return state === 'BREACHED' && version === 1 ? 'raised' : HAPPENED[state];
}

/** Changes of alerts as they are told outside: one by itself, several as one. `consoleUrl`: where the console is. */
export function toTold({ count, first, digest, at }: AlertGroup, consoleUrl: string): ToldAlert {
  const [alert] = first;
  if (alert === undefined) throw new Error('a group of alerts has at least one');
  const { id, version, state, orderId, ...known } = alert;
  const data = { alertId: id, version, state, orderId, ...known };
  const told = { id: `${id}/${version}`, happened: happenedTo(alert), at };
  if (count === 1) {
    const link = `${consoleUrl}/orders/${orderId}`;
    return { ...told, subject: `order/${orderId}`, data: { ...data, sentence: alertSentence(alert), link } };
  }
  const { channel, stage } = alert;
  return {
    ...told,
    id: `${told.id}+${digest}`,
    subject: `channel/${channel}/${stage}`,
    data: {
      ...data,
      sentence: alertsSentence(alert, count),
      link: `${consoleUrl}/alerts?${new URLSearchParams({ channel, stage, state }).toString()}`,
      count,
      alerts: first.map(shown),
    },
  };
}

function shown({ id, version, orderId, reference, since, dueAt }: Alert): object {
  return { alertId: id, version, orderId, reference, since, dueAt };
}
