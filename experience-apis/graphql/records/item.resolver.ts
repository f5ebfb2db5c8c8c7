import { Inject } from '@nestjs/common';
import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import {
  ITEMS_PAGE_MAX,
  pageItems,
  SqlCatalog,
  type ItemFilter,
  type ItemRecord,
  type ListingRecord,
} from '../../../process-apis/catalog/index.js';
import type { Publication } from '../../../process-apis/publishing/index.js';
import type { Component } from '../../../src/model/order.js';
import type { Position, StockNode } from '../../../src/model/stock.js';
import { Scopes } from '../../../src/platform/auth/auth.decorators.js';
import { PG_POOL } from '../../../src/platform/db/database.module.js';
import { requireHouse } from '../channel-sight.js';
import { givenOnly, type Given } from '../given.js';
import { checkPageSize, keyOfCursor, toConnection, type Connection, type PageArguments } from '../list-page.js';
import type { OperationContext } from '../operation-context.js';
import { globalId } from './global-id.js';
import {
  AVAILABILITY_READ,
  checkTexts,
  FOR_THE_HOUSE,
  requireHouseWith,
  requireScope,
  STOCK_READ,
} from './record-access.js';

export const ITEM_PARTS_MAX = 100;

interface First {
  readonly first: number;
}

@Resolver()
@Scopes(STOCK_READ)
export class ItemQueryResolver {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly catalog: SqlCatalog,
  ) {}

  @Query('item')
  async item(
    _: unknown,
    { sku }: { readonly sku: string },
    { principal, records }: OperationContext,
  ): Promise<ItemRecord | undefined> {
    requireHouse(principal, FOR_THE_HOUSE);
    return records.items.item.load(sku);
  }

  @Query('items')
  async items(
    _: unknown,
    { first, after, ...given }: Given<ItemFilter> & PageArguments,
    { principal }: OperationContext,
  ): Promise<Connection<ItemRecord>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(first, ITEMS_PAGE_MAX);
    const filter = givenOnly<ItemFilter>(given);
    checkTexts(filter);
    const [behind] = keyOfCursor(after, 1) ?? [];
    const page = { first, ...(after === undefined ? {} : { after }) };
    return toConnection(await pageItems(this.pool, filter, behind, first + 1), page, ({ sku }) => [sku]);
  }

  @Query('fulfillmentNodes')
  async fulfillmentNodes(_: unknown, _none: unknown, { principal }: OperationContext): Promise<readonly StockNode[]> {
    requireHouse(principal, FOR_THE_HOUSE);
    return (await this.catalog.nodes()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }
}

@Resolver('Item')
export class ItemFieldsResolver {
  @ResolveField('id')
  id({ sku }: ItemRecord): string {
    return globalId('Item', sku);
  }

  @ResolveField('components')
  async components({ sku }: ItemRecord, _: unknown, { records }: OperationContext): Promise<readonly Component[]> {
    return (await records.items.components.load(sku)) ?? [];
  }

  @ResolveField('positions')
  positions(
    { sku }: ItemRecord,
    { first }: First,
    { principal, records }: OperationContext,
  ): Promise<readonly Position[]> {
    requireHouseWith(principal, STOCK_READ);
    checkPageSize(first, ITEM_PARTS_MAX);
    return records.items.positionsOfItem.load({ key: sku, first });
  }

  @ResolveField('listings')
  listings(
    { sku }: ItemRecord,
    { first }: First,
    { principal, records }: OperationContext,
  ): Promise<readonly ListingRecord[]> {
    requireHouseWith(principal, STOCK_READ);
    checkPageSize(first, ITEM_PARTS_MAX);
    return records.items.listingsOfItem.load({ key: sku, first });
  }

  @ResolveField('publications')
  publications(
    { sku }: ItemRecord,
    { first }: First,
    { principal, records }: OperationContext,
  ): Promise<readonly Publication[]> {
    requireHouseWith(principal, STOCK_READ);
    requireScope(principal, AVAILABILITY_READ);
    checkPageSize(first, ITEM_PARTS_MAX);
    return records.items.publicationsOfItem.load({ key: sku, first });
  }
}

@Resolver('Listing')
export class ListingFieldsResolver {
  @ResolveField('id')
  id({ channel, listingSku }: ListingRecord): string {
    return globalId('Listing', channel, listingSku);
  }
}

@Resolver('FulfillmentNode')
export class NodeFieldsResolver {
  @ResolveField('id')
  id({ id }: StockNode): string {
    return globalId('FulfillmentNode', id);
  }

  @ResolveField('key')
  key({ id }: StockNode): string {
    return id;
  }

  @ResolveField('unitsToday')
  async unitsToday(
    { id, unitsPerDay }: StockNode,
    _: unknown,
    { records }: OperationContext,
  ): Promise<number | undefined> {
    return unitsPerDay === undefined ? undefined : ((await records.unitsToday()).get(id) ?? 0);
  }
}

@Resolver('Position')
export class PositionIdResolver {
  @ResolveField('id')
  id({ sku, node }: Position): string {
    return globalId('Position', sku, node);
  }
}

@Resolver('Publication')
export class PublicationIdResolver {
  @ResolveField('id')
  id({ channel, listingSku }: Publication): string {
    return globalId('Publication', channel, listingSku);
  }
}
