import type { Instant } from '../../src/model/time.js';
import type { SlaStage } from '../orders/index.js';

export const ALERT_STATES = ['WARNING', 'BREACHED', 'ENDED'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** What people are told of a step whose SLA clock is about to run out, or has. Ends when the step is done. */
export interface Alert {
  readonly id: string;
  /** 1 when it was raised; grows with each change. */
  readonly version: number;
  readonly state: AlertState;
  readonly orderId: string;
  /** The channel's id of the order. */
  readonly reference: string;
  readonly channel: string;
  readonly stage: SlaStage;
  /** The wait of the order that it is of. */
  readonly waitKey: string;
  /** Since when the step is waited for. */
  readonly since: Instant;
  readonly raisedAt: Instant;
  readonly dueAt: Instant;
  readonly breachedAt?: Instant;
  readonly endedAt?: Instant;
}

/** In the log, on the alert's own stream; each tells the whole alert as it is then. */
export const ALERT_STREAM = 'alert';
export const ALERT_EVENTS = { WARNING: 'AlertRaised', BREACHED: 'AlertBreached', ENDED: 'AlertEnded' } as const;

export const STAGE_TITLES: Readonly<Record<SlaStage, string>> = {
  ERP_POSTING: 'posting to the ERP',
  ERP_CONFIRMATION: 'confirmation by the ERP',
  ERP_REDUCTION: 'reduction of the sales order',
  GOODS_ISSUE: 'goods issue',
  BILLING: 'billing',
  RELEASE: 'release to the warehouse',
  SHIPMENT: 'shipment',
  CANCELLATION: 'cancellation by the warehouse',
  CHANNEL_CONFIRMATION: 'confirmation to the channel',
};

/** For a person: what is late, or will be. No personal data. */
export function alertSentence({ state, reference, channel, stage, dueAt, endedAt }: Alert): string {
  const of = `Order ${reference} of ${channel}: ${STAGE_TITLES[stage]}`;
  if (state === 'WARNING') return `${of} is due at ${dueAt} and is not done.`;
  if (state === 'BREACHED') return `${of} is late since ${dueAt}.`;
  return `${of} was due at ${dueAt} and is settled since ${endedAt ?? dueAt}.`;
}

/** The same of several of a kind: `alert` is the one of them that is, or was, due first. */
export function alertsSentence({ state, reference, channel, stage, dueAt }: Alert, count: number): string {
  const of = `${count} steps of orders of ${channel}`;
  if (state === 'WARNING')
    return `${of} are due and not done: ${STAGE_TITLES[stage]}, the first (${reference}) at ${dueAt}.`;
  if (state === 'BREACHED') return `${of} are late: ${STAGE_TITLES[stage]}, the first (${reference}) since ${dueAt}.`;
  return `${of} are settled: ${STAGE_TITLES[stage]}; the first (${reference}) was due at ${dueAt}.`;
}
