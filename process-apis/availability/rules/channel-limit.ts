import { sellableUnits } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { isInForce, specificity, type AllocationRule, type RuleKind } from './allocation-rule.js';
import type { StockView } from '../book/stock-state.js';

const MINUTE_MS = 60_000;

/** What one rule did to what a channel may sell. */
export interface LimitStep {
  readonly rule: AllocationRule;
  /** A sentence: what the rule says and how it stands now. */
  readonly says: string;
  readonly before: number;
  readonly after: number;
}

/**
 * What a channel may sell of an item out of `available` units: available-to-promise through the allocation rules.
 * The same function answers a check and limits a claim. `explain` hears of each rule that applies.
 */
export function channelLimit(
  sku: string,
  channel: string,
  available: number,
  stock: StockView,
  now: Instant,
  explain?: (step: LimitStep) => void,
): number {
  const rules = stock.rulesOf(sku);
  if (rules.length === 0) return available;
  const inForce = rules.filter((rule) => isInForce(rule, now));
  let left = available;
  const limit = (rule: AllocationRule, to: number, says: string): void => {
    const after = Math.max(0, Math.min(left, to));
    explain?.({ rule, says, before: left, after });
    left = after;
  };
  for (const rule of exclusiveOfOthers(inForce, channel)) {
    const kept = Math.max(0, (rule.units ?? 0) - stock.usedOf(rule, sku));
    if (isLent(rule, sku, stock, now)) limit(rule, left, `${kept} units of ${rule.channel} are lent: it sells nothing`);
    else limit(rule, left - kept, `${kept} units are for ${rule.channel} alone`);
  }
  const buffer = ofChannel(inForce, channel, 'BUFFER');
  if (buffer !== undefined)
    limit(buffer, left - (buffer.units ?? 0), `${buffer.units} units are not shown to ${channel}`);
  const share = ofChannel(inForce, channel, 'SHARE');
  if (share !== undefined) {
    const others = sharesOfOthers(inForce, channel);
    const idle = others.length > 0 && others.every((rule) => isIdle(rule, share, sku, stock, now));
    if (share.mode === 'BORROWABLE' && idle)
      limit(share, left, `${channel} borrows beyond its ${share.percent} %: the others sell nothing`);
    else {
      const { part, taken, pool } = shareOf(share, sku, stock);
      limit(share, part - taken, `${share.percent} % of ${pool} is ${part}, ${taken} are claimed`);
    }
  }
  const cap = ofChannel(inForce, channel, 'CAP');
  if (cap !== undefined) {
    const used = stock.usedOf(cap, sku);
    limit(cap, (cap.units ?? 0) - used, `${channel} may have ${cap.units} units and has had ${used}`);
  }
  return left;
}

/** Units of the sellable stock that a share comes to, and those that the channel has claimed. */
function shareOf(
  share: AllocationRule,
  sku: string,
  stock: StockView,
): { readonly pool: number; readonly part: number; readonly taken: number } {
  const pool = stock.positionsOf(sku).reduce((units, position) => units + sellableUnits(position), 0);
  const taken = stock.demandsOf(sku).find((demand) => demand.channel === share.channel)?.reserved ?? 0;
  return { pool, part: Math.floor((pool * (share.percent ?? 0)) / 100), taken };
}

/** When the answer may change though no stock moves: a rule starts, ends, or begins to lend. */
export function nextReview(sku: string, stock: StockView, now: Instant): Instant | undefined {
  const instants = stock.rulesOf(sku).flatMap((rule) => {
    const lends =
      rule.idleMinutes === undefined
        ? []
        : [rule.channel, ...sharesOfOthers(stock.rulesOf(sku), rule.channel).map((other) => other.channel)].map(
            (channel) => idleFrom(rule, channel, sku, stock),
          );
    return [rule.startsAt, rule.endsAt, ...lends];
  });
  return instants.filter((at): at is Instant => at !== undefined && at > now).toSorted()[0];
}

function ofChannel(rules: readonly AllocationRule[], channel: string, kind: RuleKind): AllocationRule | undefined {
  return mostSpecific(rules.filter((rule) => rule.channel === channel && rule.kind === kind));
}

function exclusiveOfOthers(rules: readonly AllocationRule[], channel: string): readonly AllocationRule[] {
  return perChannel(rules.filter((rule) => rule.kind === 'EXCLUSIVE' && rule.channel !== channel));
}

function sharesOfOthers(rules: readonly AllocationRule[], channel: string): readonly AllocationRule[] {
  return perChannel(rules.filter((rule) => rule.kind === 'SHARE' && rule.channel !== channel));
}

function perChannel(rules: readonly AllocationRule[]): readonly AllocationRule[] {
  return [...Map.groupBy(rules, (rule) => rule.channel).values()].flatMap((ofOne) => mostSpecific(ofOne) ?? []);
}

function mostSpecific(rules: readonly AllocationRule[]): AllocationRule | undefined {
  return rules.toSorted((a, b) => specificity(b) - specificity(a) || (a.id < b.id ? -1 : 1))[0];
}

function isLent(rule: AllocationRule, sku: string, stock: StockView, now: Instant): boolean {
  return rule.mode === 'BORROWABLE' && isIdle(rule, rule, sku, stock, now);
}

/** The rule's channel has claimed nothing of the item for as long as the borrowing rule says. */
function isIdle(rule: AllocationRule, borrowing: AllocationRule, sku: string, stock: StockView, now: Instant): boolean {
  return idleFrom(borrowing, rule.channel, sku, stock) <= now;
}

function idleFrom(borrowing: AllocationRule, channel: string, sku: string, stock: StockView): Instant {
  const claimedAt = stock.demandsOf(sku).find((demand) => demand.channel === channel)?.claimedAt ?? '';
  const since = [claimedAt, borrowing.startsAt ?? '', borrowing.updatedAt].toSorted().at(-1) ?? borrowing.updatedAt;
  return new Date(Date.parse(since) + (borrowing.idleMinutes ?? 0) * MINUTE_MS).toISOString();
}
