import { ResolveField, Resolver } from '@nestjs/graphql';
import type { ItemRecord, ListingRecord } from '../../../process-apis/catalog/index.js';
import type { Publication } from '../../../process-apis/publishing/index.js';
import type { FulfillmentOrder, Order, OrderLine, Package, Shipment } from '../../../src/model/order.js';
import type { Position } from '../../../src/model/stock.js';
import { ifVisible } from '../channel-sight.js';
import type { OperationContext } from '../operation-context.js';
import { isOfHouseWith, ORDERS_READ, STOCK_READ } from './record-access.js';

/** A part leads to its order, and that to its parts again, of which nobody says how many. */
export const WAYS_BACK: ReadonlySet<string> = new Set([
  'OrderLine.order',
  'FulfillmentOrder.order',
  'Shipment.order',
  'Package.order',
]);

@Resolver('OrderLine')
export class OrderLineLinksResolver {
  @ResolveField('order')
  order({ id }: OrderLine, _: unknown, context: OperationContext): Promise<Order | undefined> {
    return orderOfPart(id, context);
  }

  @ResolveField('item')
  item({ sku }: OrderLine, _: unknown, context: OperationContext): Promise<ItemRecord | undefined> {
    return itemOf(sku, context);
  }
}

@Resolver('FulfillmentOrder')
export class FulfillmentOrderLinksResolver {
  @ResolveField('order')
  order({ id }: FulfillmentOrder, _: unknown, context: OperationContext): Promise<Order | undefined> {
    return orderOfPart(id, context);
  }
}

@Resolver('Shipment')
export class ShipmentLinksResolver {
  @ResolveField('order')
  order({ id }: Shipment, _: unknown, context: OperationContext): Promise<Order | undefined> {
    return orderOfPart(id, context);
  }
}

@Resolver('Package')
export class PackageLinksResolver {
  @ResolveField('order')
  order({ id }: Package, _: unknown, context: OperationContext): Promise<Order | undefined> {
    return orderOfPart(id, context);
  }
}

@Resolver('Position')
export class PositionLinksResolver {
  @ResolveField('item')
  item({ sku }: Position, _: unknown, context: OperationContext): Promise<ItemRecord | undefined> {
    return itemOf(sku, context);
  }
}

@Resolver('Listing')
export class ListingLinksResolver {
  @ResolveField('item')
  item({ sku }: ListingRecord, _: unknown, context: OperationContext): Promise<ItemRecord | undefined> {
    return itemOf(sku, context);
  }
}

@Resolver('Publication')
export class PublicationLinksResolver {
  @ResolveField('item')
  item({ sku }: Publication, _: unknown, context: OperationContext): Promise<ItemRecord | undefined> {
    return itemOf(sku, context);
  }
}

async function orderOfPart(id: string, { records, principal }: OperationContext): Promise<Order | undefined> {
  const orderId = principal.scopes.has(ORDERS_READ) ? await records.orderIdOfPart.load(id) : undefined;
  return orderId === undefined ? undefined : ifVisible(principal, await records.order.load(orderId));
}

async function itemOf(sku: string | null, { records, principal }: OperationContext): Promise<ItemRecord | undefined> {
  return sku === null || !isOfHouseWith(principal, STOCK_READ) ? undefined : records.items.item.load(sku);
}
