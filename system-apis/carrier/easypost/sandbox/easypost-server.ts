import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { WireNewTracker } from '../easypost.wire.js';
import { hangUp, type Faults, type Operation } from './faults.js';
import { viewOf, type Parcel, type TrackerBook } from './tracker-book.js';

const BODY_BYTES_MAX = 1024 * 1024;
const PAGE_SIZE_MAX = 100;

const Query = z.object({
  tracking_code: z.string().optional(),
  carrier: z.string().optional(),
  page_size: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(20),
});

export interface ServerParts {
  readonly apiKey: string;
  readonly book: TrackerBook;
  readonly faults: Faults;
  /** Numbers that no carrier knows. */
  readonly unknownCodes: ReadonlySet<string>;
  readonly onCreated: (parcel: Parcel) => void;
}

class Refusal extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** The three calls of EasyPost's tracker API that the hub makes. */
export function easyPostServer({ apiKey, book, faults, unknownCodes, onCreated }: ServerParts): FastifyInstance {
  const server = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  const expected = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;

  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof Refusal) return fail(reply, error.statusCode, error.code);
    return fail(reply, error instanceof z.ZodError ? 422 : 500, 'PARAMETER.INVALID');
  });
  server.setNotFoundHandler((_request, reply) => fail(reply, 404, 'NOT_FOUND'));
  server.addHook('onRequest', async (request, reply) => {
    if (faults.delayMs > 0) await sleep(faults.delayMs);
    if (faults.isDown) return hangUp(request, reply);
    if (request.headers.authorization !== expected) return fail(reply, 401, 'APIKEY.INVALID');
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
    if (fault.mode === 'garbage') return reply.code(200).type('text/html').send('<html>It works!</html>');
    return fault.status === undefined ? hangUp(request, reply) : fail(reply, fault.status, 'FAILED.ON.DEMAND');
  };

  server.post('/v2/trackers', (request, reply) =>
    answer('create', request, reply, () => {
      const { tracking_code: code, carrier = 'Unknown' } = WireNewTracker.parse(request.body).tracker;
      if (unknownCodes.has(code)) throw new Refusal(422, 'TRACKER.CREATE.ERROR');
      const { parcel, isNew } = book.track(code, carrier);
      if (isNew) onCreated(parcel);
      reply.code(201);
      return viewOf(parcel);
    }),
  );
  server.get('/v2/trackers', (request, reply) =>
    answer('list', request, reply, () => {
      const { tracking_code: code, carrier, page_size: max } = Query.parse(request.query);
      const found = (code === undefined ? book.all() : book.byCode(code))
        .filter((parcel) => carrier === undefined || parcel.carrier === carrier)
        .toReversed();
      return { trackers: found.slice(0, max).map((parcel) => viewOf(parcel)), has_more: found.length > max };
    }),
  );
  server.get<{ Params: { id: string } }>('/v2/trackers/:id', (request, reply) =>
    answer('retrieve', request, reply, () => {
      const parcel = book.find(request.params.id);
      if (parcel === undefined) throw new Refusal(404, 'TRACKER.NOT_FOUND');
      return viewOf(parcel);
    }),
  );
  return server;
}

function fail(reply: FastifyReply, status: number, code: string): FastifyReply {
  return reply.code(status).send({ error: { code, message: 'See the code.', errors: [] } });
}
