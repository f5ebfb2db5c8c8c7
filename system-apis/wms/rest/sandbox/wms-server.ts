import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RELEASES_MAX, WireCancellationRequest } from '../wms-rest-release.wire.js';
import { FulfillmentOrderId, Node, text } from '../wms-rest-text.wire.js';
import { hangUp, type Faults, type Operation } from './faults.js';
import { viewOf } from './held-release.js';
import type { Ledger } from './ledger.js';
import type { ReleaseDesk } from './release-desk.js';
import type { StockReadings } from './stock-readings.js';

const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** Only what an answer needs: a release that is wrong elsewhere is rejected for itself and does not fail the batch. */
const Batch = z.looseObject({
  releases: z
    .array(z.looseObject({ fulfillmentOrderId: FulfillmentOrderId }))
    .min(1)
    .max(RELEASES_MAX),
});

export interface ServerParts {
  readonly token: string;
  readonly ledger: Ledger;
  readonly desk: ReleaseDesk;
  readonly faults: Faults;
  readonly readings: StockReadings;
  /** Nodes that are worked here; absent: each. */
  readonly nodes?: ReadonlySet<string> | undefined;
}

const StockQuery = z.object({ node: Node, next: text(200).optional() });

class NotThere extends Error {
  constructor(readonly statusCode: 404 | 410) {
    super();
  }
}

interface ById {
  readonly Params: { readonly id: string };
}

/** The operations of the contract over HTTP. */
export function wmsServer({ token, ledger, desk, faults, readings, nodes }: ServerParts): FastifyInstance {
  const server = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });

  server.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) return problem(reply, statusOf(error), 'The request cannot be answered');
    const errors = error.issues.map(({ path, message }) => ({ pointer: jsonPointer(path), detail: message }));
    return problem(reply, 422, 'The body does not fit the contract', errors);
  });
  server.setNotFoundHandler((_request, reply) => problem(reply, 404, 'No such operation'));
  server.addHook('onRequest', async (request, reply) => {
    if (faults.isDown) return hangUp(request, reply);
    if (request.headers.authorization !== `Bearer ${token}`)
      return problem(reply, 401, 'The bearer token is missing or wrong');
    return undefined;
  });

  const answer = async (
    operation: Operation,
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => unknown,
  ): Promise<unknown> => {
    const fault = faults.take(operation);
    const result = fault?.mode === 'before' ? undefined : work();
    if (fault === undefined) return result;
    return fault.status === undefined ? hangUp(request, reply) : problem(reply, fault.status, 'Failed on demand');
  };

  server.post('/v1/releases', (request, reply) =>
    answer('release', request, reply, () => {
      const { releases } = Batch.parse(request.body);
      return { results: releases.map((release) => desk.release(release.fulfillmentOrderId, release)) };
    }),
  );
  server.get<ById>('/v1/releases/:id', (request, reply) =>
    answer('status', request, reply, () => {
      const held = ledger.heldRelease(request.params.id);
      if (held === undefined) throw new NotThere(404);
      return viewOf(held);
    }),
  );
  server.get<ById>('/v1/releases/:id/events', (request, reply) =>
    answer('events', request, reply, () => {
      if (ledger.heldRelease(request.params.id) === undefined) throw new NotThere(404);
      return { events: ledger.eventsOf(request.params.id) };
    }),
  );
  server.post<ById>('/v1/releases/:id/cancellation', (request, reply) =>
    answer('cancellation', request, reply, () => {
      WireCancellationRequest.parse(request.body);
      return desk.cancel(FulfillmentOrderId.parse(request.params.id));
    }),
  );
  server.get('/v1/stock', (request, reply) =>
    answer('stock', request, reply, () => {
      const { node, next } = StockQuery.parse(request.query);
      if (nodes?.has(node) === false) throw new NotThere(404);
      const page = readings.read(node, next);
      if (page === undefined) throw new NotThere(410);
      return page;
    }),
  );
  return server;
}

function problem(reply: FastifyReply, status: number, title: string, errors: readonly object[] = []): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ title, status, ...(errors.length === 0 ? {} : { errors }) }));
}

function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step)}`).join('');
}

/** Fastify's own errors name their status: 400 for a body that is not JSON. */
function statusOf(error: unknown): number {
  const named = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof named === 'number' ? named : 500;
}
