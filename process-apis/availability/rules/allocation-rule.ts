import type { Instant } from '../../../src/model/time.js';

export type RuleKind =
  /** At most so many percent of the sellable stock may be claimed by the channel. */
  | 'SHARE'
  /** At most so many units of each item may go to the channel while the rule lasts, shipped ones included. */
  | 'CAP'
  /** So many units are never shown to the channel. */
  | 'BUFFER'
  /** So many units of each item are for the channel alone. */
  | 'EXCLUSIVE';

export type RuleMode =
  | 'HARD'
  /** What the channel does not use is lent to others after it has sold nothing of the item for `idleMinutes`. */
  | 'BORROWABLE'
  /** Returns to everyone at `endsAt`. */
  | 'EXPIRING';

/** How much of the stock a channel may sell. Without item, category and brand it is about every item. */
export interface AllocationRule {
  readonly id: string;
  readonly name: string;
  readonly channel: string;
  readonly sku?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly kind: RuleKind;
  /** SHARE: 0–100. */
  readonly percent?: number;
  /** CAP, BUFFER, EXCLUSIVE: base units. */
  readonly units?: number;
  readonly mode: RuleMode;
  readonly idleMinutes?: number;
  readonly startsAt?: Instant;
  readonly endsAt?: Instant;
  /** From when on the channel's idleness counts, at the earliest. */
  readonly updatedAt: Instant;
}

/** Of several rules of one kind for a channel, the most specific applies: item, category, brand, everything. */
export function specificity(rule: AllocationRule): number {
  if (rule.sku !== undefined) return 3;
  if (rule.category !== undefined) return 2;
  return rule.brand === undefined ? 0 : 1;
}

/** A rule whose time has come and is not over. */
export function isInForce(rule: AllocationRule, now: Instant): boolean {
  if (rule.startsAt !== undefined && rule.startsAt > now) return false;
  return rule.endsAt === undefined || rule.endsAt > now;
}

/** Rules whose use is counted unit by unit. */
export function countsUse(rule: AllocationRule): boolean {
  return rule.kind === 'CAP' || rule.kind === 'EXCLUSIVE';
}
