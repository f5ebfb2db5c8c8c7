import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { StockFeeds, type StockFeed } from '../../process-apis/availability/index.js';
import { Catalog } from '../../process-apis/catalog/index.js';
import { Caller, Scopes } from '../../src/platform/auth/auth.decorators.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { factAnswer, type FactAnswer } from './stock.answers.js';
import { StockInbox } from './stock.inbox.js';
import { invalidRequest } from '../../src/platform/http/invalid-input.js';
import { feedsQuery, nextOf, parse } from './stock.reading.js';
import { factsBody, snapshotBody } from './stock.wire.js';

/** Stock facts of systems outside. The source of a fact is the caller of the token. The contract is schema/openapi/stock.yaml. */
@Controller('stock/v1')
export class StockController {
  constructor(
    private readonly inbox: StockInbox,
    private readonly feeds: StockFeeds,
    private readonly catalog: Catalog,
  ) {}

  @Post('facts')
  @HttpCode(200)
  @Scopes('stock:write')
  async receive(@Caller() { subject }: Principal, @Body() body: unknown): Promise<{ outcomes: readonly FactAnswer[] }> {
    const { facts } = parse(factsBody, body);
    const outcomes = await this.inbox.receive(subject, facts);
    return {
      outcomes: facts.flatMap((fact, index) => {
        const outcome = outcomes[index];
        return outcome === undefined ? [] : [factAnswer(fact, index, outcome)];
      }),
    };
  }

  /** All positions of a node were sent as counts: what was missing before them is missing no more. */
  @Post('snapshots')
  @HttpCode(204)
  @Scopes('stock:write')
  async snapshotTaken(@Caller() { subject }: Principal, @Body() body: unknown): Promise<void> {
    const { node, ...snapshot } = parse(snapshotBody, body);
    if (!(await this.catalog.nodes()).some(({ id }) => id === node))
      throw invalidRequest([{ pointer: '/node', detail: `There is no node "${node}".` }]);
    await this.feeds.snapshotTaken({ source: subject, node }, snapshot);
  }

  /** Where each source stands at each node: its sequence, its gap, what was refused. */
  @Get('feeds')
  @Scopes('operations:read')
  async listFeeds(@Query() query: unknown): Promise<{ feeds: readonly StockFeed[]; next?: string }> {
    const { limit, after } = parse(feedsQuery, query);
    const feeds = await this.feeds.list(after, limit);
    return { feeds, ...nextOf(feeds, limit) };
  }
}
