import type { DriftPolicy } from './drift-policy.js';
import type { DriftSubject, DriftSystem } from './drift.types.js';
import type { LastLook } from './drift-run.sql.js';

const HOUR_MS = 3_600_000;
/** A run that failed is tried again after this long. */
export const FAILED_REST_MS = 30 * 60_000;
/** A difference that waits for another reading gets it after this long. */
export const CONFIRM_MS: Readonly<Record<DriftSystem, number>> = { WMS: 60_000, ERP: 60_000, CHANNEL: 10 * 60_000 };

/** The subjects whose time has come, the longest due first. Pure. */
export function dueSubjects(
  subjects: readonly DriftSubject[],
  looks: readonly LastLook[],
  policy: DriftPolicy,
  nowMs: number,
): readonly DriftSubject[] {
  const last = new Map(looks.map((look) => [keyOf(look), look]));
  return subjects
    .map((subject) => ({ subject, dueMs: dueAt(last.get(keyOf(subject)), everyMs(subject.system, policy)) }))
    .filter(({ dueMs }) => dueMs <= nowMs)
    .toSorted((a, b) => a.dueMs - b.dueMs)
    .map(({ subject }) => subject);
}

function dueAt(look: LastLook | undefined, intervalMs: number): number {
  if (look === undefined) return 0;
  const restMs = look.failed ? FAILED_REST_MS : look.toConfirm ? CONFIRM_MS[look.system] : intervalMs;
  return Date.parse(look.startedAt) + Math.min(restMs, intervalMs);
}

function everyMs(system: DriftSystem, policy: DriftPolicy): number {
  const hours = { WMS: policy.wmsEveryHours, ERP: policy.erpEveryHours, CHANNEL: policy.channelEveryHours };
  return hours[system] * HOUR_MS;
}

function keyOf({ system, subject }: DriftSubject): string {
  return `${system}/${subject}`;
}
