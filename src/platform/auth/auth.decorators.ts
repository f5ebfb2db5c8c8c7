import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

export const PUBLIC_ENDPOINT = 'entrepot:public-endpoint';
export const REQUIRED_SCOPES = 'entrepot:required-scopes';
export const OPEN_TO_CHANNELS = 'entrepot:open-to-channels';

/** No bearer token is asked for here; the sentence says what guards the endpoint instead. */
export const PublicEndpoint = (why: string): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC_ENDPOINT, why);

/** The bearer token must hold all of these scopes. Endpoints without this decorator still need a valid token. */
export const Scopes = (...scopes: readonly string[]): ClassDecorator & MethodDecorator =>
  SetMetadata(REQUIRED_SCOPES, scopes);

/**
 * A token that is bound to one channel may call this. Elsewhere such a token is refused, whatever its scopes: what is here shows the caller
 * its own channel alone.
 */
export const OpenToChannels = (): ClassDecorator & MethodDecorator => SetMetadata(OPEN_TO_CHANNELS, true);

/** The caller, as the token says. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const request = context.switchToHttp().getRequest<FastifyRequest & { principal?: Principal }>();
  if (request.principal === undefined) throw new Error('no caller on this request: is the endpoint public?');
  return request.principal;
});
