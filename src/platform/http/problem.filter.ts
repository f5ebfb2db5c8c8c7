import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, problemOf, sendProblem } from './problem-document.js';

/** The one place where errors become HTTP answers. GraphQL has its own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() !== 'http') throw error;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.status >= 500) this.report(error, request);
    // Where the answer has begun to go out, nothing can be said any more.
    if (!reply.sent && !reply.raw.headersSent) sendProblem(reply, problem, request);
  }

  private report(error: unknown, request: FastifyRequest): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    this.logger.error(`${request.method} ${pathOf(request)} failed`, cause, { correlationId: request.id });
  }
}
