import { checkEntity, nestedEntities, text, type Entity } from './entity-check.js';
import { checkIfMatch } from './etag.js';
import { collectionBody, entityBody } from './odata-answer.js';
import { matches, parseFilter, valuesOf } from './odata-filter.js';
import type { ODataAddress } from './odata-request.js';
import { salesOrderEntity, salesOrderItemEntity } from './sales-order.entities.js';
import { describeSalesOrder, SalesOrderTable, type SalesOrderDocument } from './sales-order-table.js';
import type { EntryOf } from './sandbox-entry.js';
import type { SandboxAnswer, SandboxService, WriteRequest } from './sandbox-service.js';
import type { SandboxState } from './sandbox-state.js';
import type { CreditDecision, SandboxSalesOrder } from './sap-sandbox.types.js';
import { badRequest, notFound, SapFault } from './sap-fault.js';
import type { ServiceModel } from './service-model.js';

export interface SalesOrderRules {
  readonly materials: ReadonlySet<string>;
  readonly decisionDelayMs: number;
  readonly decide: (salesOrder: SandboxSalesOrder) => CreditDecision;
}

const HEADER_MUST = [
  'SalesOrderType',
  'SalesOrganization',
  'DistributionChannel',
  'OrganizationDivision',
  'SoldToParty',
];

/** API_SALES_ORDER_SRV, as far as the adapter needs it. */
export class SalesOrderService implements SandboxService {
  constructor(
    private readonly model: ServiceModel,
    private readonly state: SandboxState,
    private readonly rules: SalesOrderRules,
    private readonly baseUrl: () => string,
  ) {}

  read(address: ODataAddress): SandboxAnswer {
    const { resource, key, navigation } = address;
    if (resource === 'A_SalesOrder' && key === undefined)
      return this.collection(this.search(address).map(salesOrderEntity), address);
    const order = this.order(key?.['SalesOrder'] ?? key?.[''] ?? '');
    if (resource === 'A_SalesOrder' && navigation === undefined) return this.entity(salesOrderEntity(order), address);
    if (resource === 'A_SalesOrder' && navigation === 'to_Item')
      return this.collection(
        [...order.items.values()].map((item) => salesOrderItemEntity(order, item)),
        address,
      );
    if (resource === 'A_SalesOrderItem' && navigation === undefined)
      return this.entity(salesOrderItemEntity(order, itemOf(order, key?.['SalesOrderItem'])), address);
    throw notFound(`the segment '${navigation ?? resource}'`);
  }

  post({ address, body }: WriteRequest): SandboxAnswer {
    if (address.resource !== 'A_SalesOrder' || address.key !== undefined) throw notFound(`'${address.resource}'`);
    checkEntity(this.model, 'A_SalesOrderType', body, 'create');
    const items = numbered(nestedEntities(body['to_Item']));
    this.checkBusiness(body, items);
    const entry = {
      kind: 'SALES_ORDER_CREATED',
      salesOrder: this.state.salesOrders.nextNumber(),
      header: body,
      items,
      decidesAt: Date.now() + this.rules.decisionDelayMs,
    } as const;
    this.state.record({ ...entry, rejection: this.decide(entry) });
    return { ...this.entity(salesOrderEntity(this.order(entry.salesOrder)), address), status: 201 };
  }

  patch({ address, body, ifMatch }: WriteRequest): SandboxAnswer {
    if (address.resource !== 'A_SalesOrderItem') throw notFound(`'${address.resource}'`);
    const order = this.order(address.key?.['SalesOrder'] ?? '');
    const current = itemOf(order, address.key?.['SalesOrderItem']);
    checkEntity(this.model, 'A_SalesOrderItemType', body, 'update');
    checkIfMatch(ifMatch, order.changedAt);
    const quantity = body['RequestedQuantity'];
    if (typeof quantity === 'string' && Number(quantity) < current.delivered)
      throw new SapFault(
        400,
        'V1/385',
        `Order quantity must not be less than the delivered quantity of ${current.delivered}`,
      );
    if (text(body, 'SalesDocumentRjcnReason') !== '' && current.delivered > 0)
      throw new SapFault(400, 'V1/351', `Item ${current.number} cannot be rejected: it is delivered already`);
    this.state.record({
      kind: 'SALES_ORDER_ITEM_CHANGED',
      salesOrder: order.number,
      item: current.number,
      change: body,
    });
    return { status: 204 };
  }

  private search(address: ODataAddress): readonly SalesOrderDocument[] {
    const { salesOrders } = this.state;
    const expression = address.options.get('$filter');
    if (expression === undefined) return salesOrders.all();
    const filter = parseFilter(expression);
    const numbers = valuesOf(filter, 'SalesOrder');
    const references = valuesOf(filter, 'PurchaseOrderByCustomer');
    const candidates =
      numbers !== undefined
        ? salesOrders.all(new Set(numbers))
        : (references?.flatMap((reference) => salesOrders.withPurchaseOrder(reference)) ?? salesOrders.all());
    return candidates.filter((order) => matches(filter, salesOrderEntity(order).properties));
  }

  private checkBusiness(header: Entity, items: readonly Entity[]): void {
    for (const name of HEADER_MUST)
      if (text(header, name) === '') throw new SapFault(400, 'SLS_LORD/009', `Document is incomplete: enter ${name}`);
    if (items.length === 0) throw new SapFault(400, 'SLS_LORD/009', 'Document is incomplete: enter at least one item');
    const faults = items.flatMap((one) => this.itemFault(header, one));
    const [first] = faults;
    if (first !== undefined) throw new SapFault(400, first.code, first.message, faults.slice(1));
  }

  private itemFault(header: Entity, one: Entity): readonly { readonly code: string; readonly message: string }[] {
    const material = text(one, 'Material');
    if (!this.rules.materials.has(material)) {
      const area = `sales org. ${text(header, 'SalesOrganization')}, distr.chan. ${text(header, 'DistributionChannel')}`;
      return [{ code: 'V1/382', message: `Material ${material} is not defined for ${area}, language EN` }];
    }
    if (Number(text(one, 'RequestedQuantity')) > 0) return [];
    return [{ code: 'V1/346', message: `Enter a quantity for item ${text(one, 'SalesOrderItem')}` }];
  }

  private decide(entry: Omit<EntryOf<'SALES_ORDER_CREATED'>, 'at' | 'rejection'>): string {
    // The rule sees the document as it will be, so it is built in a table of its own.
    const draft = new SalesOrderTable();
    draft.create({ ...entry, at: '', rejection: '' });
    const decisions = draft.all().map((order) => this.rules.decide(describeSalesOrder(order)));
    return decisions.map((decision) => (decision === 'confirm' ? '' : decision.reject)).join('');
  }

  private order(number: string): SalesOrderDocument {
    const order = this.state.salesOrders.get(number);
    if (order === undefined) throw notFound(`sales order '${number}'`);
    return order;
  }

  private entity(entity: ReturnType<typeof salesOrderEntity>, address: ODataAddress): SandboxAnswer {
    return { status: 200, body: entityBody(this.model, this.baseUrl(), entity, address) };
  }

  private collection(entities: readonly ReturnType<typeof salesOrderEntity>[], address: ODataAddress): SandboxAnswer {
    return { status: 200, body: collectionBody(this.model, this.baseUrl(), entities, address) };
  }
}

function itemOf(order: SalesOrderDocument, number: string | undefined) {
  const found = order.items.get(number ?? '');
  if (found === undefined) throw notFound(`item '${number ?? ''}' of sales order '${order.number}'`);
  return found;
}

// Items without a number get the next multiple of ten.
function numbered(items: readonly Entity[]): Entity[] {
  const result = items.map((one, index): Entity => ({
    ...one,
    SalesOrderItem: text(one, 'SalesOrderItem').replace(/^0+/, '') || String((index + 1) * 10),
  }));
  if (new Set(result.map((one) => one['SalesOrderItem'])).size !== result.length)
    throw badRequest('An item number is given twice');
  return result;
}
