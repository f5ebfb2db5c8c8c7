import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../../http/problem.js';

/**
 * The origin that people reach the hub by: the configured address, else what the request was sent to. A proxy that ends TLS
 * is not believed (it may be anybody), so behind one the address must be configured. Throws the 400 problem for a Host header
 * that names no host.
 */
export function ownOrigin(publicUrl: string | undefined, request: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  const url = URL.parse(publicUrl ?? `${request.protocol}://${request.host}`);
  if (url === null)
    throw new ProblemError({
      status: 400,
      code: 'HOST_UNREADABLE',
      title: 'The Host header names no host',
      detail: 'Send the header "Host" with the name that the hub is reached by, like "hub.example.com".',
    });
  return url.origin;
}
