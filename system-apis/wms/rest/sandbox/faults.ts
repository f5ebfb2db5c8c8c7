import type { FastifyReply, FastifyRequest } from 'fastify';

export type Operation = 'release' | 'status' | 'events' | 'cancellation' | 'stock';

export interface Fault {
  /** Absent: each operation. */
  readonly operation?: Operation;
  /** How many calls fail. */
  readonly times: number;
  /** `before`: nothing is done. `after`: the work is done and the answer is lost. */
  readonly mode: 'before' | 'after';
  /** Absent: the connection breaks without an answer. */
  readonly status?: number;
}

/** Failures on demand, for tests and demonstrations. */
export class Faults {
  private planned: { readonly fault: Fault; left: number }[] = [];
  private down = false;

  failNext(fault: Fault): void {
    this.planned.push({ fault, left: fault.times });
  }

  clear(): void {
    this.planned = [];
  }

  setDown(down: boolean): void {
    this.down = down;
  }

  get isDown(): boolean {
    return this.down;
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
