import type { FastifyInstance } from 'fastify';

/** When the server closes, requests under way may take so long; then they are cut, or one of them would keep the process. */
export function boundClose(fastify: FastifyInstance, drainMs: number): void {
  fastify.addHook('preClose', (done) => {
    const cut = setTimeout(() => fastify.server.closeAllConnections(), drainMs);
    fastify.server.once('close', () => clearTimeout(cut));
    done();
  });
}
