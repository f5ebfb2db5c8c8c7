import type { Instant } from '../../src/model/time.js';

export const REPLAY_KINDS = ['ORDER', 'MESSAGES', 'FACTS', 'DEAD_LETTERS'] as const;
export type ReplayKind = (typeof REPLAY_KINDS)[number];

export const REPLAY_STATUSES = ['RUNNING', 'DONE', 'STOPPED', 'FAILED'] as const;
export type ReplayStatus = (typeof REPLAY_STATUSES)[number];

export const PER_SECOND_DEFAULT = 20;
export const PER_SECOND_MAX = 1_000;

/** What is to be run again. What is absent does not narrow it; which parts a kind takes is in `SELECTION_PARTS`. */
export interface ReplaySelection {
  /** The hub's id of the order. */
  readonly orderId?: string;
  /** The channel account; of messages and facts also any other source: `wms-rest`. */
  readonly channel?: string;
  /** The channel's order id; with `channel`. */
  readonly reference?: string;
  /** Of messages the topic or the kind of a fact in it, of facts their kind, of dead letters the kind of task. */
  readonly type?: string;
  readonly node?: string;
  /** When it reached the hub, or became a dead letter: from, and before. */
  readonly from?: Instant;
  readonly to?: Instant;
}

export interface ReplayRequest {
  readonly kind: ReplayKind;
  readonly selection: ReplaySelection;
  /** Decides on the real state, says what would change, and changes nothing. */
  readonly dryRun: boolean;
  /** Messages, facts or tasks in a second: 1 to PER_SECOND_MAX. */
  readonly perSecond: number;
  /** Who asks. */
  readonly actor: string;
}

export interface ReplayRun extends Omit<ReplayRequest, 'actor'> {
  readonly id: string;
  readonly status: ReplayStatus;
  readonly lookedAt: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  /** Why it failed. */
  readonly error?: string;
  readonly requestedBy: string;
  readonly startedAt: Instant;
  readonly updatedAt: Instant;
  readonly finishedAt?: Instant;
  /** A process works on it now. */
  readonly working: boolean;
}

/**
 * `CHANGED`: it changed something, or would. `REFUSED`: it is still refused, or still waits for its order. `DIFFERS`: the stored
 * order is not what its events make of it. `UNCHANGED` is counted and not listed.
 */
export type ReplayOutcome = 'CHANGED' | 'UNCHANGED' | 'REFUSED' | 'DIFFERS';

/** What a run found of one subject: `message/<id>`, `fact/<id>`, `task/<id>`, `order/<id>`. */
export interface ReplayChange {
  readonly subject: string;
  readonly outcome: ReplayOutcome;
  readonly detail: ReplayDetail;
}

/** Free of personal data. */
export interface ReplayDetail {
  /** A topic, a kind of fact, a kind of task. */
  readonly what?: string;
  /** The status of the message, or the result of the fact, before and after. */
  readonly before?: string;
  readonly after?: string;
  /** Why it is refused, or why the task failed. */
  readonly reason?: string;
  readonly orders?: readonly OrderDiff[];
  /** Outside work that is asked for: `erp.post-sales-order <key>`. */
  readonly tasks?: readonly string[];
  readonly differences?: readonly { readonly pointer: string; readonly stored: unknown; readonly rebuilt: unknown }[];
}

/** What changes of an order. */
export interface OrderDiff {
  readonly orderId: string;
  readonly channel: string;
  readonly reference: string;
  /** Absent: it is new. */
  readonly statusBefore?: string;
  readonly statusAfter: string;
  readonly events: readonly string[];
  /** Lines whose units move, with the units of each state before and after. */
  readonly lines: readonly {
    readonly number: number;
    readonly before: Readonly<Record<string, number>>;
    readonly after: Readonly<Record<string, number>>;
  }[];
}

/** The request cannot be done. The sentence says why; `pointer` which part of it. */
export class ReplayRefusedError extends Error {
  constructor(
    readonly code:
      'SELECTION_WRONG' | 'ALREADY_RUNNING' | 'UNKNOWN_ORDER' | 'UNKNOWN_RUN' | 'NOT_RUNNING' | 'NOT_STOPPED',
    message: string,
    readonly pointer = '',
  ) {
    super(message);
  }
}
