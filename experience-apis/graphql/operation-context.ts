import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { StockReader } from '../../process-apis/availability/index.js';
import { Exceptions } from '../../process-apis/exceptions/index.js';
import { OrderReader } from '../../process-apis/orders/index.js';
import { EvidenceReader } from '../../process-apis/resolution/index.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { TokenVerifier } from '../../src/platform/auth/token-verifier.js';
import { PG_POOL } from '../../src/platform/db/database.module.js';
import { ExceptionLoaders, type ExceptionSources } from './exception-loaders.js';
import { FindingLoaders } from './finding/finding-loaders.js';
import { toGraphQLError } from './graphql-errors.js';
import { OrderLoaders } from './order-loaders.js';
import { StockLoaders } from './stock-loaders.js';

/** What every resolver gets besides its arguments. The AuthGuard reads the principal from it. */
export interface OperationContext {
  readonly principal: Principal;
  readonly correlationId: string;
  readonly loaders: OrderLoaders;
  /** Remembers what it read: made for each operation. */
  readonly stock: StockLoaders;
  readonly exceptions: ExceptionLoaders;
  readonly finding: FindingLoaders;
}

/** Who calls, and from where records are loaded: made once per HTTP operation or per WebSocket subscription. */
@Injectable()
export class OperationContexts {
  /** One for all subscriptions: what many subscribers ask in the same turn is one statement. Remembers nothing. */
  private readonly liveLoaders: OrderLoaders;
  private readonly liveExceptions: ExceptionLoaders;
  private readonly liveFinding: FindingLoaders;
  private readonly ofExceptions: ExceptionSources;

  constructor(
    private readonly reader: OrderReader,
    private readonly verifier: TokenVerifier,
    private readonly stock: StockReader,
    @Inject(PG_POOL) private readonly pool: Pool,
    exceptions: Exceptions,
    evidence: EvidenceReader,
  ) {
    this.liveLoaders = new OrderLoaders(reader, { remember: false });
    this.ofExceptions = { exceptions, evidence, orders: reader };
    this.liveExceptions = new ExceptionLoaders(this.ofExceptions, { remember: false });
    this.liveFinding = new FindingLoaders(reader, pool, undefined);
  }

  /** Throws a GraphQLError that makes the answer a 401. */
  async forRequest(request: FastifyRequest): Promise<OperationContext> {
    const principal = await this.verifier.authenticate(request.headers.authorization).catch((error: unknown) => {
      throw toGraphQLError(error);
    });
    return {
      principal,
      correlationId: request.id,
      loaders: new OrderLoaders(this.reader, { remember: true }),
      stock: new StockLoaders(this.stock, this.pool),
      exceptions: new ExceptionLoaders(this.ofExceptions, { remember: true }),
      finding: new FindingLoaders(this.reader, this.pool, principal),
    };
  }

  forSubscription(principal: Principal, correlationId: string): OperationContext {
    return {
      principal,
      correlationId,
      loaders: this.liveLoaders,
      stock: new StockLoaders(this.stock, this.pool),
      exceptions: this.liveExceptions,
      finding: this.liveFinding,
    };
  }
}
