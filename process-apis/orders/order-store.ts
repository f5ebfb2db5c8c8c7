import type { PoolClient } from 'pg';
import type { ChannelPolicy } from '../../src/model/channel.js';
import type { Order } from '../../src/model/order.js';
import type { StockNode } from '../../src/model/stock.js';
import type { RecordedFact } from '../../src/platform/commit/index.js';
import type { NewEvent } from '../../src/platform/event-log/index.js';
import type { NodeDay, SoftKey, SoftReservation, StockBook } from '../availability/index.js';
import type { ItemFacts, ListedItem } from '../catalog/index.js';
import type { SourcingPolicy } from '../sourcing/index.js';
import type { ProblemChange } from '../exceptions/index.js';
import type { HoldsFor } from './hold-rules.js';
import type { FactOutcome } from './orders.facts.js';
import type { ClockFor } from './orders.sla.js';
import type { ChangedOrder, CrossReference, OrderReferenceKey, SealedParties } from './orders.sql.js';
import type { OrderTask } from './orders.tasks.js';

/** Writes rows of another process in the transaction of the facts. Set-wise: one call per batch and writer. */
export type RiderWriter = (tx: PoolClient, rows: readonly unknown[]) => Promise<void>;

/** All that follows from the facts of one transaction. */
export interface OrderWrites {
  readonly created: readonly Order[];
  readonly changed: readonly ChangedOrder[];
  readonly parties: readonly SealedParties[];
  readonly events: readonly NewEvent[];
  readonly facts: readonly RecordedFact<FactOutcome>[];
  readonly crossReferences: readonly CrossReference[];
  readonly stock: StockBook;
  /** Soft reservations that became claims of orders. */
  readonly converted: readonly { readonly id: string; readonly orderId: string }[];
  readonly tasks: readonly OrderTask[];
  readonly problems: readonly ProblemChange[];
  readonly riders: ReadonlyMap<RiderWriter, readonly unknown[]>;
}

/** One transaction of the door. What is asked for together is answered in the order in which it was asked. */
export interface OrderTx {
  /** The orders of fulfillment orders, by fulfillment order id. Not locked: this never changes. */
  ordersOfFulfillments(fulfillmentOrderIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Locks orders in id order, and gives them as they are behind the locks. The first locks of a transaction. */
  lockOrders(ids: readonly string[], references: readonly OrderReferenceKey[]): Promise<readonly Order[]>;
  /** What was taken before, by id. Asked behind the locks: what others took for these orders is seen. */
  findFacts(ids: readonly string[]): Promise<ReadonlyMap<string, RecordedFact<FactOutcome>>>;
  /** Those that are held, locked in id order. Before any position. */
  lockReservations(keys: readonly SoftKey[]): Promise<readonly SoftReservation[]>;
  /** Locks the positions of the items in the order of (sku, node), then the nodes' days. The last locks. */
  lockStock(skus: ReadonlySet<string>, days: readonly NodeDay[]): Promise<StockBook>;
  /** Sealed, of orders that this transaction has locked; absent where none are kept. */
  readParties(orderIds: readonly string[]): Promise<readonly SealedParties[]>;
  nodes(): Promise<readonly StockNode[]>;
  policies(): Promise<(channel: string) => ChannelPolicy>;
  sourcing(): Promise<(channel: string) => SourcingPolicy>;
  holdRules(): Promise<HoldsFor>;
  slaClocks(): Promise<ClockFor>;
  /** By `<channel>/<listing SKU>`; unknown ones are absent. */
  listings(keys: readonly string[]): Promise<ReadonlyMap<string, ListedItem>>;
  /** Unknown items are absent. */
  items(skus: readonly string[]): Promise<ReadonlyMap<string, ItemFacts>>;
  /** Best first; items without are absent. */
  substitutes(channel: string, skus: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /**
   * Fails, and with it the transaction, when another was first: ConcurrentChangeError, or a unique violation of a new order,
   * fact or event.
   */
  write(writes: OrderWrites): Promise<void>;
}

/** Where the door keeps orders and all that must change together with them. */
export interface OrderStore {
  /**
   * Runs the work in one transaction, a bounded number of times when another was first: the work reads all it needs
   * through `tx`.
   */
  transaction<T>(work: (tx: OrderTx) => Promise<T>): Promise<T>;
  /** Runs the work in a transaction that is rolled back whatever it writes. */
  preview<T>(work: (tx: OrderTx) => Promise<T>): Promise<T>;
  /** After the commit: spares tasks of these kinds the wait for the next poll. */
  wake(kinds: ReadonlySet<string>): void;
}
