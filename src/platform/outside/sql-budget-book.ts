import type { Pool } from 'pg';
import type { BudgetBook, ToldBudget, TokenGrant, TokenRequest } from './budget-book.js';

const ROUNDING = 1e-9;

/** Token buckets in the database: one row each, so that all processes together keep the vendor's limit. */
export class SqlBudgetBook implements BudgetBook {
  constructor(private readonly pool: Pool) {}

  async grant(request: TokenRequest): Promise<TokenGrant> {
    const found = await this.take(request);
    if (found !== undefined) return found;
    await this.pool.query({
      name: 'rate-budget.insert',
      text: `insert into rate_budget (name, tokens, refilled_at) values ($1, $2, clock_timestamp())
             on conflict (name) do nothing`,
      values: [request.name, request.burst],
    });
    const taken = await this.take(request);
    if (taken === undefined) throw new Error(`the budget ${request.name} is gone`);
    return taken;
  }

  private async take(request: TokenRequest): Promise<TokenGrant | undefined> {
    const { rows } = await this.pool.query<{ granted: number; wait_ms: number }>({
      name: 'rate-budget.take',
      text: `update rate_budget b
             set tokens = t.tokens - t.granted * $3::float8, refilled_at = greatest(b.refilled_at, t.at)
             from (
               select s.*, case when s.paused_ms > 0 then 0
                           else least($2::int, greatest(0, floor(s.tokens / $3::float8 + ${ROUNDING})))::int end as granted
               from (
                 select name, at, rate,
                        least($6::float8, r.tokens + rate * greatest(0, extract(epoch from at - refilled_at))::float8) as tokens,
                        coalesce(extract(epoch from paused_until - at) * 1000, 0)::float8 as paused_ms
                 from (select *, clock_timestamp() as at, least(coalesce(per_second, $4::float8), $5::float8) as rate
                       from rate_budget where name = $1 for update) r
               ) s
             ) t
             where b.name = t.name
             returning t.granted,
                       case when t.granted > 0 then 0
                       else greatest(t.paused_ms, ($3::float8 - t.tokens) / t.rate * 1000) end::float8 as wait_ms`,
      values: [
        request.name,
        request.wanted,
        request.cost,
        request.perSecond,
        request.perSecondMax ?? null,
        request.burst,
      ],
    });
    const row = rows[0];
    return row === undefined ? undefined : { granted: row.granted, waitMs: row.wait_ms };
  }

  async told(name: string, { perSecond, tokens }: ToldBudget): Promise<void> {
    await this.pool.query({
      name: 'rate-budget.told',
      text: `update rate_budget
             set per_second = coalesce($2::float8, per_second),
                 tokens = coalesce($3::float8, tokens),
                 refilled_at = case when $3::float8 is null then refilled_at else clock_timestamp() end
             where name = $1`,
      values: [name, perSecond ?? null, tokens ?? null],
    });
  }

  async pause(name: string, ms: number): Promise<void> {
    await this.pool.query({
      name: 'rate-budget.pause',
      text: `insert into rate_budget (name, tokens, refilled_at, paused_until)
             select $1, 0, until, until from (select clock_timestamp() + $2::float8 * interval '1 millisecond' as until) p
             on conflict (name) do update
             set tokens = 0, paused_until = greatest(rate_budget.paused_until, excluded.paused_until),
                 refilled_at = greatest(rate_budget.paused_until, excluded.paused_until)`,
      values: [name, ms],
    });
  }
}
