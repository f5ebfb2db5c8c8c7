import { Body, Controller, Get, HttpCode, Put, Query } from '@nestjs/common';
import {
  itemSchema,
  itemUnitSchema,
  kitSchema,
  listingSchema,
  nodeSchema,
  SqlCatalog,
  substitutesSchema,
  type Item,
  type ItemUnit,
  type Kit,
  type Listing,
  type Substitutes,
} from '../../process-apis/catalog/index.js';
import type { StockNode } from '../../src/model/stock.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { bodyOf, nextOf, pageQuery, parse, saving } from './operations.requests.js';

const LISTINGS_MAX = 1_000;

const ItemsBody = bodyOf('items', itemSchema);
const UnitsBody = bodyOf('units', itemUnitSchema);
const KitsBody = bodyOf('kits', kitSchema);
const SubstitutesBody = bodyOf('substitutes', substitutesSchema);
const ListingsBody = bodyOf('listings', listingSchema, LISTINGS_MAX);
const NodesBody = bodyOf('nodes', nodeSchema);

const OneKey = pageQuery(1);
const TwoKeys = pageQuery(2);

interface Next {
  /** Of the next page; absent on the last one. */
  readonly next?: string;
}

/**
 * Master data: items, their units, kits, substitutes, listings and nodes. Each PUT replaces what has the same key, all of
 * the body or nothing; what waited for it goes on by itself.
 */
@Controller('operations/v1')
export class CatalogController {
  constructor(private readonly catalog: SqlCatalog) {}

  @Put('items')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveItems(@Body() body: unknown): Promise<void> {
    await saving('items', this.catalog.saveItems(parse(ItemsBody, body).items));
  }

  @Get('items')
  @Scopes('operations:read')
  async items(@Query() query: unknown): Promise<Next & { readonly items: readonly Item[] }> {
    const page = parse(OneKey, query);
    const items = await this.catalog.lists.items(page);
    return { items, ...nextOf(items, page.limit, ({ sku }) => [sku]) };
  }

  @Put('item-units')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveUnits(@Body() body: unknown): Promise<void> {
    await saving('units', this.catalog.saveUnits(parse(UnitsBody, body).units));
  }

  @Get('item-units')
  @Scopes('operations:read')
  async units(@Query() query: unknown): Promise<Next & { readonly units: readonly ItemUnit[] }> {
    const page = parse(TwoKeys, query);
    const units = await this.catalog.lists.units(page);
    return { units, ...nextOf(units, page.limit, ({ sku, unit }) => [sku, unit]) };
  }

  @Put('kits')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveKits(@Body() body: unknown): Promise<void> {
    await saving('kits', this.catalog.saveKits(parse(KitsBody, body).kits));
  }

  @Get('kits')
  @Scopes('operations:read')
  async kits(@Query() query: unknown): Promise<Next & { readonly kits: readonly Kit[] }> {
    const page = parse(OneKey, query);
    const kits = await this.catalog.lists.kits(page);
    return { kits, ...nextOf(kits, page.limit, ({ kit }) => [kit]) };
  }

  @Put('substitutes')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveSubstitutes(@Body() body: unknown): Promise<void> {
    await saving('substitutes', this.catalog.saveSubstitutes(parse(SubstitutesBody, body).substitutes));
  }

  @Get('substitutes')
  @Scopes('operations:read')
  async substitutes(@Query() query: unknown): Promise<Next & { readonly substitutes: readonly Substitutes[] }> {
    const page = parse(TwoKeys, query);
    const substitutes = await this.catalog.lists.substitutes(page);
    return { substitutes, ...nextOf(substitutes, page.limit, ({ sku, channel }) => [sku, channel]) };
  }

  /** Maps listing SKUs to items. Orders that waited for one of them go on by themselves. */
  @Put('listings')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveListings(@Body() body: unknown): Promise<void> {
    await saving('listings', this.catalog.saveListings(parse(ListingsBody, body).listings));
  }

  @Get('listings')
  @Scopes('operations:read')
  async listings(@Query() query: unknown): Promise<Next & { readonly listings: readonly Listing[] }> {
    const page = parse(TwoKeys, query);
    const listings = await this.catalog.lists.listings(page);
    return { listings, ...nextOf(listings, page.limit, ({ channel, listingSku }) => [channel, listingSku]) };
  }

  @Put('nodes')
  @HttpCode(204)
  @Scopes('operations:write')
  async saveNodes(@Body() body: unknown): Promise<void> {
    await saving('nodes', this.catalog.saveNodes(parse(NodesBody, body).nodes));
  }

  @Get('nodes')
  @Scopes('operations:read')
  async nodes(@Query() query: unknown): Promise<Next & { readonly nodes: readonly StockNode[] }> {
    const page = parse(OneKey, query);
    const nodes = await this.catalog.lists.nodes(page);
    return { nodes, ...nextOf(nodes, page.limit, ({ id }) => [id]) };
  }
}
