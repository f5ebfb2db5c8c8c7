import { CommitQueueFullError, ConcurrentChangeError } from '../../src/platform/commit/index.js';
import { isDatabaseUnavailable } from '../../src/platform/db/unavailable.js';
import type { StoredReading } from './stored-message.js';

const DETAIL_CHARS_MAX = 500;

/** SQLSTATE classes of what passes by itself: undone for others, no room, locked, told to stop, disk. */
const PASSES = /^(?:25P|40|53|55|57|58)/;

/**
 * A fault of the hub that this very message meets, and would meet again: it must not hold up what comes behind it. Not so
 * what passes by itself (no database, no room, others were first): there the sender sends again.
 */
export function isFault(error: unknown): boolean {
  if (isDatabaseUnavailable(error)) return false;
  if (error instanceof CommitQueueFullError || error instanceof ConcurrentChangeError) return false;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code !== 'string' || !PASSES.test(code);
}

/** What an error quotes: a name of the code or the database, or else a value, which may be a person's. */
const QUOTED = /"[^"]*"?|'[^']*'|`[^`]*`/g;
const NAME = /^.[a-z][\w.]*.$/;

/** The reading of a message that the hub fails on: what its error says, without the values that it quotes. */
export function failedInside(error: unknown): Extract<StoredReading, { reason: string }> & {
  readonly outcome: 'REFUSED';
  readonly reason: 'FAILED_INSIDE';
} {
  const said = error instanceof Error ? error.message : String(error);
  return { outcome: 'REFUSED', reason: 'FAILED_INSIDE', detail: withoutValues(said).slice(0, DETAIL_CHARS_MAX) };
}

function withoutValues(said: string): string {
  return said.replaceAll(QUOTED, (quoted) =>
    NAME.test(quoted) ? quoted : `${quoted.slice(0, 1)}…${quoted.slice(0, 1)}`,
  );
}
