import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ACCESS_TOKEN_HEADER } from '../amazon-access.wire.js';
import type { Operation } from '../amazon-usage-plan.wire.js';
import type { Order2026 } from '../amazon.wire.js';
import type { SandboxAccess } from './sandbox-access.js';
import { errorAnswer, type SandboxAnswer } from './sandbox-answers.js';
import { confirmShipment } from './sandbox-confirm.js';
import type { Fault, SandboxFaults } from './sandbox-faults.js';
import type { SandboxFeeds } from './sandbox-feeds.js';
import type { SandboxLimits } from './sandbox-limits.js';
import { getListing, patchListing } from './sandbox-listings.js';
import { getOrder, searchOrders } from './sandbox-search.js';
import type { SandboxState } from './sandbox-state.js';

const TOKEN_OPERATION = 'token';
const UPLOAD_OPERATION = 'uploadFeedDocument';
const DOWNLOAD_OPERATION = 'downloadFeedDocument';
/** Calls that need no access token and know no limit: the login itself, and storage, where the signed URL is the permission. */
const OPEN_OPERATIONS: ReadonlySet<string> = new Set([TOKEN_OPERATION, UPLOAD_OPERATION, DOWNLOAD_OPERATION]);
/** A feed may have 10 MiB. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;

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
  readonly feeds: SandboxFeeds;
  readonly faults: SandboxFaults;
  readonly sellerId: string;
  /** Changes younger than this instant (milliseconds) are not searchable yet. */
  readonly settledAt: () => number;
  readonly changed: (order: Order2026) => void;
}

interface ById {
  readonly Params: { readonly id: string };
}
interface ByOrder {
  readonly Params: { readonly orderId: string };
}
interface BySignature {
  readonly Querystring: { readonly 'X-Amz-Signature'?: string };
}
interface BySku {
  readonly Params: { readonly sellerId: string; readonly sku: string };
}

/** The HTTP face of the sandbox: Login with Amazon, Orders, Listings Items, Feeds and their storage. */
export function sandboxServer(parts: SandboxParts): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: true, bodyLimit: BODY_BYTES_MAX });
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
  feedRoutes(server, parts.feeds);
  storageRoutes(server, parts.feeds);
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

function feedRoutes(server: FastifyInstance, feeds: SandboxFeeds): void {
  const base = '/feeds/2021-06-30';
  server.post(`${base}/documents`, operation('createFeedDocument'), (request, reply) =>
    send(reply, feeds.createDocument(request.body, `http://${request.host}`)),
  );
  server.get<ById>(`${base}/documents/:id`, operation('getFeedDocument'), (request, reply) =>
    send(reply, feeds.document(request.params.id, `http://${request.host}`)),
  );
  server.post(`${base}/feeds`, operation('createFeed'), ({ body }, reply) => send(reply, feeds.createFeed(body)));
  server.get(`${base}/feeds`, operation('getFeeds'), ({ query }, reply) => send(reply, feeds.feedsSince(query)));
  server.get<ById>(`${base}/feeds/:id`, operation('getFeed'), ({ params }, reply) =>
    send(reply, feeds.feed(params.id)),
  );
}

/** Takes and gives bytes, whatever their content type says. */
function storageRoutes(server: FastifyInstance, feeds: SandboxFeeds): void {
  server.register(async (storage) => {
    storage.removeAllContentTypeParsers();
    storage.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    storage.put<BySignature>(
      '/feed-storage',
      { config: { amazonOperation: UPLOAD_OPERATION } },
      ({ query, headers, body }, reply) => {
        const { status, body: answer } = feeds.upload(signatureOf(query), headers['content-type'], String(body));
        return reply.code(status).type('application/xml').send(answer);
      },
    );
    storage.get<BySignature>(
      '/feed-storage',
      { config: { amazonOperation: DOWNLOAD_OPERATION } },
      ({ query }, reply) => {
        const { status, body } = feeds.download(signatureOf(query));
        return reply.code(status).type('application/octet-stream').send(body);
      },
    );
  });
}

function signatureOf(query: BySignature['Querystring']): string {
  return query['X-Amz-Signature'] ?? '';
}

function listingRoutes(server: FastifyInstance, { state, sellerId, feeds }: SandboxParts): void {
  const path = '/listings/2021-08-01/items/:sellerId/:sku';
  const denied = errorAnswer(403, 'Unauthorized', 'Access to requested resource is denied.');
  server.patch<BySku>(path, operation('patchListingsItem'), ({ params, query, body }, reply) =>
    send(reply, params.sellerId === sellerId ? patchListing(state, params.sku, query, body) : denied),
  );
  server.get<BySku>(path, operation('getListingsItem'), ({ params, query }, reply) => {
    feeds.settle();
    return send(reply, params.sellerId === sellerId ? getListing(state, params.sku, query) : denied);
  });
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
  if (OPEN_OPERATIONS.has(name)) return undefined;

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
