import type { OrderChangeNotification } from '../amazon-notification.wire.js';
import type { Order2026 } from '../amazon.wire.js';
import { SandboxAccess, type SandboxCredentials } from './sandbox-access.js';
import { cancelledOrder, withCancelRequest } from './sandbox-cancel.js';
import { SandboxFaults, type Fault } from './sandbox-faults.js';
import { SandboxFeeds } from './sandbox-feeds.js';
import type { Journal, PackageDetail, SandboxFeed } from './sandbox-journal.js';
import { SandboxLimits } from './sandbox-limits.js';
import { orderChangeNotification, type OrderChangeType } from './sandbox-notification.js';
import { sandboxServer } from './sandbox-server.js';
import { SandboxState } from './sandbox-state.js';

export type { Fault, Journal, PackageDetail, SandboxCredentials };

export interface AmazonSandboxOptions {
  /** A free port when absent. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  readonly journal?: Journal;
  readonly credentials?: SandboxCredentials;
  readonly sellerId?: string;
  /** Life of an access token; Amazon's is an hour. */
  readonly tokenSeconds?: number;
  /** Multiplies the published rates and bursts. */
  readonly rateFactor?: number;
  /** A change becomes searchable after this long; at Amazon two minutes. */
  readonly searchLagMs?: number;
  /** From createFeed to the end of its processing, in milliseconds; at Amazon minutes. 0 when absent. */
  readonly feedMs?: number;
  /** Whether processing reports come compressed; yes when absent. */
  readonly feedReportsGzip?: boolean;
  /** The sandbox's clock, in milliseconds. */
  readonly now?: () => number;
}

export const SANDBOX_CREDENTIALS: SandboxCredentials = {
  clientId: 'amzn1.application-oa2-client.sandbox',
  clientSecret: 'amzn1.oa2-cs.v1.sandbox',
  refreshToken: 'Atzr|sandbox',
};
/** The fulfillment channel code of the seller's own stock. */
const OWN_STOCK = 'DEFAULT';
export const SANDBOX_SELLER_ID = 'A3TH9S8BH6GOGM';

export interface AmazonSandbox {
  readonly url: string;
  readonly lwaUrl: string;
  close(): Promise<void>;
  /** A buyer orders. An order with a known id is already placed: false, and nothing changes. */
  placeOrder(order: Order2026): boolean;
  /** Amazon cancels what is not shipped; false where nothing is left to cancel. */
  cancelOrder(orderId: string): boolean;
  /** The buyer asks to cancel these items, or all. */
  requestCancel(orderId: string, orderItemIds?: readonly string[]): void;
  /** Called for every change of an order, as Amazon sends ORDER_CHANGE. Gives back how to stop it. */
  onOrderChange(listener: (notification: OrderChangeNotification) => void): () => void;
  order(orderId: string): Order2026 | undefined;
  orders(): readonly Order2026[];
  /** Packages that were confirmed, in the order they came. */
  confirmations(orderId: string): readonly PackageDetail[];
  /** The seller's quantity by SKU, as last told. */
  quantities(): ReadonlyMap<string, number>;
  /** Someone changes a quantity at Seller Central. */
  changeQuantity(sku: string, quantity: number): void;
  /** Feeds that came, in their order. */
  feeds(): readonly Pick<SandboxFeed, 'feedId' | 'processingStatus' | 'marketplaceIds'>[];
  /** The next feed ends so, and nothing of it is done. */
  endNextFeed(ending: 'CANCELLED' | 'FATAL'): void;
  /** While set, no feed ends. */
  setFeedsStuck(stuck: boolean): void;
  failNext(fault: Fault): void;
  /** Forgets the faults that have not hit yet. */
  clearFaults(): void;
  setDown(down: boolean): void;
  /** Access tokens given since the start. */
  tokensGranted(): number;
  /** Calls that were refused for their token. */
  refusals(): number;
  revokeTokens(): void;
}

/** Starts a server that speaks Amazon's wire format on loopback: as strict as Amazon, with its state in the journal. */
export async function startAmazonSandbox(options: AmazonSandboxOptions = {}): Promise<AmazonSandbox> {
  const sellerId = options.sellerId ?? SANDBOX_SELLER_ID;
  const now = options.now ?? Date.now;
  const state = new SandboxState(options.journal, now);
  const faults = new SandboxFaults();
  const access = new SandboxAccess(options.credentials ?? SANDBOX_CREDENTIALS, options.tokenSeconds ?? 3_600, now);
  const changes = new OrderChanges(sellerId);
  const feeds = new SandboxFeeds(state, {
    sellerId,
    now,
    feedMs: options.feedMs ?? 0,
    gzip: options.feedReportsGzip ?? true,
  });
  const server = sandboxServer({
    state,
    feeds,
    access,
    faults,
    sellerId,
    limits: new SandboxLimits(options.rateFactor ?? 1, now),
    settledAt: () => now() - (options.searchLagMs ?? 0),
    changed: (order) => changes.tell(order, 'OrderStatusChange'),
  });
  const url = await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });

  const change = (order: Order2026, type: OrderChangeType): void => {
    const stamped = state.stamped(order);
    state.record({ type: 'order', order: stamped });
    changes.tell(stamped, type);
  };
  const known = (orderId: string): Order2026 => {
    const order = state.order(orderId);
    if (order === undefined) throw new Error(`the sandbox has no order ${orderId}`);
    return order;
  };
  return {
    url,
    lwaUrl: `${url}/auth/o2/token`,
    close: () => server.close(),
    placeOrder: (order) => {
      if (state.order(order.orderId) !== undefined) return false;
      change(order, 'OrderStatusChange');
      return true;
    },
    cancelOrder: (orderId) => {
      const cancelled = cancelledOrder(known(orderId));
      if (cancelled !== undefined) change(cancelled, 'OrderStatusChange');
      return cancelled !== undefined;
    },
    requestCancel: (orderId, orderItemIds) =>
      change(withCancelRequest(known(orderId), orderItemIds), 'BuyerRequestedChange'),
    onOrderChange: (listener) => changes.listen(listener),
    order: (orderId) => state.order(orderId),
    orders: () => state.orders(),
    confirmations: (orderId) => state.confirmations(orderId),
    ...stockSide(state, feeds),
    failNext: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    setDown: (down) => {
      faults.down = down;
    },
    tokensGranted: () => access.granted,
    refusals: () => access.refused,
    revokeTokens: () => access.revokeAll(),
  };
}

function stockSide(
  state: SandboxState,
  feeds: SandboxFeeds,
): Pick<AmazonSandbox, 'quantities' | 'changeQuantity' | 'feeds' | 'endNextFeed' | 'setFeedsStuck'> {
  return {
    quantities: () => {
      feeds.settle();
      return state.quantities();
    },
    changeQuantity: (sku, quantity) => state.record({ type: 'availability', sku, channelCode: OWN_STOCK, quantity }),
    feeds: () => {
      feeds.settle();
      return state.feeds();
    },
    endNextFeed: (ending) => feeds.endNext(ending),
    setFeedsStuck: (stuck) => {
      feeds.stuck = stuck;
    },
  };
}

/** Tells the listeners of changed orders, after the change is done and answered. */
class OrderChanges {
  private readonly listeners = new Set<(notification: OrderChangeNotification) => void>();

  constructor(private readonly sellerId: string) {}

  listen(listener: (notification: OrderChangeNotification) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(order: Order2026, type: OrderChangeType): void {
    for (const listener of this.listeners)
      setImmediate(() => listener(orderChangeNotification(order, this.sellerId, type)));
  }
}
