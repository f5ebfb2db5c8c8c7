import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { BreakerState, MessageStatus, SystemState, TaskState } from '../../generated/graphql.js';
import { Badge, Elapsed, RelativeTime, StatusBadge, type Tone } from '../../ui/index.js';
import { systemPath } from './paths.js';

export const SYSTEM_TONE: Readonly<Record<SystemState, Tone>> = {
  OK: 'ok',
  DEGRADED: 'warn',
  DOWN: 'bad',
  PAUSED: 'held',
};

export const BREAKER_TONE: Readonly<Record<BreakerState, Tone>> = { CLOSED: 'ok', HALF_OPEN: 'warn', OPEN: 'bad' };

export const TASK_TONE: Readonly<Record<TaskState, Tone>> = {
  WAITING: 'neutral',
  RUNNING: 'info',
  RETRYING: 'warn',
  DONE: 'ok',
  DEAD: 'bad',
};

export const MESSAGE_TONE: Readonly<Record<MessageStatus, Tone>> = {
  COMMITTED: 'ok',
  IGNORED: 'neutral',
  REFUSED: 'bad',
  PARKED: 'warn',
  DISMISSED: 'neutral',
};

const STATE_WORDS: Readonly<Record<SystemState, string>> = {
  OK: 'Fine',
  DEGRADED: 'Degraded',
  DOWN: 'Down',
  PAUSED: 'Paused',
};

interface SystemHealth {
  readonly state: SystemState;
  readonly reason?: string | null;
  readonly since?: string | null;
}

export function HealthBadge({ state }: { state: SystemState }): ReactElement {
  return <StatusBadge status={state} tone={SYSTEM_TONE[state]} label={STATE_WORDS[state]} />;
}

/** How the hub gets on with a system: state, why, since when. */
export function Health({ health }: { health: SystemHealth }): ReactElement {
  const { state, reason, since } = health;
  return (
    <span className="stack-tight">
      <span className="row">
        <HealthBadge state={state} />
        {since !== null && since !== undefined && (
          <span className="faint small">
            since <RelativeTime at={since} />
          </span>
        )}
      </span>
      {reason !== null && reason !== undefined && <span className="muted small">{reason}</span>}
    </span>
  );
}

/** Bad ones mark their row. */
export function healthTone(state: SystemState): Tone | undefined {
  return state === 'OK' ? undefined : SYSTEM_TONE[state];
}

export interface Backlog {
  readonly waiting: number;
  readonly running: number;
  readonly deadLetters: number;
  readonly oldestReadyAt?: string | null;
}

export interface BacklogSum {
  readonly waiting: number;
  readonly running: number;
  readonly deadLetters: number;
  readonly oldestReadyAt: string | null;
}

/** What waits, of all kinds together. */
export function sumOf(backlog: readonly Backlog[]): BacklogSum {
  const oldest = backlog.flatMap(({ oldestReadyAt }) => oldestReadyAt ?? []).toSorted()[0];
  return {
    waiting: backlog.reduce((total, { waiting }) => total + waiting, 0),
    running: backlog.reduce((total, { running }) => total + running, 0),
    deadLetters: backlog.reduce((total, { deadLetters }) => total + deadLetters, 0),
    oldestReadyAt: oldest ?? null,
  };
}

/** For how long the task that waits longest could have run. */
export function LongestWait({ at }: { at: string | null | undefined }): ReactElement {
  return at === null || at === undefined ? <span className="faint">–</span> : <Elapsed since={at} />;
}

export function SystemLink({ name }: { name: string | null | undefined }): ReactElement {
  if (name === null || name === undefined) return <Badge>several</Badge>;
  return <Link to={systemPath(name)}>{name}</Link>;
}

/** The name of a figure that leads to what it counts. */
export function FigureLink({ to, children }: { to: string; children: string }): ReactElement {
  return (
    <Link className="stat-link" to={to} preventScrollReset>
      {children}
    </Link>
  );
}
