import type { Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';
import type { Mark } from './figures.js';
import type { Jam } from './jams.js';
import type { Stage } from './stages.js';

/** What the next event is folded into. */
export interface ProgressState {
  /** The order as its events make it, without what no figure needs. */
  readonly order: Order;
  /** Since when work that no node has taken yet is claimed, by fulfillment order. */
  readonly planned: Readonly<Record<string, Instant>>;
  /** When the ERP confirmed the sales order that stands. */
  readonly confirmedAt?: Instant;
  /** The last fact of a person: its events are one intervention. */
  readonly byHand?: string;
}

/** How far an order is. */
export interface Progress {
  readonly orderId: string;
  readonly channel: string;
  readonly version: number;
  readonly acceptedAt: Instant;
  /** Absent: nothing is left to do. */
  readonly stage?: Stage;
  readonly stageSince?: Instant;
  /** When it first came into a stage. */
  readonly reached: Readonly<Partial<Record<Stage, Instant>>>;
  readonly completedAt?: Instant;
  readonly overdue: boolean;
  readonly jam?: Jam;
  readonly short: boolean;
  readonly cancelled: boolean;
  /** Absent where it was not stored, since nothing is left to do: the log has it. */
  readonly state?: ProgressState;
}

/** An order that came into a stage, or left it. `NEW` is entered by each order once. */
export interface Move {
  readonly at: Instant;
  readonly channel: string;
  readonly stage: Stage | 'NEW';
  readonly entered: 0 | 1;
}

export interface Advanced {
  readonly progress: Progress;
  readonly marks: readonly Mark[];
  readonly moves: readonly Move[];
}
