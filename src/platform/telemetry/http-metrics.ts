import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Metrics } from './metrics.js';

/** Seconds. */
const REQUEST_BUCKETS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** What no route takes has as many addresses and methods as its senders like. */
const NO_ROUTE = { method: 'any', route: 'none' };

/** Rate, errors and durations of each HTTP edge: by the template of its route, never by the address. */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly http: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const seconds = this.metrics.histogram(
      'http_request_seconds',
      'How long requests took, by the class of their status (2xx); those that the client gave up have the status aborted.',
      ['method', 'route', 'status'],
      REQUEST_BUCKETS,
    );
    const running = this.metrics.gauge('http_requests_running', 'Requests that are being answered.');
    const fastify = this.http.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRequest', (_request, _reply, done) => {
      running.inc();
      done();
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      running.dec();
      const { url: route } = request.routeOptions;
      const edge = route === undefined ? NO_ROUTE : { method: request.method, route };
      const status = reply.raw.writableFinished ? `${Math.floor(reply.statusCode / 100)}xx` : 'aborted';
      seconds.observe({ ...edge, status }, reply.elapsedTime / 1_000);
      done();
    });
  }
}
