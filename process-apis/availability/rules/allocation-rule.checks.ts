import type { Instant } from '../../../src/model/time.js';
import { repeatedEntries } from '../../../src/platform/http/invalid-input.js';
import type { ProblemDetail } from '../../../src/platform/http/problem.js';
import { isInForce, type AllocationRule } from './allocation-rule.js';
import type { NewAllocationRule } from './allocation-rule.schema.js';

const PERCENT_MAX = 100;
/** Before and after every instant, as text. */
const EVER = '';
const NEVER = '9999';

/** Rules of which only one or so much may be in force at once have the same key. */
export function scopeOf({ sku, category, brand }: NewAllocationRule): string {
  if (sku !== undefined) return `item "${sku}"`;
  if (category !== undefined) return `category "${category}"`;
  return brand === undefined ? 'all items' : `brand "${brand}"`;
}

/**
 * What is wrong with rules that are to be saved beside the stored ones, which are those of the same ids and scopes.
 * Each pointer starts with the index of the rule. Pure.
 */
export function checkRules(
  rules: readonly NewAllocationRule[],
  stored: readonly AllocationRule[],
  now: Instant,
): readonly ProblemDetail[] {
  const ids = new Set(rules.map(({ id }) => id));
  const others = stored.filter((rule) => !ids.has(rule.id));
  const all = [...others, ...rules].filter(({ endsAt }) => (endsAt ?? NEVER) > now);
  return [
    ...repeatedEntries(
      rules.map(({ id }) => id),
      'The id',
      '/id',
    ),
    ...rules.flatMap((rule, index) =>
      [
        ...otherRule(rule, stored),
        ...ended(rule, now),
        ...overlaps(rule, [...others, ...rules.slice(0, index)]),
        ...tooMuch(rule, all),
      ].map(({ pointer, detail }) => ({ pointer: `/${index}${pointer}`, detail })),
    ),
  ];
}

/** What a channel has used of a rule is counted under its id. */
function otherRule(rule: NewAllocationRule, stored: readonly AllocationRule[]): readonly ProblemDetail[] {
  const known = stored.find(({ id }) => id === rule.id);
  if (known === undefined || (known.channel === rule.channel && known.kind === rule.kind)) return [];
  const is = `a ${known.kind} of "${known.channel}"`;
  return [{ pointer: '/id', detail: `This id is ${is}, and stays so: delete the rule, or choose another id.` }];
}

function ended({ mode, endsAt }: NewAllocationRule, now: Instant): readonly ProblemDetail[] {
  if (mode !== 'EXPIRING' || endsAt === undefined || endsAt > now) return [];
  return [{ pointer: '/endsAt', detail: `Must be in the future: now is ${now}.` }];
}

function overlaps(rule: NewAllocationRule, before: readonly NewAllocationRule[]): readonly ProblemDetail[] {
  const other = before.find(
    (known) =>
      known.channel === rule.channel &&
      known.kind === rule.kind &&
      scopeOf(known) === scopeOf(rule) &&
      (known.startsAt ?? EVER) < (rule.endsAt ?? NEVER) &&
      (rule.startsAt ?? EVER) < (known.endsAt ?? NEVER),
  );
  if (other === undefined) return [];
  return [
    {
      pointer: '',
      detail:
        `"${rule.channel}" has the ${rule.kind} "${other.name}" (${other.id}) for ${scopeOf(rule)} at the same time: ` +
        'change that one, or the times.',
    },
  ];
}

/** Shares of the same scope are parts of one whole, at every instant. */
function tooMuch(rule: NewAllocationRule, all: readonly NewAllocationRule[]): readonly ProblemDetail[] {
  if (rule.kind !== 'SHARE') return [];
  const shares = all.filter((other) => other.kind === 'SHARE' && scopeOf(other) === scopeOf(rule));
  // The sum grows only where a share starts.
  const starts = [...new Set(shares.map(({ startsAt = EVER }) => startsAt))].toSorted();
  for (const at of starts) {
    if (!isInForceAt(rule, at)) continue;
    const together = shares.filter((share) => isInForceAt(share, at));
    const percent = together.reduce((sum, share) => sum + (share.percent ?? 0), 0);
    if (percent <= PERCENT_MAX) continue;
    const parts = together.map((share) => `"${share.channel}" ${share.percent} %`).join(', ');
    const when = at === EVER ? 'from now on' : `from ${at}`;
    return [
      {
        pointer: '/percent',
        detail: `The shares of ${scopeOf(rule)} would be ${percent} % together, ${when} (${parts}): lower them to at most ${PERCENT_MAX} %.`,
      },
    ];
  }
  return [];
}

function isInForceAt(rule: NewAllocationRule, at: Instant): boolean {
  return isInForce({ ...rule, updatedAt: at }, at);
}
