import type { Destination } from '../../../src/model/order.js';
import type { Instant } from '../../../src/model/time.js';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';

export const CHECK_ITEMS_MAX = 500;

/** An item or a listing; exactly one of the two is named. */
export interface CheckItem {
  readonly sku?: string;
  readonly listingSku?: string;
  /** Units of the listing, or base units of the item. */
  readonly quantity: number;
  /** This node alone. */
  readonly node?: string;
  /** `YYYY-MM-DD`, UTC: what is announced until its end counts too. */
  readonly date?: string;
}

export interface CheckRequest {
  readonly channel: string;
  /** At most CHECK_ITEMS_MAX. */
  readonly items: readonly CheckItem[];
  readonly destination?: Destination;
  /** As the stock was then, with the catalog, rules and policies of now; absent is now. Not with dates. */
  readonly asOf?: Instant;
  /** Show the sum behind each answer. */
  readonly explain: boolean;
}

export type CheckStatus =
  /** The quantity may be sold now. */
  | 'IN_STOCK'
  /** … by the date asked for, or may be ordered ahead. */
  | 'BY_DATE'
  | 'NOT_AVAILABLE';

export interface CheckedItem {
  readonly sku: string;
  readonly listingSku?: string;
  readonly node?: string;
  readonly quantity: number;
  readonly status: CheckStatus;
  /** Units that may be sold now, whatever was asked for. */
  readonly available: number;
  /** Units that may be sold on the date asked for. */
  readonly byDate?: { readonly date: string; readonly available: number };
  /** BY_DATE: from when the quantity is there. */
  readonly availableFrom?: Instant;
  /** It may not be shipped before. */
  readonly releaseAt?: Instant;
  readonly explanation?: readonly ItemExplanation[];
}

/** How available-to-sell comes about for one component of what was asked for. Base units. */
export interface ItemExplanation {
  readonly sku: string;
  /** In one unit of what was asked for. */
  readonly quantity: number;
  readonly nodes: readonly NodeExplanation[];
  /** Of the nodes that the channel may use. */
  readonly atp: number;
  readonly rules: readonly RuleExplanation[];
  /** … of which the nodes can still take today. */
  readonly available: number;
  readonly ats: number;
}

export interface NodeExplanation {
  readonly node: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly missing: number;
  readonly qualityHold: number;
  readonly safetyStock: number;
  readonly threshold: number;
  readonly earmarked: number;
  readonly atp: number;
  /** Units that the node can still take today; absent is no limit. */
  readonly capacityLeft?: number;
  /** Why the channel may not use the node: its ATP does not count. */
  readonly excluded?: string;
  /** The sum in one line: `42 on-hand − 3 reserved − 0 missing − … = 39 ATP`. */
  readonly sum: string;
}

export interface RuleExplanation {
  readonly ruleId: string;
  readonly name: string;
  readonly kind: string;
  readonly says: string;
  readonly before: number;
  readonly after: number;
}

export interface CheckAnswer {
  readonly channel: string;
  /** All answers are of the stock as it was then. */
  readonly asOf: Instant;
  /** In the order asked. */
  readonly items: readonly CheckedItem[];
}

/** What a question names and the hub does not know. Each error says where in the request, and what. */
export class UnknownInRequestError extends Error {
  readonly code = 'UNKNOWN_IN_REQUEST';

  constructor(readonly errors: readonly ProblemDetail[]) {
    super(errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' '));
    this.name = 'UnknownInRequestError';
  }
}
