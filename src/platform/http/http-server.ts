import type { IncomingMessage } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { correlationIdOrNew } from '../telemetry/correlation.js';
import { boundClose } from './bounded-close.js';
import { installContentParser } from './content-parser.js';
import { problemOf, sendProblem } from './problem-document.js';
import { carryWork } from './request-work.js';

const CORRELATION_HEADER = 'x-correlation-id';
/** From the first byte of a request to its last. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const DRAIN_MS = 10_000;
const HEADER_BYTES_MAX = 16 * 1024;
const PATH_PARAMETER_CHARS_MAX = 256;
/** A page may load what it names itself, but nobody may frame it. Pages that can do with less set their own policy. */
const PAGE_POLICY = "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

export interface HttpOptions {
  readonly bodyLimitBytes: number;
  /** Addresses and networks of the proxies that tell where a request comes from; absent: none, and the header is not looked at. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Below these paths bodies stay unparsed Buffers, whatever their content type: `['/hooks/']`. */
  readonly rawPrefixes: readonly string[];
  /** How long requests under way may take to end when the server closes. */
  readonly drainMs?: number;
}

/** Nest on Fastify with everything that the platform sets. Not listening yet. Errors of the start are thrown. */
export async function createHttpApp(
  module: Parameters<typeof NestFactory.create>[0],
  options: HttpOptions & { readonly logger: LoggerService },
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(options), {
    ...NEST_OPTIONS,
    logger: options.logger,
  });
  return configureHttp(app, options);
}

/** For Nest applications that are made by other means (tests): the content parser replaces Nest's own. */
export const NEST_OPTIONS = { bodyParser: false, abortOnError: false } as const;

export function createHttpAdapter({ bodyLimitBytes, trustedProxies }: HttpOptions): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Anybody can write the header: it counts from the proxies that were named alone.
    trustProxy: trustedProxies === undefined ? false : [...trustedProxies],
    // Its answer is no problem document: boundClose gives one.
    return503OnClosing: false,
    routerOptions: { maxParamLength: PATH_PARAMETER_CHARS_MAX },
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: HEADER_BYTES_MAX },
    // An address that cannot be read meets no route, no hook and no filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problemOf(error), request),
    genReqId: (request: IncomingMessage) => correlationIdOrNew(request.headers[CORRELATION_HEADER]),
  });
}

/** Sets parsers, correlation and headers on an application that `createHttpAdapter` and `NEST_OPTIONS` made. */
export function configureHttp(
  app: NestFastifyApplication,
  { rawPrefixes, drainMs }: HttpOptions,
): NestFastifyApplication {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  carryWork(fastify, CORRELATION_HEADER);
  installContentParser(fastify, rawPrefixes);
  boundClose(fastify, drainMs ?? DRAIN_MS);
  secureHeaders(app, fastify);
  return app;
}

function secureHeaders(app: NestFastifyApplication, fastify: FastifyInstance): void {
  app.useSecurityHeaders({
    // Depends on what is sent, so it is set below.
    contentSecurityPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    // TLS ends before the hub; who ends it knows whether it may be demanded.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
    const policy = isPage ? PAGE_POLICY : DATA_POLICY;
    if (!reply.hasHeader('content-security-policy')) void reply.header('content-security-policy', policy);
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done();
  });
}
