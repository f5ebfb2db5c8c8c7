export interface PlannedFault {
  /** `A_SalesOrder.create`, `PostGoodsIssue` …; any operation when absent. */
  readonly operation?: string;
  readonly times: number;
  /** before: nothing is done. after: the work is done, and the answer is lost. */
  readonly mode: 'before' | 'after';
  /** The connection is cut when absent. */
  readonly status?: number;
}

/** The failures that a test asks for. */
export class FaultControl {
  private planned: { readonly fault: PlannedFault; left: number }[] = [];
  down = false;
  latencyMs = 0;

  plan(fault: PlannedFault): void {
    this.planned.push({ fault, left: fault.times });
  }

  clear(): void {
    this.planned = [];
  }

  /** The fault of this call, used up by one. */
  take(operation: string): PlannedFault | undefined {
    const next = this.planned.find(({ fault }) => fault.operation === undefined || fault.operation === operation);
    if (next === undefined) return undefined;
    next.left -= 1;
    if (next.left <= 0) this.planned = this.planned.filter((other) => other !== next);
    return next.fault;
  }
}
