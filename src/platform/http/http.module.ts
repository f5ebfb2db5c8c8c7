import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { letGo } from './bounded-close.js';
import { HealthController } from './health.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { Readiness } from './readiness.js';

/** Errors as problem+json, and the health endpoints. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [Readiness, { provide: APP_FILTER, useClass: ProblemFilter }],
  exports: [Readiness],
})
export class HttpModule implements OnModuleInit {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    letGo(this.http.httpAdapter.getInstance<FastifyInstance>(), () => this.readiness.isStopping);
  }
}
