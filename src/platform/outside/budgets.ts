import type { BudgetBook, ToldBudget, TokenRequest } from './budget-book.js';

/**
 * A vendor counts a call when it arrives. Who waited for a token waits this much longer, so that a call that travelled
 * faster than those before it is not refused. The rate stays: tokens go on refilling meanwhile.
 */
const TRAVEL_MS = 250;
/** A told rate is written again after so long, or when it differs. */
const TELL_AGAIN_MS = 60_000;
const GRANTS_MAX = 100;

/** A call that would have to wait too long for its token. */
export class BudgetSpentError extends Error {
  constructor(readonly waitMs: number) {
    super(`no call may be made for ${Math.ceil(waitMs / 1000)} s`);
  }
}

/** What a call needs of one budget. */
export interface BudgetCall extends Omit<TokenRequest, 'wanted'> {
  readonly waitMsMax: number;
}

interface Waiting {
  readonly call: BudgetCall;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Line {
  readonly waiting: Waiting[];
  served: boolean;
}

interface Told {
  readonly perSecond: number;
  readonly at: number;
}

/** The callers of this process, in line for each budget: one question to the book serves all who ask at once. */
export class Budgets {
  private readonly lines = new Map<string, Line>();
  private readonly toldRates = new Map<string, Told>();
  private readonly toldBursts = new Map<string, number>();

  constructor(
    private readonly book: BudgetBook,
    private readonly now: () => number,
    private readonly sleep: (ms: number) => Promise<void>,
  ) {}

  /** Resolves when the call may be made. @throws BudgetSpentError where that would take longer than the call may wait. */
  async take(call: BudgetCall): Promise<void> {
    const line = this.lines.get(call.name) ?? { waiting: [], served: false };
    this.lines.set(call.name, line);
    const perSecond = Math.min(this.rateOf(call), call.perSecondMax ?? Infinity);
    const atOnce = this.burstOf(call) / call.cost;
    const queueMs = (Math.max(0, line.waiting.length - atOnce) * call.cost * 1000) / perSecond;
    if (queueMs > call.waitMsMax) throw new BudgetSpentError(queueMs);
    const turn = new Promise<void>((resolve, reject) =>
      line.waiting.push({ call, since: this.now(), resolve, reject }),
    );
    if (!line.served) void this.serve(line);
    await turn;
  }

  /** The vendor told the rate, or what is left. `burst` is kept for this process's questions. */
  async told(name: string, { burst, ...told }: ToldBudget & { readonly burst?: number }): Promise<void> {
    if (burst !== undefined) this.toldBursts.set(name, burst);
    const known = this.toldRates.get(name);
    const { perSecond } = told;
    const same = known?.perSecond === perSecond && this.now() - (known?.at ?? 0) < TELL_AGAIN_MS;
    if (told.tokens === undefined && (perSecond === undefined || same)) return;
    if (perSecond !== undefined) this.toldRates.set(name, { perSecond, at: this.now() });
    await this.book.told(name, told);
  }

  async pause(name: string, ms: number): Promise<void> {
    await this.book.pause(name, ms);
  }

  /** The rate that the vendor told last, else the declared one. */
  rateOf({ name, perSecond }: Pick<BudgetCall, 'name' | 'perSecond'>): number {
    return this.toldRates.get(name)?.perSecond ?? perSecond;
  }

  private burstOf({ name, burst }: BudgetCall): number {
    return this.toldBursts.get(name) ?? burst;
  }

  /** Never rejects. Ends in the moment in which nobody waits: whoever comes after it starts it again. */
  private async serve(line: Line): Promise<void> {
    line.served = true;
    for (let first = line.waiting[0]; first !== undefined; first = line.waiting[0]) {
      try {
        await this.serveFirst(line, first);
      } catch (error) {
        for (const waiting of line.waiting.splice(0)) waiting.reject(error);
      }
    }
    line.served = false;
  }

  private async serveFirst(line: Line, { call, since }: Waiting): Promise<void> {
    const different = line.waiting.findIndex((waiting) => waiting.call.cost !== call.cost);
    const wanted = Math.min(different === -1 ? line.waiting.length : different, GRANTS_MAX);
    const { waitMsMax, ...request } = call;
    const burst = this.burstOf(call);
    const { granted, waitMs } = await this.book.grant({
      ...request,
      wanted,
      burst,
      // A call that costs more than ever fits is made when the bucket is full.
      cost: Math.min(call.cost, burst),
    });
    for (const { resolve } of line.waiting.splice(0, granted)) resolve();
    if (granted > 0) return;
    if (this.now() - since + waitMs > waitMsMax) line.waiting.shift()?.reject(new BudgetSpentError(waitMs));
    else await this.sleep(Math.ceil(waitMs) + TRAVEL_MS);
  }
}
