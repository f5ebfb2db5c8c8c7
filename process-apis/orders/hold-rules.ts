import type { Pool } from 'pg';
import { HOLD_KINDS, type HoldKind } from '../../src/model/hold-kind.js';
import { componentsOf, type Hold, type Order } from '../../src/model/order.js';
import type { Instant } from '../../src/model/time.js';

/** How long a process may go on with what it read; also the time until all processes see a change. */
const REFRESH_MS = 2_000;
/** More rules than anybody can oversee. */
export const HOLD_RULES_MAX = 500;

/** Orders that are stopped before anything goes outside. All conditions that are given must hold, and one is at least. */
export interface HoldRule {
  readonly id: string;
  readonly name: string;
  readonly kind: HoldKind;
  /** Absent: of every channel. */
  readonly channel?: string;
  /** The order's grand total is at least this: minor units of `currency`. */
  readonly totalMin?: number;
  readonly currency?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly sku?: string;
  /** All lines together have at least so many units. */
  readonly unitsMin?: number;
  /** A sentence for who must decide. */
  readonly reason: string;
  readonly active: boolean;
}

export type HoldsFor = (order: Order) => readonly Pick<Hold, 'kind' | 'reason' | 'placedBy'>[];

/** The holds that the rules place on an order that was just accepted; one for each kind, by the first rule that says so. Pure. */
export function holdsByRules(rules: readonly HoldRule[], order: Order): ReturnType<HoldsFor> {
  const holds = new Map<HoldKind, ReturnType<HoldsFor>[number]>();
  for (const rule of rules) {
    if (!rule.active || holds.has(rule.kind) || !applies(rule, order)) continue;
    holds.set(rule.kind, { kind: rule.kind, reason: rule.reason, placedBy: `rule:${rule.name}` });
  }
  return [...holds.values()];
}

function applies(rule: HoldRule, order: Order): boolean {
  const { channel, totalMin, currency, country, sku, unitsMin } = rule;
  const { grandTotal, destination, lines } = order;
  if (channel !== undefined && channel !== order.channel) return false;
  if (
    totalMin !== undefined &&
    !(grandTotal?.currency === currency && grandTotal !== undefined && grandTotal.minor >= totalMin)
  )
    return false;
  if (country !== undefined && destination?.country !== country) return false;
  if (sku !== undefined && !lines.some((line) => componentsOf(line).some((component) => component.sku === sku)))
    return false;
  return unitsMin === undefined || lines.reduce((sum, line) => sum + line.ordered, 0) >= unitsMin;
}

interface RuleRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly channel: string | null;
  readonly totalMin: string | null;
  readonly currency: string | null;
  readonly country: string | null;
  readonly sku: string | null;
  readonly unitsMin: number | null;
  readonly reason: string;
  readonly active: boolean;
  readonly updatedAt: Instant;
}

/** The rules over their table; for decisions from memory. */
export class HoldRules {
  private known: Promise<HoldsFor> | undefined;
  private readAtMs = 0;

  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Ask again for each batch. */
  forDecision(): Promise<HoldsFor> {
    if (this.known === undefined || Date.now() - this.readAtMs >= REFRESH_MS) {
      this.readAtMs = Date.now();
      const reading = this.all().then(
        (rules): HoldsFor =>
          (order) =>
            holdsByRules(rules, order),
      );
      this.known = reading;
      reading.catch(() => {
        if (this.known === reading) this.known = undefined;
      });
    }
    return this.known;
  }

  /** By name. */
  async all(): Promise<readonly HoldRule[]> {
    const { rows } = await this.pool.query<RuleRow>({
      name: 'hold-rules.all',
      text: `select id, name, kind, channel, total_min as "totalMin", currency, country, sku, units_min as "unitsMin",
               reason, active from hold_rule order by name limit $1`,
      values: [HOLD_RULES_MAX],
    });
    return rows.map(toRule);
  }

  /**
   * Creates or replaces the rule of this id; false where there are HOLD_RULES_MAX others, for one more would hold nothing. The
   * database refuses a second one of a name, and one without a condition.
   */
  async save(rule: HoldRule): Promise<boolean> {
    const { id, name, kind, channel, totalMin, currency, country, sku, unitsMin, reason, active } = rule;
    const { rowCount } = await this.pool.query({
      name: 'hold-rules.save',
      text: `insert into hold_rule (id, name, kind, channel, total_min, currency, country, sku, units_min, reason, active)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
             where (select count(*) from hold_rule where id <> $1) < ${HOLD_RULES_MAX}
             on conflict (id) do update set name = excluded.name, kind = excluded.kind, channel = excluded.channel,
               total_min = excluded.total_min, currency = excluded.currency, country = excluded.country,
               sku = excluded.sku, units_min = excluded.units_min, reason = excluded.reason, active = excluded.active,
               updated_at = now()`,
      values: [id, name, kind, channel, totalMin, currency, country, sku, unitsMin, reason, active].map(
        (value) => value ?? null,
      ),
    });
    this.known = undefined;
    return rowCount === 1;
  }

  /** Gives false when there was none. Holds that it placed stay. */
  async remove(id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query('delete from hold_rule where id = $1', [id]);
    this.known = undefined;
    return rowCount === 1;
  }
}

function toRule({ id, name, kind, totalMin, reason, active, ...given }: RuleRow): HoldRule {
  const known = HOLD_KINDS.find((one) => one === kind);
  if (known === undefined) throw new Error(`hold rule "${name}" is of the unknown kind "${kind}"`);
  const conditions = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  return {
    id,
    name,
    kind: known,
    reason,
    active,
    ...conditions,
    ...(totalMin === null ? {} : { totalMin: Number(totalMin) }),
  };
}
