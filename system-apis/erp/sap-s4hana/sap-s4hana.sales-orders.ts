import type { CancelSalesOrderItems, PostedSalesOrder, PostSalesOrder, SalesOrderDecision } from '../erp.port.js';
import { anyOf, entityPath, literal } from './odata.js';
import type { SapS4HanaClient } from './sap-s4hana.client.js';
import {
  decisionState,
  isCreditBlocked,
  itemsByLine,
  rejectionSentence,
  salesOrderBody,
  sapKey,
  totalOf,
} from './sap-s4hana.mapper.js';
import { onceMoreIfStale } from './sap-s4hana.retry.js';
import type { SapS4HanaSettings } from './sap-s4hana.settings.js';
import {
  collectionEnvelope,
  entityEnvelope,
  itemRejectionSchema,
  SALES_ORDER_SERVICE as service,
  salesOrderDecisionSchema,
  salesOrderItemSchema,
  salesOrderReferenceSchema,
  type SapSalesOrderDecision,
  type SapSalesOrderReference,
} from './sap-s4hana.wire.js';

const DECISION_FIELDS = Object.keys(salesOrderDecisionSchema.shape).join(',');
const ITEM_FIELDS = 'SalesOrderItem,RequestedQuantity,SalesDocumentRjcnReason';
/** As many items as an order of the hub has lines. */
const ITEMS_MAX = '500';

/** The sales orders of API_SALES_ORDER_SRV. */
export class SapSalesOrders {
  constructor(
    private readonly client: SapS4HanaClient,
    private readonly settings: SapS4HanaSettings,
  ) {}

  async post(command: PostSalesOrder): Promise<PostedSalesOrder> {
    const known = command.mayExist ? await this.find(command.idempotencyKey) : undefined;
    const posted = known ?? (await this.create(command));
    return { salesOrder: posted.SalesOrder, items: itemsByLine(command.lines), ...totalOf(posted) };
  }

  async readDecisions(salesOrders: readonly string[]): Promise<readonly SalesOrderDecision[]> {
    if (salesOrders.length === 0) return [];
    const found = await this.client.read(
      { service, path: 'A_SalesOrder', operation: 'A_SalesOrder.read' },
      {
        $filter: anyOf('SalesOrder', salesOrders),
        $select: DECISION_FIELDS,
        $top: String(salesOrders.length),
      },
      collectionEnvelope(salesOrderDecisionSchema),
    );
    const byNumber = new Map(found.map((order) => [order.SalesOrder, order]));
    return Promise.all(salesOrders.map((salesOrder) => this.decision(salesOrder, byNumber.get(salesOrder))));
  }

  async cancelItems(command: CancelSalesOrderItems): Promise<void> {
    // One after the other: all items of a sales order share its lock and its etag.
    for (const { item, remaining } of command.items)
      await onceMoreIfStale(() => this.lowerItem(command.salesOrder, item, remaining));
  }

  /** SAP does not keep the customer reference unique, so the first document with it is ours. */
  private async find(idempotencyKey: string): Promise<SapSalesOrderReference | undefined> {
    const found = await this.client.read(
      { service, path: 'A_SalesOrder', operation: 'A_SalesOrder.find' },
      {
        $filter: `PurchaseOrderByCustomer eq ${literal(sapKey(idempotencyKey))}`,
        $select: 'SalesOrder,TotalNetAmount,TransactionCurrency',
        $orderby: 'SalesOrder',
        $top: '1',
      },
      collectionEnvelope(salesOrderReferenceSchema),
    );
    return found[0];
  }

  private create(command: PostSalesOrder): Promise<SapSalesOrderReference> {
    const body = salesOrderBody(command, this.settings);
    const schema = entityEnvelope(salesOrderReferenceSchema);
    return this.client.create(service, 'A_SalesOrder', body, schema);
  }

  private async decision(salesOrder: string, order: SapSalesOrderDecision | undefined): Promise<SalesOrderDecision> {
    if (order === undefined) return { salesOrder, state: 'MISSING' };
    const state = decisionState(order);
    if (state !== 'REJECTED') return { salesOrder, state };
    const reason = rejectionSentence(order, await this.rejectionCodes(salesOrder), this.settings.rejectionReasonTexts);
    return { salesOrder, state, reason, ...(isCreditBlocked(order) ? { code: 'CREDIT_HOLD' } : {}) };
  }

  private async rejectionCodes(salesOrder: string): Promise<readonly string[]> {
    const items = await this.client.read(
      { service, path: `${entityPath('A_SalesOrder', salesOrder)}/to_Item`, operation: 'A_SalesOrder.to_Item.read' },
      { $select: 'SalesDocumentRjcnReason', $top: ITEMS_MAX },
      collectionEnvelope(itemRejectionSchema),
    );
    return items.map((item) => item.SalesDocumentRjcnReason);
  }

  /** Lowers an item to what remains of it, or rejects it. An item that is there already, or lower, stays as it is. */
  private async lowerItem(salesOrder: string, item: string, remaining: number): Promise<void> {
    const path = entityPath('A_SalesOrderItem', { SalesOrder: salesOrder, SalesOrderItem: item });
    const current = await this.client.read(
      { service, path, operation: 'A_SalesOrderItem.read' },
      { $select: ITEM_FIELDS },
      entityEnvelope(salesOrderItemSchema),
    );
    if (current.SalesDocumentRjcnReason !== '') return;
    if (remaining > 0 && Number(current.RequestedQuantity) <= remaining) return;
    const change =
      remaining === 0
        ? { SalesDocumentRjcnReason: this.settings.cancellationReason }
        : { RequestedQuantity: String(remaining), RequestedQuantityUnit: this.settings.quantityUnit };
    await this.client.change(
      { service, path, operation: 'A_SalesOrderItem.change' },
      // Some releases give items no etag of their own; '*' then says "whatever it is".
      current.__metadata?.etag ?? '*',
      change,
    );
  }
}
