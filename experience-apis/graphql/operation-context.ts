import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { EvidenceReader } from '../../process-apis/resolution/index.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { TokenVerifier } from '../../src/platform/auth/token-verifier.js';
import { ExceptionLoaders, type ExceptionSources } from './exception-loaders.js';
import { FindingLoaders } from './finding/finding-loaders.js';
import { GatheredOrders } from './gathered-orders.js';
import { toGraphQLError } from './graphql-errors.js';
import { OrderLoaders } from './order-loaders.js';
import { RecordLoaders } from './records/record-loaders.js';
import { RecordSources } from './records/record-sources.js';
import { StockLoaders } from './stock-loaders.js';

/** What every resolver gets besides its arguments. The AuthGuard reads the principal from it. */
export interface OperationContext {
  readonly principal: Principal;
  readonly correlationId: string;
  /** Orders by their ids, in statements that operations at the same time share. */
  readonly orders: GatheredOrders;
  readonly loaders: OrderLoaders;
  /** Remembers what it read: made for each operation. */
  readonly stock: StockLoaders;
  readonly exceptions: ExceptionLoaders;
  readonly finding: FindingLoaders;
  readonly records: RecordLoaders;
}

/** Who calls, and from where records are loaded: made once per HTTP operation or per WebSocket subscription. */
@Injectable()
export class OperationContexts {
  private readonly gathered: GatheredOrders;
  /** One for all subscriptions: what many subscribers ask in the same turn is one statement. Remembers nothing. */
  private readonly liveLoaders: OrderLoaders;
  private readonly liveExceptions: ExceptionLoaders;
  private readonly liveFinding: FindingLoaders;
  private readonly liveRecords: RecordLoaders;
  private readonly ofExceptions: ExceptionSources;

  constructor(
    private readonly sources: RecordSources,
    private readonly verifier: TokenVerifier,
    evidence: EvidenceReader,
  ) {
    const { pool, orders, exceptions } = sources;
    this.gathered = new GatheredOrders(orders);
    this.liveLoaders = new OrderLoaders(this.gathered, { remember: false });
    this.ofExceptions = { exceptions, evidence, orders };
    this.liveExceptions = new ExceptionLoaders(this.ofExceptions, { remember: false });
    this.liveFinding = new FindingLoaders(orders, pool, undefined);
    this.liveRecords = new RecordLoaders(sources, { remember: false });
  }

  /** Throws a GraphQLError that makes the answer a 401. */
  async forRequest(request: FastifyRequest): Promise<OperationContext> {
    const principal = await this.verifier.authenticate(request.headers.authorization).catch((error: unknown) => {
      throw toGraphQLError(error);
    });
    const { pool, orders, stock } = this.sources;
    return {
      principal,
      correlationId: request.id,
      orders: this.gathered,
      loaders: new OrderLoaders(this.gathered, { remember: true }),
      stock: new StockLoaders(stock, pool),
      exceptions: new ExceptionLoaders(this.ofExceptions, { remember: true }),
      finding: new FindingLoaders(orders, pool, principal),
      records: new RecordLoaders(this.sources, { remember: true }),
    };
  }

  forSubscription(principal: Principal, correlationId: string): OperationContext {
    return {
      principal,
      correlationId,
      orders: this.gathered,
      loaders: this.liveLoaders,
      stock: new StockLoaders(this.sources.stock, this.sources.pool),
      exceptions: this.liveExceptions,
      finding: this.liveFinding,
      records: this.liveRecords,
    };
  }
}
