import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from '../../http/problem.js';

/**
 * The origin that people reach the hub by: the configured address, else what the request was sent to. No proxy is believed,
 * not even one that may tell addresses of callers: behind one that ends TLS the address must be configured. Throws the 400
 * problem for a Host header that names no host.
 */
export function ownOrigin(
  publicUrl: string | undefined,
  { headers }: { readonly headers: Pick<IncomingHttpHeaders, 'host'> },
): string {
  const url = URL.parse(publicUrl ?? `http://${headers.host ?? ''}`);
  if (url === null)
    throw new ProblemError({
      status: 400,
      code: 'HOST_UNREADABLE',
      title: 'The Host header names no host',
      detail: 'Send the header "Host" with the name that the hub is reached by, like "hub.example.com".',
    });
  return url.origin;
}
