import { problemsOf } from '../../process-apis/orders/index.js';
import { remainingUnits } from '../../process-apis/orders/orders.evolve.js';
import { LINE_STATES, type Order } from '../../src/model/order.js';
import { encodeCursor } from '../../src/platform/event-log/index.js';
import type { ChannelActor } from './actors/channel.js';
import type { ErpActor } from './actors/erp.js';
import type { WarehouseActor } from './actors/warehouse.js';
import type { Changes, MemoryDatabase } from './memory/database.js';
import { joined } from './memory/tables.js';

/** Whole-database checks are made after so many commits, and at the end. */
const FULL_CHECK_EVERY = 40;

export class InvariantError extends Error {
  constructor(
    readonly invariant: string,
    what: string,
  ) {
    super(`${invariant}: ${what}`);
  }
}

const BUCKET_COLUMNS: Readonly<Record<string, string>> = {
  onHand: 'on_hand',
  reserved: 'reserved',
  qualityHold: 'quality_hold',
  safetyStock: 'safety_stock',
  threshold: 'threshold',
  incoming: 'incoming',
  inTransit: 'in_transit',
  missing: 'missing',
  earmarked: 'earmarked',
};

/** What is looked at. */
export interface Observed {
  readonly database: MemoryDatabase;
  readonly channels: readonly ChannelActor[];
  readonly erp: ErpActor;
  readonly warehouse: WarehouseActor;
  channel(id: string): ChannelActor;
}

/** What must hold after each step, whatever happened. */
export class Invariants {
  private readonly changedOrders = new Set<string>();
  private readonly seenRefunds = new Map<string, number>();
  private commits = 0;
  private dirty = false;
  private checkedSalesOrders = 0;
  private checkedDeliveries = 0;

  constructor(private readonly world: Observed) {}

  changed(changes: Changes): void {
    this.commits += 1;
    this.dirty = true;
    for (const id of changes.get('orders')?.keys() ?? []) this.changedOrders.add(id);
    for (const [id, row] of changes.get('job') ?? []) {
      const job = row ?? this.world.database.table('job').rows.get(id);
      const { orderId } = (job?.['payload'] ?? {}) as { readonly orderId?: string };
      if (orderId !== undefined) this.changedOrders.add(orderId);
    }
    for (const row of changes.get('exception')?.values() ?? [])
      if (typeof row?.['order_id'] === 'string') this.changedOrders.add(row['order_id']);
  }

  checkStep(): void {
    this.checkErp();
    if (!this.dirty) return;
    this.dirty = false;
    for (const id of this.changedOrders) {
      const order = this.orderOf(id);
      if (order === undefined) continue;
      this.checkUnits(order);
      this.checkNextStep(order);
      this.checkRefunds(order);
    }
    this.changedOrders.clear();
    if (this.commits >= FULL_CHECK_EVERY) {
      this.commits = 0;
      this.checkAll();
    }
  }

  /** Whether nothing is left to wait for. */
  isSettled(): boolean {
    for (const row of this.world.database.rows('orders')) if (row['completed'] !== true) return false;
    for (const row of this.world.database.rows('job')) if (row['state'] !== 'DEAD') return false;
    for (const row of this.world.database.rows('message')) if (row['status'] === 'PARKED') return false;
    return this.undelivered() === 0;
  }

  checkEnd(): void {
    this.checkAll();
    for (const { placed } of this.world.channels)
      for (const [reference, { isAcknowledged }] of placed)
        if (!isAcknowledged) throw new InvariantError('NOT_TAKEN', `order ${reference} was never acknowledged`);
    for (const row of this.world.database.rows('orders')) {
      const order = row['state'] as Order;
      if (row['completed'] !== true)
        throw new InvariantError('STUCK', `order ${order.reference} did not end: ${JSON.stringify(order.waits)}`);
      this.checkErpHolds(order);
    }
    if (this.undelivered() > 0)
      throw new InvariantError('EVENTS_LOST', `${this.undelivered()} events were not delivered`);
    this.checkPhysical();
  }

  private checkAll(): void {
    this.checkAcknowledged();
    this.checkLedger();
    this.checkClaims();
    this.checkDeliveries();
    this.checkStreams();
    this.checkRegister();
    this.checkChannels();
    this.checkWarehouse();
  }

  private orderOf(id: string): Order | undefined {
    return this.world.database.table('orders').rows.get(id)?.['state'] as Order | undefined;
  }

  private checkAcknowledged(): void {
    const { holders } = this.world.database.table('orders');
    for (const { id, placed } of this.world.channels)
      for (const [reference, { isAcknowledged }] of placed)
        if (isAcknowledged && holders.get('reference')?.has(joined(id, reference)) !== true)
          throw new InvariantError('ORDER_LOST', `order ${reference} was acknowledged and is not there`);
  }

  private checkUnits(order: Order): void {
    const say = (invariant: string, what: string): never => {
      throw new InvariantError(invariant, `order ${order.reference}: ${what}`);
    };
    for (const { id, number, ordered, quantities } of order.lines) {
      const sum = LINE_STATES.reduce((units, state) => units + quantities[state], 0);
      if (sum !== ordered) say('UNITS', `line ${number} has ${sum} of ${ordered} units`);
      if (LINE_STATES.some((state) => quantities[state] < 0)) say('UNITS', `line ${number} has negative units`);
      const works = order.fulfillmentOrders.flatMap((fo) =>
        fo.lines.filter((line) => line.lineId === id).map((line) => ({ fo, line })),
      );
      let allocated = 0;
      let shipped = 0;
      for (const { fo, line } of works) {
        if (line.shipped + line.dropped > line.quantity)
          say(
            'SHIPPED_MORE_THAN_RELEASED',
            `${fo.id}: ${line.shipped} shipped and ${line.dropped} dropped of ${line.quantity}`,
          );
        allocated += line.quantity - line.dropped;
        shipped += line.shipped;
      }
      if (allocated > ordered) say('ALLOCATED_MORE_THAN_ORDERED', `line ${number}: ${allocated} of ${ordered}`);
      if (shipped !== quantities.shipped)
        say('SHIPPED_DIFFERS', `line ${number}: ${shipped} and ${quantities.shipped}`);
    }
  }

  /** No order is silently stuck: something works on it, a clock runs, or a person is asked. */
  private checkNextStep(order: Order): void {
    if (order.completedAt !== undefined) return;
    const row = this.world.database.table('orders').rows.get(order.id);
    if (typeof row?.['next_due_at'] === 'string') return;
    for (const job of this.world.database.rows('job'))
      if (job['state'] !== 'DEAD' && (job['payload'] as { orderId?: string }).orderId === order.id) return;
    for (const exception of this.world.database.rows('exception'))
      if (exception['order_id'] === order.id && exception['status'] !== 'RESOLVED') return;
    throw new InvariantError(
      'SILENTLY_STUCK',
      `order ${order.reference} has no task, no timer and no exception: ${JSON.stringify(order.waits)}`,
    );
  }

  private checkRefunds(order: Order): void {
    const ids = new Set(order.refunds.map((refund) => JSON.stringify(refund)));
    const placed = this.world.channel(order.channel).placed.get(order.reference);
    if (order.refunds.length > ids.size || order.refunds.length > (placed?.refunds ?? 0))
      throw new InvariantError('REFUND_TWICE', `order ${order.reference} shows ${order.refunds.length} refunds`);
    const before = this.seenRefunds.get(order.id) ?? 0;
    if (order.refunds.length < before) throw new InvariantError('REFUND_LOST', `order ${order.reference}`);
    this.seenRefunds.set(order.id, order.refunds.length);
  }

  private checkErp(): void {
    const { salesOrders, deliveries } = this.world.erp;
    if (salesOrders.size !== this.checkedSalesOrders) {
      this.checkedSalesOrders = salesOrders.size;
      once(
        'SALES_ORDER_TWICE',
        [...salesOrders.values()].map(({ key }) => key),
      );
      const live = [...salesOrders.values()].filter(({ isRefused }) => !isRefused);
      once(
        'TWO_SALES_ORDERS',
        live.map(({ orderId }) => orderId),
      );
    }
    if (deliveries.size === this.checkedDeliveries) return;
    this.checkedDeliveries = deliveries.size;
    once(
      'GOODS_ISSUE_TWICE',
      [...deliveries.values()].map(({ key }) => key),
    );
  }

  private checkErpHolds(order: Order): void {
    const salesOrder = [...this.world.erp.salesOrders.values()].find(({ number }) => number === order.erp.salesOrder);
    if (salesOrder === undefined || order.erp.status !== 'CONFIRMED') return;
    for (const [item, { lineId, held, issued }] of salesOrder.items) {
      const line = order.lines.find(({ id }) => id === lineId);
      if (line === undefined) throw new InvariantError('MONEY', `${salesOrder.number} has an item of no line: ${item}`);
      const { shipped } = line.quantities;
      if (held !== order.erp.held[lineId])
        throw new InvariantError(
          'MONEY',
          `${salesOrder.number} item ${item} holds ${held}, the hub says ${order.erp.held[lineId]}`,
        );
      if (issued !== shipped)
        throw new InvariantError('MONEY', `${salesOrder.number} item ${item}: ${issued} issued, ${shipped} shipped`);
      if (held !== shipped + line.quantities.external && held < shipped)
        throw new InvariantError('MONEY', `${salesOrder.number} item ${item} holds ${held} of ${shipped} shipped`);
    }
  }

  private checkLedger(): void {
    const sums = new Map<string, number>();
    for (const row of this.world.database.rows('movement')) {
      const key = joined(row['sku'], row['node'], BUCKET_COLUMNS[String(row['bucket'])]);
      sums.set(key, (sums.get(key) ?? 0) + Number(row['delta']));
    }
    for (const row of this.world.database.rows('position')) {
      const at = `${String(row['sku'])} at ${String(row['node'])}`;
      if (Number(row['reserved']) > Number(row['on_hand'])) throw new InvariantError('OVERSOLD', at);
      for (const column of Object.values(BUCKET_COLUMNS)) {
        const moved = sums.get(joined(row['sku'], row['node'], column)) ?? 0;
        if (moved !== Number(row[column]))
          throw new InvariantError('LEDGER', `${at}: ${column} is ${String(row[column])}, its movements say ${moved}`);
      }
    }
  }

  private checkClaims(): void {
    const claims = new Map<string, number>();
    for (const row of this.world.database.rows('orders')) {
      const order = row['state'] as Order;
      for (const fo of order.fulfillmentOrders)
        for (const line of fo.lines) {
          const left = remainingUnits(line);
          if (left === 0) continue;
          const components = order.lines.find(({ id }) => id === line.lineId)?.components ?? [
            { sku: line.sku, quantity: 1 },
          ];
          for (const { sku, quantity } of components) {
            const key = joined(sku, fo.node);
            claims.set(key, (claims.get(key) ?? 0) + left * quantity);
          }
        }
    }
    for (const row of this.world.database.rows('position')) {
      const claimed = claims.get(joined(row['sku'], row['node'])) ?? 0;
      if (claimed !== Number(row['reserved']))
        throw new InvariantError(
          'CLAIMS',
          `${String(row['sku'])} at ${String(row['node'])}: ${String(row['reserved'])} reserved, orders claim ${claimed}`,
        );
    }
  }

  /** Each event to the subscriber once, and in the log's order. */
  private checkDeliveries(): void {
    const delivered = [...this.world.database.rows('delivered')].map(({ cursor }) => String(cursor));
    const log = this.log();
    for (const [index, cursor] of delivered.entries())
      if (log[index] !== cursor)
        throw new InvariantError('EVENTS', `delivery ${index + 1} is not the log's event ${index + 1}`);
  }

  private log(): readonly string[] {
    return [...this.world.database.rows('event_log')]
      .toSorted((a, b) => Number(a['tx']) - Number(b['tx']) || Number(a['id']) - Number(b['id']))
      .map(({ tx, id }) => encodeCursor({ tx: String(tx), id: String(id) }));
  }

  private undelivered(): number {
    return this.world.database.table('event_log').rows.size - this.world.database.table('delivered').rows.size;
  }

  /** An order's stream has each version from 1 to the order's own. */
  private checkStreams(): void {
    const versions = new Map<string, number>();
    for (const row of this.world.database.rows('event_log'))
      if (row['stream_type'] === 'order') {
        const id = String(row['stream_id']);
        versions.set(id, (versions.get(id) ?? 0) + 1);
      }
    for (const row of this.world.database.rows('orders'))
      if (versions.get(String(row['id'])) !== row['version'])
        throw new InvariantError('STREAM', `order ${String(row['reference'])} is version ${String(row['version'])}`);
  }

  /** The register stands for exactly the problems that the orders have. */
  private checkRegister(): void {
    const standing = new Set<string>();
    for (const row of this.world.database.rows('exception'))
      if (row['status'] !== 'RESOLVED' && typeof row['order_id'] === 'string') standing.add(String(row['key']));
    for (const row of this.world.database.rows('orders'))
      for (const { key } of problemsOf(row['state'] as Order))
        if (!standing.delete(key)) throw new InvariantError('REGISTER', `the problem ${key} has no exception`);
    const [left] = standing;
    if (left !== undefined) throw new InvariantError('REGISTER', `the exception ${left} has no problem`);
  }

  private checkChannels(): void {
    const shipped = new Map<string, number>();
    for (const row of this.world.database.rows('orders')) {
      const { channel, reference, lines } = row['state'] as Order;
      for (const { lineReference, quantities } of lines)
        shipped.set(`${channel}/${reference}/${lineReference}`, quantities.shipped);
    }
    for (const { id, shown } of this.world.channels)
      for (const { orderReference, items } of shown.values())
        for (const { lineReference, quantity } of items) {
          const line = `${id}/${orderReference}/${lineReference}`;
          const left = (shipped.get(line) ?? 0) - quantity;
          if (left < 0) throw new InvariantError('CONFIRMED_TWICE', `${line} is shown with ${-left} units too many`);
          shipped.set(line, left);
        }
  }

  private checkWarehouse(): void {
    for (const { fulfillmentOrderId, lines, shipped } of this.world.warehouse.works.values())
      for (const { lineId, quantity } of lines)
        if ((shipped.get(lineId) ?? 0) > quantity)
          throw new InvariantError(
            'SHIPPED_TWICE',
            `the warehouse shipped more than was released: ${fulfillmentOrderId}`,
          );
  }

  /**
   * Before the last count: the book is right wherever no count ever missed units. Where one did, and pickers or late news
   * came to them afterwards, nobody can tell whether those are the same units.
   */
  checkBeforeLastCount(): void {
    const unclear = new Set<string>();
    for (const row of this.world.database.rows('movement'))
      if (row['bucket'] === 'missing') unclear.add(joined(row['sku'], row['node']));
    this.checkPhysical(unclear);
  }

  /** What is on hand in the book is what is there. */
  private checkPhysical(unclear: ReadonlySet<string> = new Set()): void {
    for (const row of this.world.database.rows('position')) {
      const [sku, node] = [String(row['sku']), String(row['node'])];
      if (unclear.has(joined(sku, node))) continue;
      const units = this.world.warehouse.unitsAt(sku, node);
      if (Number(row['on_hand']) !== units)
        throw new InvariantError(
          'STOCK_DIFFERS',
          `${sku}@${node}: ${units} are there, the hub says ${String(row['on_hand'])}`,
        );
    }
  }
}

function once(invariant: string, keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw new InvariantError(invariant, key);
    seen.add(key);
  }
}
