import type { ExceptionCategory, ExceptionSubject, OwnerRole, Problem, Severity } from '../../src/model/exception.js';
import type { Instant } from '../../src/model/time.js';

export const EXCEPTION_STATUSES = ['OPEN', 'IGNORED', 'RESOLVED'] as const;
export type ExceptionStatus = (typeof EXCEPTION_STATUSES)[number];

/** Who wrote it: not a person. */
export const HUB = 'hub';
/** Of an exception that nobody bound to a channel may see. */
export const NO_SCOPE = '*';

/** What changed of the problems of one thing. */
export interface ProblemChange {
  /** Found now: new, or as it stands now. */
  readonly raised: readonly Problem[];
  /** No longer found; `because` is a sentence. */
  readonly ended: readonly { readonly key: string; readonly because: string }[];
  /** The channel account whose partner may see it; `*` for nobody. */
  readonly scope: string;
  readonly now: Instant;
}

/** A business problem that a person (or a rule) must solve, as it is in the register. */
export interface ExceptionRecord {
  readonly id: string;
  /** Grows by one with each change. */
  readonly version: number;
  readonly key: string;
  readonly category: ExceptionCategory;
  readonly groupKey: string;
  readonly status: ExceptionStatus;
  readonly severity: Severity;
  readonly owner: OwnerRole;
  readonly sentence: string;
  readonly subject: ExceptionSubject;
  readonly scope: string;
  readonly raisedAt: Instant;
  readonly lastRaisedAt: Instant;
  /** How often it was told with something new. */
  readonly raised: number;
  readonly dueAt: Instant;
  readonly assignedTo: string | null;
  readonly endedAt: Instant | null;
  readonly endedBy: string | null;
  readonly endedBecause: string | null;
}

/** What every event of an exception says of it, for who filters. */
type OfException = Pick<ExceptionRecord, 'key' | 'category' | 'owner' | 'severity'>;

/** Events of the stream type `exception`, by their type. Free of personal data. */
export type ExceptionEvent = OfException &
  (
    | { readonly type: 'ExceptionRaised' | 'ExceptionUpdated'; readonly sentence: string; readonly dueAt: Instant }
    | { readonly type: 'ExceptionResolved' | 'ExceptionIgnored'; readonly by: string; readonly because: string }
    | { readonly type: 'ExceptionAssigned'; readonly by: string; readonly to: string | null }
  );

export const EXCEPTION_EVENTS: Readonly<Record<ExceptionEvent['type'], true>> = {
  ExceptionRaised: true,
  ExceptionUpdated: true,
  ExceptionResolved: true,
  ExceptionIgnored: true,
  ExceptionAssigned: true,
};
