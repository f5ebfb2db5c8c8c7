export interface Fault {
  /** A root field of the Admin API (`fulfillmentCreate`); absent means any. */
  readonly operation?: string;
  readonly times: number;
  /** `before`: nothing is done. `after`: the work is done, and the answer is lost. */
  readonly mode: 'before' | 'after';
  /** The status answered; without one, `before` answers 503 and `after` drops the connection. */
  readonly status?: number;
}

/** Failures that a test ordered. */
export class Faults {
  private planned: Fault[] = [];
  down = false;

  plan(fault: Fault): void {
    this.planned.push(fault);
  }

  clear(): void {
    this.planned = [];
  }

  /** The failure for this call, used up by it. */
  take(operations: readonly string[]): Fault | undefined {
    if (this.down) return { times: 1, mode: 'before', status: 503 };
    const index = this.planned.findIndex(({ operation }) => operation === undefined || operations.includes(operation));
    const fault = this.planned[index];
    if (fault === undefined) return undefined;
    const left = { ...fault, times: fault.times - 1 };
    this.planned = this.planned.toSpliced(index, 1, ...(left.times > 0 ? [left] : []));
    return fault;
  }
}
