import type { Destination } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

/** Shipped to the destination, or collected by the buyer at the node `collectAt`. */
export type FulfillmentMethod = 'SHIP' | 'COLLECT';

/** What sourcing knows of an order. */
export interface SourcingRequest {
  readonly channel: string;
  readonly now: Instant;
  readonly destination?: Destination;
  readonly method: FulfillmentMethod;
  readonly collectAt?: string;
  /** Nodes that said no to this order. */
  readonly refusedBy: ReadonlySet<string>;
}

/** Units a node may still take today; undefined is no limit. */
export type CapacityLeft = (node: string) => number | undefined;

export interface NodeChoice {
  readonly node: string;
  /** 1 is best. */
  readonly rank: number;
  /** Why it ranks here, one short phrase per criterion: "zone DE-1 (rank 1)", "412 km", "cut-off 14:00 Europe/Berlin in 35 min". */
  readonly because: readonly string[];
}

export interface NodeExclusion {
  readonly node: string;
  readonly code:
    | 'INACTIVE'
    | 'EXCLUDED_BY_POLICY'
    | 'KIND_NOT_ALLOWED'
    | 'NOT_SHIP_FROM_STORE'
    | 'NOT_CLICK_AND_COLLECT'
    | 'REFUSED_THIS_ORDER'
    | 'CAPACITY_USED_UP'
    | 'OTHER_COUNTRY'
    | 'TOO_FAR'
    | 'NOT_THE_COLLECT_NODE';
  readonly reason: string;
}

/** Every node is in one of the two. */
export interface NodeRanking {
  /** Best first. */
  readonly choices: readonly NodeChoice[];
  readonly excluded: readonly NodeExclusion[];
}
