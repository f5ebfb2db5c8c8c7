import type { Instant } from '../../src/model/time.js';

/** Work that could be done and has waited for longer than this is a sign that something is wrong, in milliseconds. */
export const BACKLOG_LATE_MS = 5 * 60_000;

export type SystemState = 'OK' | 'DEGRADED' | 'DOWN' | 'PAUSED';

/** One kind of call to a system, as it stands. */
export interface OperationSigns {
  readonly operation: string;
  readonly write: boolean;
  /** Who stopped it, and why. */
  readonly paused?: string;
  readonly pausedAt?: Instant;
  /** As processes told it of late; absent where it was not called. */
  readonly breaker?: {
    readonly state: 'CLOSED' | 'HALF_OPEN' | 'OPEN';
    readonly since: Instant;
    readonly lastError?: string;
  };
  /** The other side asked for a rest until then. */
  readonly restsUntil?: Instant;
}

/** What waits to be done at a system, of one kind. */
export interface BacklogSigns {
  readonly kind: string;
  /** Since when the work that waits longest could be done. */
  readonly oldestReadyAt?: Instant;
}

export interface SystemHealth {
  readonly state: SystemState;
  /** A sentence; null while nothing is wrong. */
  readonly reason: string | null;
  /** Null while nothing is wrong, or where nobody can say. */
  readonly since: Instant | null;
}

const WELL: SystemHealth = { state: 'OK', reason: null, since: null };

/**
 * How the hub gets on with a system. A person's pause of all its operations, or of all that write, goes before everything;
 * then what fails; then what rests or waits. Pure: `nowMs` is in milliseconds since the epoch.
 */
export function systemHealth(
  operations: readonly OperationSigns[],
  backlog: readonly BacklogSigns[],
  nowMs: number,
): SystemHealth {
  return paused(operations) ?? failing(operations) ?? resting(operations, nowMs) ?? late(backlog, nowMs) ?? WELL;
}

function paused(operations: readonly OperationSigns[]): SystemHealth | undefined {
  const stopped = operations.filter((operation) => operation.paused !== undefined);
  const writes = operations.filter(({ write }) => write);
  const needed = writes.length > 0 ? writes : operations;
  const [first] = stopped;
  if (first === undefined || !needed.every((operation) => stopped.includes(operation))) return undefined;
  return { state: 'PAUSED', reason: first.paused ?? null, since: earliest(stopped.map(({ pausedAt }) => pausedAt)) };
}

function failing(operations: readonly OperationSigns[]): SystemHealth | undefined {
  const called = operations.filter(({ breaker }) => breaker !== undefined);
  const failed = called.filter(({ breaker }) => breaker?.state !== 'CLOSED');
  const [first] = failed;
  if (first === undefined) return undefined;
  const why = first.breaker?.lastError === undefined ? '' : `: ${first.breaker.lastError}`;
  const names = failed.map(({ operation }) => operation).join(', ');
  const many = `${failed.length} of ${called.length} operations that are called fail (${names})${why}`;
  return {
    state: failed.length * 2 >= called.length ? 'DOWN' : 'DEGRADED',
    reason: called.length === 1 ? `${first.operation} fails${why}` : many,
    since: earliest(failed.map(({ breaker }) => breaker?.since)),
  };
}

function resting(operations: readonly OperationSigns[], nowMs: number): SystemHealth | undefined {
  const stopped = operations.find((operation) => operation.paused !== undefined);
  if (stopped !== undefined)
    return { state: 'DEGRADED', reason: stopped.paused ?? null, since: stopped.pausedAt ?? null };
  const limited = operations.find(({ restsUntil }) => restsUntil !== undefined && Date.parse(restsUntil) > nowMs);
  if (limited === undefined) return undefined;
  const reason = `${limited.operation} rests until ${limited.restsUntil}: the other side asked for it`;
  return { state: 'DEGRADED', reason, since: null };
}

function late(backlog: readonly BacklogSigns[], nowMs: number): SystemHealth | undefined {
  const waiting = backlog
    .filter(({ oldestReadyAt }) => oldestReadyAt !== undefined && nowMs - Date.parse(oldestReadyAt) > BACKLOG_LATE_MS)
    .toSorted((a, b) => ((a.oldestReadyAt ?? '') < (b.oldestReadyAt ?? '') ? -1 : 1));
  const [oldest] = waiting;
  if (oldest?.oldestReadyAt === undefined) return undefined;
  const minutes = Math.floor((nowMs - Date.parse(oldest.oldestReadyAt)) / 60_000);
  const reason = `${oldest.kind} has waited for ${minutes} minutes`;
  return { state: 'DEGRADED', reason, since: oldest.oldestReadyAt };
}

function earliest(instants: readonly (Instant | undefined)[]): Instant | null {
  return instants.filter((instant) => instant !== undefined).toSorted()[0] ?? null;
}
