import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { OPEN_TO_CHANNELS, PUBLIC_ENDPOINT, REQUIRED_SCOPES } from './auth.decorators.js';
import { invalidToken, missingScope, missingToken, notForChannels } from './bearer.js';
import type { Principal } from './principal.js';
import { TokenVerifier } from './token-verifier.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the AuthGuard; absent on public endpoints. */
    principal?: Principal;
  }
}

/** What the guard reads of a GraphQL context: whoever opens the operation authenticates it. */
export interface AuthenticatedContext {
  readonly principal?: Principal;
}

/**
 * Stands before every controller and resolver: without a decorator a valid token is needed.
 * Throws the 401 and 403 problems.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<string | undefined>(PUBLIC_ENDPOINT, targets) !== undefined) return true;
    const principal = await this.principalOf(context);
    // Scopes of the class and of the method are needed both: a method cannot loosen its class.
    for (const scopes of this.reflector.getAll<(readonly string[] | undefined)[]>(REQUIRED_SCOPES, targets)) {
      const missing = scopes?.find((scope) => !principal.scopes.has(scope));
      if (missing !== undefined) throw missingScope(missing);
    }
    // Resolvers show each caller what it may see; of controllers only those that say so do.
    const open =
      context.getType() !== 'http' ||
      this.reflector.getAllAndOverride<true | undefined>(OPEN_TO_CHANNELS, targets) === true;
    if (principal.channel !== undefined && !open) throw notForChannels();
    return true;
  }

  private async principalOf(context: ExecutionContext): Promise<Principal> {
    if (context.getType<GqlContextType>() === 'graphql') {
      return principalOfOperation(GqlExecutionContext.create(context).getContext<AuthenticatedContext>());
    }
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.verifier.authenticate(request.headers.authorization);
    request.principal = principal;
    return principal;
  }
}

function principalOfOperation({ principal }: AuthenticatedContext): Principal {
  if (principal === undefined) throw missingToken();
  // A socket may stay open longer than the token that opened it.
  if (principal.expiresAt * 1000 <= Date.now()) throw invalidToken('The token has expired.');
  return principal;
}
