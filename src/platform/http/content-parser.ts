import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.js';

const FORM_FIELDS_MAX = 100;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** Fastify itself refuses what is no media type at all, before any parser sees it. */
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;.*)?$/;

/**
 * One parser for all bodies, because it is the address that decides: below the raw prefixes the body stays the bytes that came,
 * whatever the sender calls them (signatures are made over bytes); elsewhere it is JSON or a form, and anything else is 415.
 */
export function installContentParser(fastify: FastifyInstance, rawPrefixes: readonly string[]): void {
  // The route, not the address as it was sent: that one may be percent-encoded.
  const isRaw = ({ routeOptions, url }: FastifyRequest): boolean =>
    rawPrefixes.some((prefix) => (routeOptions.url ?? url).startsWith(prefix));
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // For an unknown address 404 is the answer, whatever the body.
    if (isRaw(request) || request.is404) return done(null, body);
    const type = mediaType(request);
    if (JSON_TYPE.test(type)) return void parseJson(request, body.toString('utf8'), done);
    if (type === FORM_TYPE) return done(null, parseForm(body));
    return done(unsupported(type));
  });
  keepRawRequestsRaw(fastify, isRaw);
}

function keepRawRequestsRaw(fastify: FastifyInstance, isRaw: (request: FastifyRequest) => boolean): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const given = request.headers['content-type'];
    if (given !== undefined && isRaw(request) && !MEDIA_TYPE.test(given)) {
      request.headers['content-type'] = 'application/octet-stream';
    }
    done();
  });
  // Where nothing was sent no parser runs; a handler still gets a Buffer.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.method !== 'GET' && isRaw(request)) request.body ??= Buffer.alloc(0);
    done();
  });
}

function mediaType(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function parseForm(body: Buffer): Readonly<Record<string, string>> {
  const fields = [...new URLSearchParams(body.toString('utf8'))].slice(0, FORM_FIELDS_MAX);
  return Object.fromEntries(fields);
}

function unsupported(type: string): ProblemError {
  return new ProblemError({
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    title: 'The content type is not accepted here',
    detail: `Send the body as application/json${type === '' ? '' : `, not as ${type}`}.`,
  });
}
