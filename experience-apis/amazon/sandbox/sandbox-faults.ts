/** A fault that a test or a demo asks for. */
export interface Fault {
  /** The operation that fails; any, when absent. `token` is Login with Amazon. */
  readonly operation?: string;
  readonly times: number;
  /** `before`: nothing is done. `after`: the work is done, and then the answer is bad. */
  readonly mode: 'before' | 'after';
  /** The HTTP status to answer; without it the connection is cut. */
  readonly status?: number;
  /** Seconds in the Retry-After header. */
  readonly retryAfter?: number;
}

export class SandboxFaults {
  down = false;
  private faults: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.faults.push({ fault, left: fault.times });
  }

  /** Forgets what was asked for and has not hit yet. */
  clear(): void {
    this.faults = [];
  }

  /** The fault that hits this call, once for each time it was asked for. */
  next(operation: string, mode: Fault['mode']): Fault | undefined {
    const hit = this.faults.find(
      ({ fault }) => fault.mode === mode && (fault.operation === undefined || fault.operation === operation),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.faults = this.faults.filter((candidate) => candidate !== hit);
    return hit.fault;
  }
}
