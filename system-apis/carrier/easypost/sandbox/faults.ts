import type { FastifyReply, FastifyRequest } from 'fastify';

export type Operation = 'create' | 'list' | 'retrieve';

export interface Fault {
  /** Absent: each operation. */
  readonly operation?: Operation;
  /** How many calls fail. */
  readonly times: number;
  /** `before`: nothing is done. `after`: it is done and the answer is lost. `garbage`: it is done and the answer is no JSON. */
  readonly mode: 'before' | 'after' | 'garbage';
  /** Absent: the connection breaks without an answer. */
  readonly status?: number;
}

/** Failures on demand, for tests and demonstrations. */
export class Faults {
  /** Each call waits so long before it is looked at. */
  delayMs = 0;
  isDown = false;
  private planned: { readonly fault: Fault; left: number }[] = [];

  failNext(fault: Fault): void {
    this.planned.push({ fault, left: fault.times });
  }

  /** The fault that this call is to have, counted down. */
  take(operation: Operation): Fault | undefined {
    const next = this.planned.find(({ fault }) => fault.operation === undefined || fault.operation === operation);
    if (next === undefined) return undefined;
    next.left -= 1;
    this.planned = this.planned.filter(({ left }) => left > 0);
    return next.fault;
  }
}

/** Breaks the connection: the caller gets no answer. */
export function hangUp(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.socket.destroy();
}
