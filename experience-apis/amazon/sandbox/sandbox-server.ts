import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ACCESS_TOKEN_HEADER } from '../amazon-access.wire.js';
import type { Operation } from '../amazon-usage-plan.wire.js';
import type { Order2026 } from '../amazon.wire.js';
import type { SandboxAccess } from './sandbox-access.js';
import { errorAnswer, type SandboxAnswer } from './sandbox-answers.js';
import { confirmShipment } from './sandbox-confirm.js';
import type { Fault, SandboxFaults } from './sandbox-faults.js';
import type { SandboxLimits } from './sandbox-limits.js';
import { getListing, patchListing } from './sandbox-listings.js';
import { getOrder, searchOrders } from './sandbox-search.js';
import type { SandboxState } from './sandbox-state.js';

const TOKEN_OPERATION = 'token';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The vendor's name of the route's operation, for limits and faults. */
    readonly amazonOperation?: string;
  }
}

export interface SandboxParts {
  readonly state: SandboxState;
  readonly access: SandboxAccess;
  readonly limits: SandboxLimits;
  readonly faults: SandboxFaults;
  readonly sellerId: string;
  /** Changes younger than this instant (milliseconds) are not searchable yet. */
  readonly settledAt: () => number;
  readonly changed: (order: Order2026) => void;
}

interface ByOrder {
  readonly Params: { readonly orderId: string };
}
interface BySku {
  readonly Params: { readonly sellerId: string; readonly sku: string };
}

/** The HTTP face of the sandbox: Login with Amazon, Orders, Listings Items. */
export function sandboxServer(parts: SandboxParts): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: true });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  server.addHook('onRequest', async (request, reply) => beforeWork(parts, request, reply));
  server.addHook('onSend', async (request, reply, payload) => afterWork(parts, request, reply, payload));
  server.setNotFoundHandler((_, reply) =>
    send(reply, errorAnswer(404, 'NotFound', 'The requested resource is not found')),
  );

  const token = { config: { amazonOperation: TOKEN_OPERATION } };
  server.post('/auth/o2/token', token, (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    return send(reply, parts.access.grant(form));
  });
  orderRoutes(server, parts);
  listingRoutes(server, parts);
  return server;
}

function orderRoutes(server: FastifyInstance, { state, settledAt, changed }: SandboxParts): void {
  server.get('/orders/2026-01-01/orders', operation('searchOrders'), (request, reply) =>
    send(reply, searchOrders(state, request.query, settledAt())),
  );
  server.get<ByOrder>('/orders/2026-01-01/orders/:orderId', operation('getOrder'), (request, reply) =>
    send(reply, getOrder(state, request.params.orderId, request.query)),
  );
  const confirmation = '/orders/v0/orders/:orderId/shipmentConfirmation';
  server.post<ByOrder>(confirmation, operation('confirmShipment'), (request, reply) =>
    send(reply, confirmShipment(state, request.params.orderId, request.body, changed)),
  );
}

function listingRoutes(server: FastifyInstance, { state, sellerId }: SandboxParts): void {
  const path = '/listings/2021-08-01/items/:sellerId/:sku';
  const denied = errorAnswer(403, 'Unauthorized', 'Access to requested resource is denied.');
  server.patch<BySku>(path, operation('patchListingsItem'), ({ params, query, body }, reply) =>
    send(reply, params.sellerId === sellerId ? patchListing(state, params.sku, query, body) : denied),
  );
  server.get<BySku>(path, operation('getListingsItem'), ({ params }, reply) =>
    send(reply, params.sellerId === sellerId ? getListing(state, params.sku) : denied),
  );
}

function operation(name: Operation): { readonly config: { readonly amazonOperation: Operation } } {
  return { config: { amazonOperation: name } };
}

/** In Amazon's order: reachable, allowed in, within the limit. */
async function beforeWork(parts: SandboxParts, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const name = request.routeOptions.config.amazonOperation ?? 'unknown';
  if (parts.faults.down) return cut(reply);
  const fault = parts.faults.next(name, 'before');
  if (fault !== undefined) return fault.status === undefined ? cut(reply) : send(reply, faultAnswer(fault, reply));
  if (name === TOKEN_OPERATION) return undefined;

  reply.header('x-amzn-RequestId', randomUUID());
  const token = request.headers[ACCESS_TOKEN_HEADER];
  if (!parts.access.takes(typeof token === 'string' ? token : undefined)) {
    const details = 'The access token you provided is missing, invalid or has expired.';
    return send(reply, errorAnswer(403, 'Unauthorized', 'Access to requested resource is denied.', details));
  }
  if (name === 'unknown') return undefined;
  // Only operations reach this point: the names come from the routes above.
  if (!parts.limits.allows(name as Operation))
    return send(reply, errorAnswer(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.'));
  reply.header('x-amzn-RateLimit-Limit', parts.limits.rate(name as Operation));
  return undefined;
}

async function afterWork(
  parts: SandboxParts,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const name = request.routeOptions.config.amazonOperation ?? 'unknown';
  if (reply.statusCode >= 400) return payload;
  const fault = parts.faults.next(name, 'after');
  if (fault === undefined) return payload;
  if (fault.status === undefined) {
    reply.raw.destroy();
    return payload;
  }
  const answer = faultAnswer(fault, reply);
  reply.code(answer.status).type('application/json');
  return JSON.stringify(answer.body);
}

function faultAnswer({ status = 500, retryAfter }: Fault, reply: FastifyReply): SandboxAnswer {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  return status === 429
    ? errorAnswer(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.')
    : errorAnswer(status, 'InternalFailure', 'We encountered an internal error. Please try again.');
}

function send(reply: FastifyReply, { status, body }: SandboxAnswer): FastifyReply {
  return body === undefined ? reply.code(status).send() : reply.code(status).send(body);
}

/** The connection ends without an answer. */
function cut(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.destroy();
  return reply;
}
