import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
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
export class HttpModule {}
