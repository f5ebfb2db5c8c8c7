import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { BrokenCircuitError, BulkheadRejectedError } from 'cockatiel';
import type { Tier } from '../jobs/index.js';
import { MemoryBudgetBook, type BudgetBook, type ToldBudget } from './budget-book.js';
import { Budgets, BudgetSpentError, type BudgetCall } from './budgets.js';
import type { BudgetInForce, OperationPolicy, PolicyInForce } from './operation-policy.js';
import { OutsideError } from './outside-error.js';
import { OutsideLane, type BreakerReading } from './outside-lane.js';
import { OutsidePolicies } from './outside-policies.js';
import { REST_MS_MAX } from './retry-delay.js';

/** How soon a call that is kept back by a pause or a full line is looked at again. */
const LOOK_AGAIN_MS = 5_000;
const FULL_LINE_MS = 1_000;
/** A call that takes so long is the other side's slowness. */
const SLOW_CALL_MS = 1_000;
/** A wait for a token that is more than the question for it. */
const TOKEN_WAIT_MS = 200;

/** Whose limits a call counts against. */
export interface OutsideAccount {
  readonly id: string;
  /** The vendor granted this account so many times the declared rate. */
  readonly rateFactor?: number;
}

export interface OutsideCall {
  readonly system: string;
  readonly operation: string;
  readonly account?: OutsideAccount;
  /** Tokens that it takes of the vendor's budget; 1 when absent. */
  readonly cost?: number;
}

/** What became of one call, for metrics. */
export interface CallObservation {
  readonly system: string;
  readonly operation: string;
  /** `ok`, the error's kind, or `held` where nothing was sent. */
  readonly outcome: string;
  /** Of the exchange alone, without the wait for its turn. */
  readonly durationMs: number;
}

/** What an answer tells of the other side's state. */
export interface Verdict {
  /** The error's kind, or `ok`. */
  readonly outcome: string;
  /** It says that the other side is down: counts for the breaker. */
  readonly down?: string;
  readonly throttled?: boolean;
  readonly retryAfterMs?: number;
  /** Calls per second, where the answer told them. */
  readonly perSecond?: number;
}

export interface OutsideGateParts {
  readonly policies?: OutsidePolicies;
  readonly book?: BudgetBook;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * All calls to outside systems pass here: paused or not, breaker, concurrency, shared rate. A call that may not go out now
 * waits for a bounded time, or fails with `notSent` and when to come again. Without parts it is this process's own.
 */
export class OutsideGate {
  readonly policies: OutsidePolicies;
  private readonly logger = new Logger(OutsideGate.name);
  private readonly budgets: Budgets;
  private readonly lanes = new Map<string, OutsideLane>();
  private readonly observers: ((call: CallObservation) => void)[] = [];
  private readonly now: () => number;

  constructor(parts: OutsideGateParts = {}) {
    this.now = parts.now ?? Date.now;
    this.policies = parts.policies ?? new OutsidePolicies();
    this.budgets = new Budgets(
      parts.book ?? new MemoryBudgetBook(this.now),
      this.now,
      parts.sleep ?? ((ms) => pause(ms)),
    );
  }

  onCall(observer: (call: CallObservation) => void): void {
    this.observers.push(observer);
  }

  /**
   * Lets the call through when its policy allows. `exchange` throws a transient OutsideError when no answer came; `judge`
   * reads the answer, which is given back whatever it says.
   */
  async pass<Answer>(
    call: OutsideCall,
    exchange: (policy: OperationPolicy) => Promise<Answer>,
    judge: (answer: Answer, policy: OperationPolicy) => Verdict,
  ): Promise<Answer> {
    const found = this.policies.of(call.system, call.operation);
    const lane = this.lane(found.policy);
    try {
      this.refuseIfShut(found, lane, call);
      return await lane.inTurn(async () => {
        await this.takeTokens(found, lane, call);
        // It may have been shut while the call waited.
        this.refuseIfShut(this.policies.of(call.system, call.operation), lane, call);
        return this.exchange(lane, call, exchange, judge);
      });
    } catch (error) {
      const refusal = this.refusal(call, lane, error);
      if (refusal?.details.notSent === true) this.observe(call, 'held', 0);
      throw refusal ?? error;
    }
  }

  /** The vendor told what is left of an account's budget. */
  async told(call: OutsideCall, told: ToldBudget & { readonly burst?: number }): Promise<void> {
    for (const budget of this.vendorBudgets(call)) await this.budgets.told(budget.name, told);
  }

  /** Why tasks that lead to these operations should not be started now. */
  heldBack(system: string, use: string): string | undefined {
    for (const { operation } of this.policies.ofUse(system, use)) {
      const { paused, policy } = this.policies.of(system, operation);
      if (paused !== undefined) return paused;
      const lane = this.lane(policy);
      const shutMs = lane.shutMs();
      if (shutMs > 0) return shutSentence(lane, shutMs);
    }
    return undefined;
  }

  /** The other side, not the hub, is what work of this tier (and use, where one is given) waits for just now. */
  isLimited(tier: Tier, of?: { readonly system: string; readonly use: string }): boolean {
    const operations =
      of === undefined
        ? this.policies.all().filter((policy) => policy.tier === tier)
        : this.policies.ofUse(of.system, of.use);
    return operations.some(({ system, operation }) => this.lanes.get(laneKey(system, operation))?.isLimited);
  }

  /** The breakers of all operations that were called in this process. */
  breakers(): readonly BreakerReading[] {
    return [...this.lanes.values()].map((lane) => lane.reading());
  }

  private async exchange<Answer>(
    lane: OutsideLane,
    call: OutsideCall,
    exchange: (policy: OperationPolicy) => Promise<Answer>,
    judge: (answer: Answer, policy: OperationPolicy) => Verdict,
  ): Promise<Answer> {
    const started = this.now();
    const box: { answer?: Answer } = {};
    try {
      await lane.guarded(async () => {
        const answer = await exchange(lane.policy);
        box.answer = answer;
        const verdict = judge(answer, lane.policy);
        this.observe(call, verdict.outcome, this.now() - started);
        await this.learn(call, lane, verdict);
        if (verdict.down !== undefined) throw new DownError(call, verdict.down);
      });
    } catch (error) {
      if (error instanceof OutsideError && !(error instanceof DownError))
        this.observe(call, error.kind, this.now() - started);
      if (!(error instanceof DownError)) throw error;
    } finally {
      if (this.now() - started >= SLOW_CALL_MS) lane.limited();
    }
    return box.answer as Answer;
  }

  /** The answer has come, whatever happens here: what cannot be written is told by the next one. */
  private async learn(call: OutsideCall, lane: OutsideLane, verdict: Verdict): Promise<void> {
    try {
      await this.feed(call, lane, verdict);
    } catch (error) {
      this.logger.warn(`the budget of ${call.system} ${call.operation} cannot be written: ${textOf(error)}`);
    }
  }

  private async feed(call: OutsideCall, lane: OutsideLane, verdict: Verdict): Promise<void> {
    const budgets = this.vendorBudgets(call);
    const { perSecond, retryAfterMs } = verdict;
    if (perSecond !== undefined) for (const budget of budgets) await this.budgets.told(budget.name, { perSecond });
    if (retryAfterMs === undefined && verdict.throttled !== true) return;
    if (budgets.length === 0) lane.rest(restMs(retryAfterMs ?? FULL_LINE_MS));
    for (const budget of budgets)
      // Without Retry-After the next call is due when one token has refilled.
      await this.budgets.pause(budget.name, restMs(retryAfterMs ?? 1_000 / this.budgets.rateOf(budget)));
  }

  private async takeTokens({ budgets }: PolicyInForce, lane: OutsideLane, call: OutsideCall): Promise<void> {
    const asked = this.now();
    try {
      for (const budget of budgets) await this.budgets.take(budgetCall(budget, call));
    } catch (error) {
      if (error instanceof BudgetSpentError) {
        lane.limited();
        throw error;
      }
      const sentence = `the budget of ${call.system} ${call.operation} cannot be read: ${textOf(error)}; nothing was sent`;
      throw notSent(call, 'transient', sentence, FULL_LINE_MS);
    }
    if (this.now() - asked >= TOKEN_WAIT_MS) lane.limited();
  }

  private vendorBudgets(call: OutsideCall): readonly BudgetCall[] {
    return this.policies
      .of(call.system, call.operation)
      .budgets.filter((budget) => budget.ofVendor)
      .map((budget) => budgetCall(budget, call));
  }

  private lane(policy: OperationPolicy): OutsideLane {
    const key = laneKey(policy.system, policy.operation);
    const known = this.lanes.get(key);
    if (known?.policy === policy) return known;
    // Changed numbers: calls under way end in the old lane, new ones begin in a lane of the new numbers.
    const lane = new OutsideLane(policy, this.now);
    this.lanes.set(key, lane);
    return lane;
  }

  private refuseIfShut({ paused }: PolicyInForce, lane: OutsideLane, call: OutsideCall): void {
    if (paused !== undefined) throw notSent(call, 'transient', `${paused}; nothing was sent`, LOOK_AGAIN_MS);
    const shutMs = lane.shutMs();
    if (shutMs > 0) throw notSent(call, 'transient', `${shutSentence(lane, shutMs)}; nothing was sent`, shutMs);
  }

  /** The hub's own refusals as the one error of outside calls; undefined for what is none. */
  private refusal(call: OutsideCall, lane: OutsideLane, error: unknown): OutsideError | undefined {
    if (error instanceof OutsideError) return error;
    const { system, operation } = call;
    if (error instanceof BudgetSpentError) {
      const sentence = `${system} allows no ${operation} for ${Math.ceil(error.waitMs / 1000)} s; nothing was sent`;
      return notSent(call, 'throttled', sentence, Math.ceil(error.waitMs));
    }
    if (error instanceof BrokenCircuitError) {
      const shutMs = Math.max(FULL_LINE_MS, lane.shutMs());
      return notSent(call, 'transient', `${shutSentence(lane, shutMs)}; nothing was sent`, shutMs);
    }
    if (error instanceof BulkheadRejectedError)
      return notSent(
        call,
        'transient',
        `too many calls wait for ${system} ${operation}; nothing was sent`,
        FULL_LINE_MS,
      );
    return undefined;
  }

  private observe({ system, operation }: OutsideCall, outcome: string, durationMs: number): void {
    for (const observer of this.observers) observer({ system, operation, outcome, durationMs });
  }
}

/** An answer that says "down": an error for the breaker alone. */
class DownError extends OutsideError {
  constructor({ system, operation }: OutsideCall, sentence: string) {
    super('transient', sentence, { system, operation });
  }
}

function budgetCall(budget: BudgetInForce, { account, cost }: OutsideCall): BudgetCall {
  const factor = budget.ofVendor ? (account?.rateFactor ?? 1) : 1;
  return {
    name: budget.perAccount && account !== undefined ? `${budget.name}/${account.id}` : budget.name,
    perSecond: budget.perSecond * factor,
    burst: budget.burst,
    cost: budget.ofVendor ? (cost ?? 1) : 1,
    waitMsMax: budget.waitMsMax,
    ...(budget.perSecondMax === undefined ? {} : { perSecondMax: budget.perSecondMax }),
  };
}

function laneKey(system: string, operation: string): string {
  return `${system} ${operation}`;
}

function notSent(
  { system, operation }: OutsideCall,
  kind: 'transient' | 'throttled',
  sentence: string,
  retryAfterMs: number,
): OutsideError {
  return new OutsideError(kind, sentence, { system, operation, retryAfterMs, notSent: true, outcomeUnknown: false });
}

function shutSentence({ policy: { system, operation }, shutBecause }: OutsideLane, shutMs: number): string {
  return `${system} ${operation} is not called for ${Math.ceil(shutMs / 1000)} s: ${shutBecause}`;
}

function restMs(ms: number): number {
  return Math.ceil(Math.min(REST_MS_MAX, ms));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
