import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { OrderReader } from '../../process-apis/orders/index.js';
import type { Principal } from '../../src/platform/auth/principal.js';
import { TokenVerifier } from '../../src/platform/auth/token-verifier.js';
import { toGraphQLError } from './graphql-errors.js';
import { OrderLoaders } from './order-loaders.js';

/** What every resolver gets besides its arguments. The AuthGuard reads the principal from it. */
export interface OperationContext {
  readonly principal: Principal;
  readonly correlationId: string;
  readonly loaders: OrderLoaders;
}

/** Who calls, and from where records are loaded: made once per HTTP operation or per WebSocket subscription. */
@Injectable()
export class OperationContexts {
  /** One for all subscriptions: what many subscribers ask in the same turn is one statement. Remembers nothing. */
  private readonly liveLoaders: OrderLoaders;

  constructor(
    private readonly reader: OrderReader,
    private readonly verifier: TokenVerifier,
  ) {
    this.liveLoaders = new OrderLoaders(reader, { remember: false });
  }

  /** Throws a GraphQLError that makes the answer a 401. */
  async forRequest(request: FastifyRequest): Promise<OperationContext> {
    const principal = await this.verifier.authenticate(request.headers.authorization).catch((error: unknown) => {
      throw toGraphQLError(error);
    });
    return { principal, correlationId: request.id, loaders: new OrderLoaders(this.reader, { remember: true }) };
  }

  forSubscription(principal: Principal, correlationId: string): OperationContext {
    return { principal, correlationId, loaders: this.liveLoaders };
  }
}
