import { z } from 'zod';
import { channelSchema, instantSchema, skuSchema } from '../../catalog/index.js';
import type { AllocationRule } from './allocation-rule.js';

/** A rule as it is saved. */
export type NewAllocationRule = Omit<AllocationRule, 'updatedAt'>;

const NAME_MAX = 200;
const UNITS_MAX = 1_000_000_000;
const IDLE_MINUTES_MAX = 525_600;

const whole = (min: number, max: number) => {
  const says = `Must be a whole number from ${min} to ${max}.`;
  return z.int(says).min(min, says).max(max, says);
};

const fields = z.strictObject({
  id: z.uuid('Must be a UUID of your own: the same one replaces the rule.'),
  name: z.string().min(1, 'Must not be empty.').max(NAME_MAX, `Must have at most ${NAME_MAX} characters.`),
  channel: channelSchema,
  sku: skuSchema.exactOptional(),
  category: skuSchema.exactOptional(),
  brand: skuSchema.exactOptional(),
  kind: z.enum(['SHARE', 'CAP', 'BUFFER', 'EXCLUSIVE']),
  percent: whole(0, 100).exactOptional(),
  units: whole(0, UNITS_MAX).exactOptional(),
  mode: z.enum(['HARD', 'BORROWABLE', 'EXPIRING']),
  idleMinutes: whole(1, IDLE_MINUTES_MAX).exactOptional(),
  startsAt: instantSchema.exactOptional(),
  endsAt: instantSchema.exactOptional(),
});

type Rule = z.output<typeof fields>;
type Finding = readonly [field: keyof Rule, says: string];

/** What each rule must say for its kind and mode, by itself. */
export const allocationRuleSchema = fields.superRefine((rule, context) => {
  for (const [field, message] of [...scopeFindings(rule), ...quotaFindings(rule), ...modeFindings(rule)])
    context.addIssue({ code: 'custom', path: [field], message });
});

function scopeFindings(rule: Rule): readonly Finding[] {
  const named = (['sku', 'category', 'brand'] as const).filter((field) => rule[field] !== undefined);
  return named
    .slice(1)
    .map((field): Finding => [field, `A rule is about one of sku, category and brand: it has ${named[0]} already.`]);
}

function quotaFindings({ kind, percent, units }: Rule): readonly Finding[] {
  if (kind === 'SHARE')
    return [
      ...(percent === undefined ? [['percent', 'A SHARE needs percent, from 0 to 100.'] as const] : []),
      ...(units === undefined ? [] : [['units', 'A SHARE is in percent: remove units.'] as const]),
    ];
  return [
    ...(units === undefined ? [['units', `A ${kind} needs units, a whole number of base units.`] as const] : []),
    ...(percent === undefined ? [] : [['percent', `A ${kind} is in units: remove percent.`] as const]),
  ];
}

function modeFindings({ kind, mode, idleMinutes, startsAt, endsAt }: Rule): readonly Finding[] {
  const findings: Finding[] = [];
  if (mode === 'BORROWABLE') {
    if (kind !== 'SHARE' && kind !== 'EXCLUSIVE')
      findings.push(['mode', `A ${kind} cannot be BORROWABLE: only SHARE and EXCLUSIVE keep units from others.`]);
    if (idleMinutes === undefined)
      findings.push(['idleMinutes', 'BORROWABLE needs idleMinutes: how long nothing was sold before units are lent.']);
  } else if (idleMinutes !== undefined)
    findings.push(['idleMinutes', 'idleMinutes is for BORROWABLE alone: remove it, or change the mode.']);
  if (mode === 'EXPIRING' && endsAt === undefined) findings.push(['endsAt', 'EXPIRING needs endsAt.']);
  if (startsAt !== undefined && endsAt !== undefined && endsAt <= startsAt)
    findings.push(['endsAt', 'Must be later than startsAt.']);
  return findings;
}
