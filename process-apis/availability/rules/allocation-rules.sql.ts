import type { ClientBase } from 'pg';
import type { AllocationRule, RuleKind } from './allocation-rule.js';
import type { NewAllocationRule } from './allocation-rule.schema.js';
import { RULE_FIELDS, toRule } from '../book/stock.sql.js';

type Db = Pick<ClientBase, 'query'>;

/** The stored rules of these ids, or of the same kind and scope. */
export async function readRulesBeside(db: Db, rules: readonly NewAllocationRule[]): Promise<readonly AllocationRule[]> {
  const { rows } = await db.query<object>(
    `select ${RULE_FIELDS} from allocation_rule r
     where r.id = any($1::uuid[]) or exists (
       select 1 from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as n (kind, sku, category, brand)
       where (r.kind, r.sku, r.category, r.brand) is not distinct from (n.kind, n.sku, n.category, n.brand))
     order by r.id`,
    [
      rules.map(({ id }) => id),
      rules.map(({ kind }) => kind),
      rules.map(({ sku }) => sku ?? null),
      rules.map(({ category }) => category ?? null),
      rules.map(({ brand }) => brand ?? null),
    ],
  );
  return rows.map(toRule);
}

export async function countRules(db: Db): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*)::int as count from allocation_rule');
  return rows[0]?.count ?? 0;
}

/** Names that nothing has: channel accounts, items, and categories and brands of items. */
export async function readUnknownNames(
  db: Db,
  rules: readonly NewAllocationRule[],
): Promise<Readonly<Record<'channel' | 'sku' | 'category' | 'brand', ReadonlySet<string>>>> {
  const named = (field: 'channel' | 'sku' | 'category' | 'brand'): readonly string[] => [
    ...new Set(rules.flatMap((rule) => rule[field] ?? [])),
  ];
  const { rows } = await db.query<{ field: string; name: string }>(
    `select 'channel' as field, n as name from unnest($1::text[]) as n
       where not exists (select 1 from channel_account a where a.id = n)
     union all select 'sku', n from unnest($2::text[]) as n where not exists (select 1 from item i where i.sku = n)
     union all select 'category', n from unnest($3::text[]) as n
       where not exists (select 1 from item i where i.category = n)
     union all select 'brand', n from unnest($4::text[]) as n where not exists (select 1 from item i where i.brand = n)`,
    [named('channel'), named('sku'), named('category'), named('brand')],
  );
  const of = (field: string): ReadonlySet<string> =>
    new Set(rows.filter((row) => row.field === field).map(({ name }) => name));
  return { channel: of('channel'), sku: of('sku'), category: of('category'), brand: of('brand') };
}

/** Gives the ids of the rules that are new or not as they were. */
/** New rules that count their use start with what their channel holds of their items; others go on as they are. */
export async function startUse(db: Db, ids: readonly string[]): Promise<void> {
  await db.query(
    `insert into rule_use (rule_id, sku, used)
     select r.id, d.sku, d.reserved from allocation_rule r
       join channel_demand d on d.channel = r.channel and d.reserved > 0
       join item i on i.sku = d.sku and (r.sku is null or r.sku = i.sku)
         and (r.category is null or r.category = i.category) and (r.brand is null or r.brand = i.brand)
     where r.id = any($1::uuid[]) and r.kind in ('CAP', 'EXCLUSIVE')
       and coalesce(r.starts_at, now()) <= now() and not exists (select 1 from rule_use u where u.rule_id = r.id)
     on conflict do nothing`,
    [ids],
  );
}

export async function upsertRules(db: Db, rules: readonly NewAllocationRule[]): Promise<ReadonlySet<string>> {
  const columns = ['name', 'channel', 'sku', 'category', 'brand', 'kind', 'percent', 'units', 'mode', 'idle_minutes'];
  const all = [...columns, 'starts_at', 'ends_at'];
  const { rows } = await db.query<{ id: string }>(
    `insert into allocation_rule as r (id, ${all.join(', ')})
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
       $9::int[], $10::text[], $11::int[], $12::timestamptz[], $13::timestamptz[]) as n (id) order by id
     on conflict (id) do update set ${all.map((column) => `${column} = excluded.${column}`).join(', ')}, updated_at = now()
       where (${all.map((column) => `r.${column}`).join(', ')}) is distinct from
         (${all.map((column) => `excluded.${column}`).join(', ')})
     returning id`,
    [
      rules.map((rule) => rule.id),
      rules.map((rule) => rule.name),
      rules.map((rule) => rule.channel),
      rules.map((rule) => rule.sku ?? null),
      rules.map((rule) => rule.category ?? null),
      rules.map((rule) => rule.brand ?? null),
      rules.map((rule) => rule.kind),
      rules.map((rule) => rule.percent ?? null),
      rules.map((rule) => rule.units ?? null),
      rules.map((rule) => rule.mode),
      rules.map((rule) => rule.idleMinutes ?? null),
      rules.map((rule) => rule.startsAt ?? null),
      rules.map((rule) => rule.endsAt ?? null),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Gives what was deleted. What channels have used of the rules goes with them. */
export async function deleteRules(db: Db, ids: readonly string[]): Promise<readonly AllocationRule[]> {
  const { rows } = await db.query<object>(
    `delete from allocation_rule r where r.id = any($1::uuid[]) returning ${RULE_FIELDS}`,
    [ids],
  );
  return rows.map(toRule);
}

/** Items that rules of a category or brand are about. */
export async function readItemsOfRules(
  db: Db,
  rules: readonly NewAllocationRule[],
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ sku: string }>(
    'select sku from item where category = any($1::text[]) or brand = any($2::text[]) order by sku limit $3',
    [rules.flatMap(({ category }) => category ?? []), rules.flatMap(({ brand }) => brand ?? []), limit],
  );
  return rows.map(({ sku }) => sku);
}

export async function readChannels(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>('select id from channel_account order by id');
  return rows.map(({ id }) => id);
}

export interface RuleFilter {
  readonly channel?: string;
  readonly kind?: RuleKind;
  /** Rules that are about the item: its own, those of its category and brand, and those of all items. */
  readonly sku?: string;
}

/** By id, behind `after`. */
export async function readRules(
  db: Db,
  { channel, kind, sku }: RuleFilter,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<readonly AllocationRule[]> {
  const { rows } = await db.query<object>(
    `select ${RULE_FIELDS} from allocation_rule r
     where ($1::text is null or r.channel = $1) and ($2::text is null or r.kind = $2)
       and ($3::text is null or exists (
         select 1 from item i where i.sku = $3 and (r.sku is null or r.sku = i.sku)
           and (r.category is null or r.category = i.category) and (r.brand is null or r.brand = i.brand)))
       and ($4::uuid is null or r.id > $4)
     order by r.id limit $5`,
    [channel ?? null, kind ?? null, sku ?? null, after ?? null, limit],
  );
  return rows.map(toRule);
}
