import { deliveryEntity, deliveryItemEntity } from './delivery.entities.js';
import { referencedItems } from './delivery-reference.js';
import type { DeliveryDocument } from './delivery-table.js';
import { checkEntity, nestedEntities, type Entity } from './entity-check.js';
import { checkIfMatch } from './etag.js';
import { collectionBody, entityBody, type OutgoingEntity } from './odata-answer.js';
import { matches, parseFilter, valuesOf } from './odata-filter.js';
import { unquote, type ODataAddress } from './odata-request.js';
import type { SandboxAnswer, SandboxService, WriteRequest } from './sandbox-service.js';
import type { SandboxState } from './sandbox-state.js';
import { badRequest, notFound, SapFault } from './sap-fault.js';
import type { ServiceModel } from './service-model.js';

export interface DeliveryRules {
  readonly billingDelayMs: number;
}

const SERIAL_LENGTH_MAX = 18;
const FUNCTIONS_DONE: SandboxAnswer = { status: 200, body: { d: { results: [] } } };

type DeliveryFunction = (delivery: DeliveryDocument, address: ODataAddress) => void;

/** API_OUTBOUND_DELIVERY_SRV, as far as the adapter needs it. */
export class DeliveryService implements SandboxService {
  private readonly functions: Readonly<Record<string, DeliveryFunction>> = {
    PickAllItems: (delivery) => this.state.record({ kind: 'PICKED', delivery: delivery.number }),
    PostGoodsIssue: (delivery) => this.issueGoods(delivery),
    AddSerialNumberToDeliveryItem: (delivery, address) => this.addSerial(delivery, address),
    DeleteAllSerialNumbersFromDeliveryItem: (delivery, address) =>
      this.state.record({ kind: 'SERIALS_DELETED', delivery: delivery.number, item: itemNumber(delivery, address) }),
  };

  constructor(
    private readonly model: ServiceModel,
    private readonly state: SandboxState,
    private readonly rules: DeliveryRules,
    private readonly baseUrl: () => string,
  ) {}

  read(address: ODataAddress): SandboxAnswer {
    const { resource, key, navigation } = address;
    if (resource !== 'A_OutbDeliveryHeader') throw notFound(`the segment '${resource}'`);
    if (key === undefined) return this.collection(this.search(address).map(deliveryEntity), address);
    const delivery = this.delivery(key['DeliveryDocument'] ?? key[''] ?? '');
    if (navigation === undefined)
      return { status: 200, body: entityBody(this.model, this.baseUrl(), deliveryEntity(delivery), address) };
    if (navigation !== 'to_DeliveryDocumentItem') throw notFound(`the segment '${navigation}'`);
    const withFlow = address.options.get('$expand') === 'to_DocumentFlow';
    const items = [...delivery.items.values()].map((item) => deliveryItemEntity(delivery, item, withFlow));
    return this.collection(items, address);
  }

  post(request: WriteRequest): SandboxAnswer {
    const { address, body, ifMatch } = request;
    if (address.resource === 'A_OutbDeliveryHeader' && address.key === undefined) return this.create(body, address);
    const run = this.functions[address.resource];
    if (run === undefined) throw notFound(`the segment '${address.resource}'`);
    const delivery = this.delivery(parameter(address, 'DeliveryDocument'));
    checkIfMatch(ifMatch, delivery.changedAt);
    if (delivery.billsAt !== undefined)
      throw new SapFault(400, 'VL/607', `Goods issue has already been posted for delivery ${delivery.number}`);
    run(delivery, address);
    return FUNCTIONS_DONE;
  }

  patch({ address }: WriteRequest): SandboxAnswer {
    throw notFound(`the segment '${address.resource}'`);
  }

  private create(body: Entity, address: ODataAddress): SandboxAnswer {
    checkEntity(this.model, 'A_OutbDeliveryHeaderType', body, 'create');
    const items = nestedEntities(body['to_DeliveryDocumentItem']);
    if (items.length === 0) throw new SapFault(400, 'VL/461', 'No items were given for the delivery');
    const number = this.state.deliveries.nextNumber();
    this.state.record({
      kind: 'DELIVERY_CREATED',
      delivery: number,
      header: body,
      items: referencedItems(this.state.salesOrders, items),
    });
    const entity = deliveryEntity(this.delivery(number));
    return { status: 201, body: entityBody(this.model, this.baseUrl(), entity, address) };
  }

  private issueGoods(delivery: DeliveryDocument): void {
    if (!delivery.picked)
      throw new SapFault(400, 'VL/609', `Delivery ${delivery.number} has not yet been completely picked`);
    this.state.record({
      kind: 'GOODS_ISSUED',
      delivery: delivery.number,
      billsAt: Date.now() + this.rules.billingDelayMs,
    });
  }

  private addSerial(delivery: DeliveryDocument, address: ODataAddress): void {
    const item = itemNumber(delivery, address);
    const serial = parameter(address, 'SerialNumber');
    const known = delivery.items.get(item);
    if (serial === '' || serial.length > SERIAL_LENGTH_MAX) throw badRequest(`Serial number '${serial}' is invalid`);
    if (known?.serials.has(serial) === true)
      throw new SapFault(400, 'IO/204', `Serial number ${serial} is in item ${item} already`);
    if (known !== undefined && known.serials.size >= known.quantity)
      throw new SapFault(400, 'IO/229', `Item ${item} has a serial number for each of its units already`);
    this.state.record({ kind: 'SERIAL_ADDED', delivery: delivery.number, item, serial });
  }

  private search(address: ODataAddress): readonly DeliveryDocument[] {
    const { deliveries } = this.state;
    const expression = address.options.get('$filter');
    if (expression === undefined) return deliveries.all();
    const filter = parseFilter(expression);
    const numbers = valuesOf(filter, 'DeliveryDocument');
    const externalNumbers = valuesOf(filter, 'DeliveryDocumentBySupplier');
    const candidates =
      numbers !== undefined
        ? deliveries.all(new Set(numbers))
        : (externalNumbers?.flatMap((number) => deliveries.withExternalNumber(number)) ?? deliveries.all());
    return candidates.filter((delivery) => matches(filter, deliveryEntity(delivery).properties));
  }

  private delivery(number: string): DeliveryDocument {
    const delivery = this.state.deliveries.get(number);
    if (delivery === undefined) throw notFound(`delivery '${number}'`);
    return delivery;
  }

  private collection(entities: readonly OutgoingEntity[], address: ODataAddress): SandboxAnswer {
    return { status: 200, body: collectionBody(this.model, this.baseUrl(), entities, address) };
  }
}

function itemNumber(delivery: DeliveryDocument, address: ODataAddress): string {
  const number = parameter(address, 'DeliveryDocumentItem').padStart(6, '0');
  if (!delivery.items.has(number)) throw notFound(`item '${number}' of delivery '${delivery.number}'`);
  return number;
}

function parameter(address: ODataAddress, name: string): string {
  const literal = address.options.get(name);
  if (literal === undefined) throw badRequest(`Function import parameter '${name}' is missing`);
  return unquote(literal);
}
