import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem-document.js';
import type { ProblemOptions } from './problem.js';

const STOPPING: ProblemOptions = {
  status: 503,
  code: 'STOPPING',
  title: 'This process is stopping',
  detail: 'Nothing was done. Send the same request again: others answer it.',
  headers: { 'retry-after': '1' },
};

/**
 * When the server closes, requests under way may take so long; then they are cut, or one of them would keep the process. What
 * still comes over their connections is turned away.
 */
export function boundClose(fastify: FastifyInstance, drainMs: number): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    const cut = setTimeout(() => fastify.server.closeAllConnections(), drainMs);
    fastify.server.once('close', () => clearTimeout(cut));
    done();
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (closing) sendProblem(reply, STOPPING, request);
    else done();
  });
}

/**
 * While the process stops, whoever is answered is told to take another connection next time: one that stays would be closed
 * with a request on its way.
 */
export function letGo(fastify: FastifyInstance, isStopping: () => boolean): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping()) void reply.header('connection', 'close');
    done();
  });
}
