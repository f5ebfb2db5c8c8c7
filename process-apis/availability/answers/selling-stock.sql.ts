import type { ClientBase } from 'pg';
import type { Position } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { utc } from '../../../src/platform/db/utc.js';
import type { AllocationRule } from '../rules/allocation-rule.js';
import { readPastPositions } from '../book/past-stock.sql.js';
import { RULE_FIELDS, toRule, type NodeDay } from '../book/stock.sql.js';
import { ReadStock } from './selling-stock.js';
import type { ChannelDemand, StockState, StockView } from '../book/stock-state.js';

/** Announced units that an answer by date looks at, for each item: the earliest ones. */
export const ARRIVALS_MAX = 100;

/** An item whose stock is wanted, and until when its arrivals are. */
export interface WantedStock {
  readonly sku: string;
  readonly arrivalsUntil?: Instant;
}

/** Units that are announced and have not come. */
export interface Arrival {
  readonly sku: string;
  readonly node: string;
  readonly at: Instant;
  readonly units: number;
}

/** The stock of some items at one instant. */
export interface SellingStock {
  /** A fork of it may be changed. */
  readonly stock: StockView & Pick<StockState, 'fork'>;
  /** By item, the earliest first. */
  readonly arrivals: ReadonlyMap<string, readonly Arrival[]>;
}

type PositionRow = readonly [
  sku: string,
  node: string,
  onHand: number,
  reserved: number,
  missing: number,
  qualityHold: number,
  safetyStock: number,
  threshold: number,
  earmarked: number,
];
type DemandRow = readonly [sku: string, channel: string, reserved: number, waiting: number, claimedAt: Instant | null];
type ArrivalRow = readonly [sku: string, node: string, at: Instant, units: number];

interface RuleRow {
  readonly of_sku: string;
  readonly id: string;
  readonly used: number | null;
}

interface SellingRow {
  readonly positions: readonly PositionRow[] | null;
  readonly rules: readonly RuleRow[] | null;
  readonly demands: readonly DemandRow[] | null;
  readonly arrivals: readonly ArrivalRow[] | null;
  readonly loads: readonly { readonly node: string; readonly units: number }[] | null;
}

/**
 * All that answers look at, in one statement and so of one instant: claims cannot come between stock and rules. Rules and
 * what they count are read when there are any, arrivals when a date asks for them. Counts and lots are left out.
 */
export async function readSellingStock(
  db: Pick<ClientBase, 'query'>,
  wanted: readonly WantedStock[],
  days: readonly NodeDay[],
): Promise<SellingStock> {
  const byDate = wanted.filter(({ arrivalsUntil }) => arrivalsUntil !== undefined);
  const { rows } = await db.query<SellingRow>({
    name: 'selling-stock.read',
    text: SELLING_STOCK,
    values: [
      wanted.map(({ sku }) => sku),
      byDate.map(({ sku }) => sku),
      byDate.map(({ arrivalsUntil }) => arrivalsUntil),
      days.map(({ node }) => node),
      days.map(({ day }) => day),
      ARRIVALS_MAX,
    ],
  });
  const [row] = rows;
  return { stock: toStock(row, days), arrivals: toArrivals(row?.arrivals ?? []) };
}

/**
 * The same with the positions that the ledger has until the instant. Rules and what they count are of now; of the day of each
 * node nothing counts as taken, since what was taken when is not known.
 */
export async function readPastSellingStock(
  db: Pick<ClientBase, 'query'>,
  skus: readonly string[],
  days: readonly NodeDay[],
  asOf: Instant,
): Promise<SellingStock> {
  const { rows } = await db.query<SellingRow>({
    name: 'selling-stock.read',
    text: SELLING_STOCK,
    values: [skus, [], [], [], [], ARRIVALS_MAX],
  });
  const positions = await readPastPositions(db, skus, asOf);
  return { stock: toStock(rows[0], days, positions), arrivals: new Map() };
}

const SELLING_STOCK = `
  select
    (select json_agg(json_build_array(sku, node, on_hand, reserved, missing, quality_hold, safety_stock, threshold,
                                      earmarked))
     from position where sku = any($1::text[])) as positions,
    case when exists (select from allocation_rule) then
      (select json_agg(r) from (
         select i.sku as of_sku, ${RULE_FIELDS}, u.used
         from allocation_rule r
           join item i on i.sku = any($1::text[])
             and (r.sku is null or r.sku = i.sku)
             and (r.category is null or r.category = i.category)
             and (r.brand is null or r.brand = i.brand)
           left join rule_use u on u.rule_id = r.id and u.sku = i.sku) r) end as rules,
    case when cardinality($2::text[]) > 0 or exists (select from allocation_rule) then
      (select json_agg(json_build_array(sku, channel, reserved, waiting, ${utc('claimed_at')}))
       from channel_demand where sku = any($1::text[])) end as demands,
    case when cardinality($2::text[]) > 0 then
      (select json_agg(json_build_array(w.sku, a.node, ${utc('a.expected_at')}, a.units) order by a.expected_at, a.id)
       from unnest($2::text[], $3::timestamptz[]) as w (sku, until)
         cross join lateral (
           select e.id, e.node, e.expected_at, greatest(e.announced, e.shipped) - e.received as units
           from expected_supply e
           where e.open and e.sku = w.sku and e.expected_at <= w.until
             and greatest(e.announced, e.shipped) > e.received
           order by e.expected_at, e.id limit $6) a) end as arrivals,
    case when cardinality($4::text[]) > 0 then
      (select json_agg(json_build_object('node', l.node, 'units', l.units))
       from unnest($4::text[], $5::date[]) as d (node, day) join node_load l on l.node = d.node and l.day = d.day)
      end as loads`;

function toStock(
  row: SellingRow | undefined,
  days: readonly NodeDay[],
  positions: readonly Position[] = (row?.positions ?? []).map(toPosition),
): ReadStock {
  const rules = new Map<string, AllocationRule[]>();
  const uses: { ruleId: string; sku: string; used: number }[] = [];
  for (const { of_sku: sku, used, ...rule } of row?.rules ?? []) {
    const ofItem = rules.get(sku) ?? [];
    ofItem.push(toRule(rule));
    rules.set(sku, ofItem);
    if (used !== null) uses.push({ ruleId: rule.id, sku, used });
  }
  const loads = new Map(days.map(({ node }) => [node, 0]));
  for (const { node, units } of row?.loads ?? []) loads.set(node, units);
  return new ReadStock({
    positions,
    demands: (row?.demands ?? []).map(toDemand),
    rules,
    uses,
    loads: [...loads].map(([node, units]) => ({ node, units })),
  });
}

function toPosition(row: PositionRow): Position {
  const [sku, node, onHand, reserved, missing, qualityHold, safetyStock, threshold, earmarked] = row;
  return {
    sku,
    node,
    onHand,
    reserved,
    qualityHold,
    safetyStock,
    threshold,
    incoming: 0,
    inTransit: 0,
    missing,
    earmarked,
    countedAt: null,
  };
}

function toDemand([sku, channel, reserved, waiting, claimedAt]: DemandRow): ChannelDemand {
  return { sku, channel, reserved, waiting, claimedAt };
}

function toArrivals(rows: readonly ArrivalRow[]): ReadonlyMap<string, readonly Arrival[]> {
  return Map.groupBy(
    rows.map(([sku, node, at, units]): Arrival => ({ sku, node, at, units })),
    ({ sku }) => sku,
  );
}
