import { Inject } from '@nestjs/common';
import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Pool } from 'pg';
import {
  MOVEMENTS_PAGE_MAX,
  POSITION_PARTS_MAX,
  POSITIONS_PAGE_MAX,
  StockFeeds,
  StockReader,
  type LedgerMovement,
  type PositionFilter,
  type StockFeed,
  type Supply,
} from '../../process-apis/availability/index.js';
import { readPublications, type Publication, type Telling } from '../../process-apis/publishing/index.js';
import { availableToPromise, type Lot, type MovementReason, type Position } from '../../src/model/stock.js';
import { Scopes } from '../../src/platform/auth/auth.decorators.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { requireHouse, visibleChannel } from './channel-sight.js';
import { givenOnly, type Given } from './given.js';
import { isPastPosition, movementsEnd, notRebuilt, pastInstant } from './finding/past.js';
import {
  checkPageSize,
  foreignCursor,
  keyOfCursor,
  toConnection,
  type Connection,
  type PageArguments,
} from './list-page.js';
import type { OperationContext } from './operation-context.js';

export const PUBLICATIONS_PAGE_MAX = 100;
export const TELLINGS_MAX = 50;
export const STOCK_FEEDS_PAGE_MAX = 100;

/** Stock is of no single channel. */
const FOR_THE_HOUSE = 'Stock records are of all channels: a token that is bound to one may ask for availability.';

@Resolver()
@Scopes('stock:read')
export class StockQueryResolver {
  constructor(
    private readonly reader: StockReader,
    private readonly feeds: StockFeeds,
  ) {}

  @Query('position')
  async position(
    _: unknown,
    { asOf, ...place }: { readonly sku: string; readonly node: string; readonly asOf?: Date | null },
    { principal }: OperationContext,
  ): Promise<Position | undefined> {
    requireHouse(principal, FOR_THE_HOUSE);
    const instant = pastInstant(asOf);
    if (instant !== undefined) return this.reader.positionAsOf(place, instant);
    const [found] = await this.reader.positions(place, undefined, 1);
    return found;
  }

  @Query('positions')
  async positions(
    _: unknown,
    { sku, node, ...page }: Given<PositionFilter> & PageArguments,
    { principal }: OperationContext,
  ): Promise<Connection<Position>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, POSITIONS_PAGE_MAX);
    const [afterSku, afterNode] = keyOfCursor(page.after, 2) ?? [];
    const filter = { ...(typeof sku === 'string' ? { sku } : {}), ...(typeof node === 'string' ? { node } : {}) };
    const after = afterSku === undefined || afterNode === undefined ? undefined : { sku: afterSku, node: afterNode };
    const found = await this.reader.positions(filter, after, page.first + 1);
    return toConnection(found, page, (position) => [position.sku, position.node]);
  }

  @Query('stockFeeds')
  async stockFeeds(_: unknown, page: PageArguments, { principal }: OperationContext): Promise<Connection<StockFeed>> {
    requireHouse(principal, FOR_THE_HOUSE);
    checkPageSize(page.first, STOCK_FEEDS_PAGE_MAX);
    const [source, node] = keyOfCursor(page.after, 2) ?? [];
    const after = source === undefined || node === undefined ? undefined : { source, node };
    return toConnection(await this.feeds.list(after, page.first + 1), page, (feed) => [feed.source, feed.node]);
  }
}

@Resolver('Position')
export class PositionFieldsResolver {
  constructor(private readonly reader: StockReader) {}

  @ResolveField('atp')
  atp(position: Position): number {
    return availableToPromise(position);
  }

  @ResolveField('movements')
  async movements(
    position: Position,
    { reasons, ...page }: PageArguments & { readonly reasons?: readonly MovementReason[] | null },
    { stock }: OperationContext,
  ): Promise<Connection<LedgerMovement>> {
    checkPageSize(page.first, MOVEMENTS_PAGE_MAX);
    const [before = movementsEnd(position)] = keyOfCursor(page.after, 1) ?? [];
    if (before !== undefined && !/^\d{1,18}$/.test(before)) throw foreignCursor();
    const { sku, node } = position;
    const place = { sku, node, ...(before === undefined ? {} : { before }) };
    return toConnection(await stock.movements(place, page.first, reasons ?? undefined), page, ({ id }) => [id]);
  }

  @ResolveField('lots')
  lots(
    position: Position,
    { first }: { readonly first: number },
    { stock }: OperationContext,
  ): Promise<readonly Lot[]> {
    checkPageSize(first, POSITION_PARTS_MAX);
    return isPastPosition(position) ? this.reader.pastLots(position, first) : stock.lots(position, first);
  }

  @ResolveField('expectedSupply')
  expectedSupply(
    position: Position,
    { first }: { readonly first: number },
    { stock }: OperationContext,
  ): Promise<readonly Supply[]> {
    checkPageSize(first, POSITION_PARTS_MAX);
    if (isPastPosition(position)) throw notRebuilt('What was announced');
    return stock.expectedSupply(position, first);
  }
}

@Resolver('StockFeed')
export class StockFeedFieldsResolver {
  @ResolveField('gapFrom')
  gapFrom({ gap }: StockFeed): number | undefined {
    return gap?.from;
  }

  @ResolveField('gapTo')
  gapTo({ gap }: StockFeed): number | undefined {
    return gap?.to;
  }
}

@Resolver()
@Scopes('availability:read')
export class PublicationQueryResolver {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  @Query('publications')
  async publications(
    _: unknown,
    {
      channel: asked,
      first,
      after,
      ...given
    }: Given<{ channel: string; sku: string; differs: boolean }> & PageArguments,
    { principal }: OperationContext,
  ): Promise<Connection<Publication>> {
    checkPageSize(first, PUBLICATIONS_PAGE_MAX);
    const channel = visibleChannel(principal, asked);
    const [ofChannel, listingSku] = keyOfCursor(after, 2) ?? [];
    const filter = { ...givenOnly(given), ...(channel === undefined ? {} : { channel }) };
    const behind = ofChannel === undefined || listingSku === undefined ? undefined : { channel: ofChannel, listingSku };
    const found = await readPublications(this.pool, filter, behind, first + 1);
    return toConnection(found, { first, ...(after === undefined ? {} : { after }) }, (publication) => [
      publication.channel,
      publication.listingSku,
    ]);
  }
}

@Resolver('Publication')
export class PublicationFieldsResolver {
  @ResolveField('tellings')
  tellings(
    publication: Publication,
    { first }: { readonly first: number },
    { stock }: OperationContext,
  ): Promise<readonly Telling[]> {
    checkPageSize(first, TELLINGS_MAX);
    return stock.tellings(publication, first);
  }
}
