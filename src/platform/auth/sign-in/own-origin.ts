import type { FastifyRequest } from 'fastify';

/**
 * The origin that people reach the hub by: the configured address, else what the request was sent to. A proxy that ends TLS
 * is not believed (it may be anybody), so behind one the address must be configured.
 */
export function ownOrigin(publicUrl: string | undefined, request: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  return new URL(publicUrl ?? `${request.protocol}://${request.host}`).origin;
}
