import { createHash } from 'node:crypto';
import {
  categoryDefinition,
  SEVERITIES,
  type OwnerRole,
  type Problem,
  type Severity,
} from '../../src/model/exception.js';
import type { Instant } from '../../src/model/time.js';
import { maskText } from '../../src/platform/crypto/masking.js';
import { storableJson } from '../../src/platform/db/storable-json.js';

const MINUTE_MS = 60_000;
const KEY_CHARS_MAX = 400;
const SENTENCE_CHARS_MAX = 1_000;
/** What is due sooner than this is more pressing than its category says. */
const NEAR_MS = 2 * 60 * MINUTE_MS;

/** A problem as the register keeps it. */
export interface ProblemRow {
  readonly key: string;
  readonly category: Problem['category'];
  readonly groupKey: string;
  readonly severity: Severity;
  readonly owner: OwnerRole;
  readonly sentence: string;
  readonly subject: Problem['subject'];
  readonly dueAt: Instant;
  readonly scope: string;
  readonly now: Instant;
}

/** Pure. Any problem gives a row that the database takes, whatever texts of others are in it. */
export function problemRow(problem: Problem, scope: string, now: Instant): ProblemRow {
  const { key, category, sentence, groupKey, subject, dueAt } = storable(problem);
  const { owner, severity, slaMinutes } = categoryDefinition(category);
  return {
    key: registerKey(key),
    category,
    groupKey: registerKey(groupKey),
    severity: dueAt === undefined ? severity : pressing(severity, Date.parse(dueAt) - Date.parse(now)),
    owner,
    // It may quote what others wrote.
    sentence: cut(maskText(sentence)),
    subject,
    dueAt: dueAt ?? new Date(Date.parse(now) + slaMinutes * MINUTE_MS).toISOString(),
    scope,
    now,
  };
}

/** The key as it is stored: bounded, for an index takes no more, and other texts have other keys all the same. */
export function registerKey(key: string): string {
  const text = storable(key);
  if (text.length <= KEY_CHARS_MAX) return text;
  return `${text.slice(0, KEY_CHARS_MAX)}#${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** One step up when it is due soon, CRITICAL when that has passed. */
function pressing(severity: Severity, leftMs: number): Severity {
  if (leftMs <= 0) return 'CRITICAL';
  return leftMs <= NEAR_MS ? severer(severity) : severity;
}

export function severer(severity: Severity): Severity {
  return SEVERITIES[SEVERITIES.indexOf(severity) + 1] ?? severity;
}

export function cut(text: string): string {
  return text.length <= SENTENCE_CHARS_MAX ? text : `${storable(text.slice(0, SENTENCE_CHARS_MAX - 1))}…`;
}

function storable<T>(value: T): T {
  return JSON.parse(storableJson(value)) as T;
}
