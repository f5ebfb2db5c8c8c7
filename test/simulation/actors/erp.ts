import type {
  BillingState,
  CancelSalesOrderItems,
  ErpPort,
  ErpStock,
  PostedSalesOrder,
  PostGoodsIssue,
  PostSalesOrder,
  SalesOrderDecision,
} from '../../../system-apis/erp/erp.port.js';
import { OutsideLine } from '../outside-line.js';
import type { SimWorld } from '../sim-world.js';

/** A posted document shows in look-ups a little later: the ERP has no unique key. */
const VISIBLE_AFTER_MS_MAX = 1_500;
const DECIDES_AFTER_MS_MAX = 1_200_000;
const BILLS_AFTER_MS_MAX = 1_800_000;

const REFUSALS = ['UNKNOWN_ITEM', 'CREDIT_HOLD', 'CUSTOMER_MISSING', 'ADDRESS', 'PRICE'] as const;
/** Minor units by which it may account for another amount. */
const OFF_BY = 100;

export interface SalesOrder {
  readonly number: string;
  readonly key: string;
  readonly orderId: string;
  readonly visibleMs: number;
  readonly decidesMs: number;
  readonly isRefused: boolean;
  readonly currency: string;
  /** Minor units of the document as it was posted. */
  readonly netMinor: number;
  /** Units by ERP item. */
  readonly items: Map<string, { readonly lineId: string; readonly posted: number; held: number; issued: number }>;
}

export interface Delivery {
  readonly number: string;
  readonly key: string;
  readonly salesOrder: string;
  readonly visibleMs: number;
  readonly billsMs: number;
}

/** An ERP without unique keys, that decides later and by itself. */
export class ErpActor implements ErpPort {
  readonly system = 'erp';
  readonly salesOrders = new Map<string, SalesOrder>();
  readonly deliveries = new Map<string, Delivery>();
  private readonly line: OutsideLine;

  constructor(private readonly world: SimWorld) {
    this.line = new OutsideLine(world, 'ERP');
  }

  postSalesOrder(command: PostSalesOrder): Promise<PostedSalesOrder> {
    return this.line.call('postSalesOrder', () => this.post(command));
  }

  readSalesOrders(numbers: readonly string[]): Promise<readonly SalesOrderDecision[]> {
    return this.line.call('readSalesOrders', () => numbers.map((number) => this.decisionOf(number)));
  }

  cancelSalesOrderItems(command: CancelSalesOrderItems): Promise<void> {
    return this.line.call('cancelSalesOrderItems', () => this.reduce(command));
  }

  postGoodsIssue(command: PostGoodsIssue): Promise<{ readonly deliveryDocument: string }> {
    return this.line.call('postGoodsIssue', () => this.issue(command));
  }

  readBilling(numbers: readonly string[]): Promise<readonly BillingState[]> {
    return this.line.call('readBilling', () =>
      numbers.map((deliveryDocument) => {
        const delivery = this.deliveries.get(deliveryDocument);
        const isBilled = delivery !== undefined && this.world.scheduler.nowMs >= delivery.billsMs;
        return isBilled ? { deliveryDocument, invoice: `I-${deliveryDocument}` } : { deliveryDocument };
      }),
    );
  }

  readStock(): Promise<readonly ErpStock[]> {
    return Promise.resolve([]);
  }

  private post(command: PostSalesOrder): PostedSalesOrder {
    const { scheduler, plan } = this.world;
    if (command.mayExist) {
      const known = [...this.salesOrders.values()].find(
        (so) => so.key === command.idempotencyKey && so.visibleMs <= scheduler.nowMs,
      );
      if (known !== undefined) return posted(known);
    }
    if (scheduler.random.chance(plan.refused))
      throw this.line.refusal('postSalesOrder', 'says no', scheduler.random.pick(REFUSALS));
    const number = `SO-${this.salesOrders.size + 1}`;
    const { lines, currency, orderId } = command;
    const salesOrder: SalesOrder = {
      number,
      key: command.idempotencyKey,
      orderId,
      currency,
      visibleMs: scheduler.nowMs + scheduler.random.int(0, VISIBLE_AFTER_MS_MAX),
      decidesMs: scheduler.nowMs + scheduler.random.int(0, DECIDES_AFTER_MS_MAX),
      isRefused: scheduler.random.chance(plan.refused / 2),
      netMinor: lines.reduce((sum, { netAmount }) => sum + netAmount.minor, 0) + this.offBy(),
      items: new Map(
        lines.map(({ lineId, number: item, quantity }) => [
          String(item * 10),
          { lineId, posted: quantity, held: quantity, issued: 0 },
        ]),
      ),
    };
    this.salesOrders.set(number, salesOrder);
    this.world.note(`ERP holds ${number} for ${salesOrder.key}`);
    return posted(salesOrder);
  }

  private offBy(): number {
    const { scheduler, plan } = this.world;
    if (!scheduler.random.chance(plan.holds / 2)) return 0;
    this.world.count('ERP accounts for another amount');
    return OFF_BY;
  }

  private decisionOf(number: string): SalesOrderDecision {
    const salesOrder = this.salesOrders.get(number);
    const { nowMs } = this.world.scheduler;
    if (salesOrder === undefined || salesOrder.visibleMs > nowMs) return { salesOrder: number, state: 'MISSING' };
    if (salesOrder.decidesMs > nowMs) return { salesOrder: number, state: 'PENDING' };
    if (salesOrder.isRefused) return { salesOrder: number, state: 'REJECTED', reason: 'credit limit exceeded' };
    return { salesOrder: number, state: 'CONFIRMED' };
  }

  private reduce({ salesOrder: number, items }: CancelSalesOrderItems): void {
    const salesOrder = this.salesOrders.get(number);
    if (salesOrder === undefined) throw this.line.refusal('cancelSalesOrderItems', `does not know ${number}`);
    for (const { item, remaining } of items) {
      const known = salesOrder.items.get(item);
      if (known === undefined) throw this.line.refusal('cancelSalesOrderItems', `${number} has no item ${item}`);
      known.held = Math.min(known.held, remaining);
    }
    this.world.note(`ERP reduced ${number}`);
  }

  private issue(command: PostGoodsIssue): { readonly deliveryDocument: string } {
    const { scheduler } = this.world;
    const known = [...this.deliveries.values()].find(
      ({ key, visibleMs }) => key === command.idempotencyKey && visibleMs <= scheduler.nowMs,
    );
    if (command.mayExist && known !== undefined) return { deliveryDocument: known.number };
    const salesOrder = this.salesOrders.get(command.salesOrder);
    if (salesOrder === undefined) throw this.line.refusal('postGoodsIssue', `does not know ${command.salesOrder}`);
    for (const { item, quantity } of command.items) {
      const of = salesOrder.items.get(item);
      if (of === undefined) throw this.line.refusal('postGoodsIssue', `${salesOrder.number} has no item ${item}`);
      of.issued += quantity;
    }
    const delivery: Delivery = {
      number: `D-${this.deliveries.size + 1}`,
      key: command.idempotencyKey,
      salesOrder: command.salesOrder,
      visibleMs: scheduler.nowMs + scheduler.random.int(0, VISIBLE_AFTER_MS_MAX),
      billsMs: scheduler.nowMs + scheduler.random.int(0, BILLS_AFTER_MS_MAX),
    };
    this.deliveries.set(delivery.number, delivery);
    this.world.note(`ERP issued ${delivery.number} for ${delivery.key}`);
    return { deliveryDocument: delivery.number };
  }
}

function posted({ number, items, netMinor, currency }: SalesOrder): PostedSalesOrder {
  return {
    salesOrder: number,
    netAmount: { minor: netMinor, currency },
    items: Object.fromEntries([...items].map(([item, { lineId }]) => [lineId, item])),
  };
}
