import { text, type Entity } from './entity-check.js';
import { creditStatus } from './sales-order.entities.js';
import type { SalesOrderDocument, SalesOrderItemDocument, SalesOrderTable } from './sales-order-table.js';
import type { DeliveryItemEntry } from './sandbox-entry.js';
import { SapFault } from './sap-fault.js';

/** The delivery items that a request asks for, with what they take from their sales order items. */
export function referencedItems(salesOrders: SalesOrderTable, requested: readonly Entity[]): DeliveryItemEntry[] {
  const taken = new Map<string, number>();
  return requested
    .flatMap((request) => {
      const order = deliverableOrder(salesOrders, text(request, 'ReferenceSDDocument'));
      return orderItems(order, request).map((item) => deliveryItem(order, item, request, taken));
    })
    .map((item, index) => ({ ...item, item: String((index + 1) * 10).padStart(6, '0') }));
}

function deliverableOrder(salesOrders: SalesOrderTable, number: string): SalesOrderDocument {
  const order = salesOrders.get(number.replace(/^0+/, ''));
  if (order === undefined) throw new SapFault(400, 'VL/002', `Sales document ${number} does not exist`);
  if (creditStatus(order) === 'B')
    throw new SapFault(400, 'VL/051', `Sales document ${order.number} is blocked for delivery: credit limit`);
  return order;
}

// Without an item number the whole document is delivered.
function orderItems(order: SalesOrderDocument, request: Entity): readonly SalesOrderItemDocument[] {
  const number = text(request, 'ReferenceSDDocumentItem').replace(/^0+/, '');
  if (number === '')
    return [...order.items.values()].filter((item) => item.rejection === '' && item.delivered < item.quantity);
  const item = order.items.get(number);
  if (item === undefined)
    throw new SapFault(400, 'VL/003', `Item ${number} of sales document ${order.number} does not exist`);
  if (item.rejection !== '')
    throw new SapFault(400, 'VL/367', `Item ${number} of sales document ${order.number} was rejected`);
  return [item];
}

function deliveryItem(
  order: SalesOrderDocument,
  item: SalesOrderItemDocument,
  request: Entity,
  taken: Map<string, number>,
): DeliveryItemEntry {
  const key = `${order.number}/${item.number}`;
  const open = item.quantity - item.delivered - (taken.get(key) ?? 0);
  const asked = text(request, 'ActualDeliveryQuantity');
  const quantity = asked === '' ? open : Number(asked);
  if (quantity <= 0 || quantity > open)
    throw new SapFault(400, 'VL/363', `Only ${open} of ${quantity} are open in item ${item.number} of ${order.number}`);
  taken.set(key, (taken.get(key) ?? 0) + quantity);
  return {
    item: '',
    salesOrder: order.number,
    salesOrderItem: item.number,
    material: text(item.properties, 'Material'),
    plant: text(item.properties, 'ProductionPlant'),
    storageLocation: text(request, 'StorageLocation'),
    unit: text(request, 'DeliveryQuantityUnit'),
    quantity,
  };
}
