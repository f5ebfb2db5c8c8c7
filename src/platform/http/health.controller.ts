import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PublicEndpoint } from '../auth/auth.decorators.js';
import { Readiness, type ReadinessReport } from './readiness.js';

/** For whatever starts, watches and balances the processes. */
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process runs; it need not be restarted. */
  @Get('livez')
  @PublicEndpoint('Says nothing but that the process runs.')
  live(): { readonly status: 'alive' } {
    return { status: 'alive' };
  }

  /** The process can do its work: 200, or 503 with the reasons. */
  @Get('readyz')
  @PublicEndpoint('Says only which part is not ready.')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    if (report.status !== 'ready') void reply.status(503);
    return report;
  }
}
