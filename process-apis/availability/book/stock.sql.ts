import type { ClientBase } from 'pg';
import type { Lot, Movement, Position, StockBucket } from '../../../src/model/stock.js';
import type { Instant } from '../../../src/model/time.js';
import { plainArray } from '../../../src/platform/db/set-parameters.js';
import { utc } from '../../../src/platform/db/utc.js';
import { withoutNulls } from '../../../src/platform/db/without-nulls.js';
import type { AllocationRule } from '../rules/allocation-rule.js';
import type { ChannelDemand, StockData } from './stock-state.js';

type Db = Pick<ClientBase, 'query'>;

/** The column of each bucket, in the order in which positions are written. */
const COLUMNS: Readonly<Record<StockBucket, string>> = {
  onHand: 'on_hand',
  reserved: 'reserved',
  qualityHold: 'quality_hold',
  safetyStock: 'safety_stock',
  threshold: 'threshold',
  incoming: 'incoming',
  inTransit: 'in_transit',
  missing: 'missing',
  earmarked: 'earmarked',
};

export const BUCKETS = Object.entries(COLUMNS) as readonly (readonly [StockBucket, string])[];
const BUCKET_COLUMNS = Object.values(COLUMNS);

export const POSITION_FIELDS = `sku, node, ${BUCKETS.map(([bucket, column]) => `${column} as "${bucket}"`).join(', ')},
  ${utc('counted_at')} as "countedAt"`;

/** Locks the positions of these items at all nodes, in the one order that everyone uses: no deadlocks. */
export async function lockPositions(tx: ClientBase, skus: readonly string[]): Promise<readonly Position[]> {
  const { rows } = await tx.query<Position>({
    name: 'position.lock',
    text: `select ${POSITION_FIELDS} from position where sku = any($1::text[]) order by sku, node for update`,
    values: [skus],
  });
  return rows;
}

export async function readPositions(db: Db, skus: readonly string[]): Promise<readonly Position[]> {
  const { rows } = await db.query<Position>({
    name: 'position.read',
    text: `select ${POSITION_FIELDS} from position where sku = any($1::text[]) order by sku, node`,
    values: [skus],
  });
  return rows;
}

/** What else a promise looks at, of these items. Under the locks of their positions when it is to be written. */
export async function readAroundPositions(
  db: Db,
  skus: readonly string[],
  loads: readonly NodeDay[],
  lock: boolean,
): Promise<Omit<StockData, 'positions'>> {
  const [lots, demands, { rules, uses }, loaded] = await Promise.all([
    readLots(db, skus),
    readDemands(db, skus),
    readRules(db, skus),
    loads.length === 0 ? [] : readLoads(db, loads, lock),
  ]);
  return { lots, demands, rules, uses, loads: loaded };
}

async function readLots(db: Db, skus: readonly string[]): Promise<readonly Lot[]> {
  const { rows } = await db.query<Lot>({
    name: 'lot.read',
    text: `select sku, node, lot, expires_on::text as "expiresOn", on_hand as "onHand", reserved, quality_hold as "qualityHold"
           from lot where sku = any($1::text[])`,
    values: [skus],
  });
  return rows;
}

/** Those that matter to a promise: of items that orders wait for, or, where there are rules, of all. */
async function readDemands(db: Db, skus: readonly string[]): Promise<readonly ChannelDemand[]> {
  const { rows } = await db.query<ChannelDemand>({
    name: 'channel-demand.read',
    text: `select sku, channel, reserved, waiting::float8 as waiting, ${utc('claimed_at')} as "claimedAt"
           from channel_demand
           where sku = any($1::text[]) and (waiting > 0 or exists (select 1 from allocation_rule))`,
    values: [skus],
  });
  return rows;
}

interface RuleRow extends Omit<AllocationRule, 'sku' | 'category' | 'brand'> {
  readonly of_sku: string;
  readonly sku: string | null;
  readonly category: string | null;
  readonly brand: string | null;
  readonly used: number | null;
}

async function readRules(
  db: Db,
  skus: readonly string[],
): Promise<{ rules: ReadonlyMap<string, readonly AllocationRule[]>; uses: NonNullable<StockData['uses']> }> {
  const { rows } = await db.query<RuleRow>({
    name: 'allocation-rule.of-items',
    text: `select i.sku as of_sku, ${RULE_FIELDS}, u.used
           from allocation_rule r
             -- offset 0: without rules no item is read
             cross join lateral (select sku from item
                      where sku = any($1::text[]) and (r.sku is null or r.sku = item.sku)
                        and (r.category is null or r.category = item.category)
                        and (r.brand is null or r.brand = item.brand) offset 0) as i
             left join rule_use u on u.rule_id = r.id and u.sku = i.sku`,
    values: [skus],
  });
  const rules = new Map<string, AllocationRule[]>();
  const uses: { ruleId: string; sku: string; used: number }[] = [];
  for (const { of_sku: sku, used, ...row } of rows) {
    const ofItem = rules.get(sku) ?? [];
    ofItem.push(toRule(row));
    rules.set(sku, ofItem);
    if (used !== null) uses.push({ ruleId: row.id, sku, used });
  }
  return { rules, uses };
}

export const RULE_FIELDS = `r.id, r.name, r.channel, r.sku, r.category, r.brand, r.kind, r.percent, r.units, r.mode,
  r.idle_minutes as "idleMinutes", ${utc('r.starts_at')} as "startsAt", ${utc('r.ends_at')} as "endsAt",
  ${utc('r.updated_at')} as "updatedAt"`;

/** A row of RULE_FIELDS without its nulls. */
export function toRule(row: object): AllocationRule {
  return withoutNulls(row) as AllocationRule;
}

/** A node with a daily capacity, and its local day now: `YYYY-MM-DD`. */
export interface NodeDay {
  readonly node: string;
  readonly day: string;
}

async function readLoads(db: Db, days: readonly NodeDay[], lock: boolean): Promise<NonNullable<StockData['loads']>> {
  const values = [days.map(({ node }) => node), days.map(({ day }) => day)];
  // The row must be there to be locked: two first claims of a day would both find the node empty.
  if (lock)
    await db.query({
      name: 'node-load.start',
      text: `insert into node_load (node, day, units) select n, d, 0 from unnest($1::text[], $2::date[]) as x (n, d)
             order by n on conflict do nothing`,
      values,
    });
  const { rows } = await db.query<{ node: string; units: number }>({
    name: lock ? 'node-load.lock' : 'node-load.read',
    text: `select l.node, l.units from unnest($1::text[], $2::date[]) as x (node, day)
             join node_load l on l.node = x.node and l.day = x.day
           order by l.node ${lock ? 'for update of l' : ''}`,
    values,
  });
  const known = new Map(rows.map((row) => [row.node, row.units]));
  return days.map(({ node }) => ({ node, units: known.get(node) ?? 0 }));
}

/** What of the positions changed: these buckets, and whether one was counted. */
export interface ChangedParts {
  readonly buckets: ReadonlySet<StockBucket>;
  readonly counted: boolean;
}

/** Writes the changed parts of locked positions back. The table's checks are the last guard against overselling. */
export async function updatePositions(
  tx: ClientBase,
  positions: readonly Position[],
  { buckets, counted }: ChangedParts,
): Promise<void> {
  if (positions.length === 0) return;
  const changed = BUCKETS.filter(([bucket]) => buckets.has(bucket));
  const columns = changed.map(([, column]) => column);
  const typed = [...columns.map((column) => [column, 'int']), ...(counted ? [['counted_at', 'timestamptz']] : [])];
  if (typed.length === 0) return;
  await tx.query({
    // One prepared statement for each combination that occurs: a handful.
    name: `position.update ${typed.map(([column]) => column).join(' ')}`,
    text: `update position p set ${typed.map(([column]) => `${column} = c.${column}`).join(', ')}
           from unnest($1::text[], $2::text[], ${typed.map(([, type], index) => `$${index + 3}::${type}[]`).join(', ')})
             as c (sku, node, ${typed.map(([column]) => column).join(', ')})
           where p.sku = c.sku and p.node = c.node`,
    values: [
      positions.map((position) => position.sku),
      positions.map((position) => position.node),
      ...changed.map(([bucket]) => plainArray(positions.map((position) => position[bucket]))),
      ...(counted ? [plainArray(positions.map((position) => position.countedAt))] : []),
    ],
  });
}

/** New positions; a unique violation when another transaction was first: run the transaction again. */
export async function insertPositions(tx: ClientBase, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return;
  await tx.query({
    name: 'position.insert',
    text: `insert into position (sku, node, counted_at, ${BUCKET_COLUMNS.join(', ')})
           select * from unnest($1::text[], $2::text[], $3::timestamptz[], ${bucketParameters(4)})`,
    values: positionValues(positions),
  });
}

function bucketParameters(from: number): string {
  return BUCKET_COLUMNS.map((_, index) => `$${from + index}::int[]`).join(', ');
}

function positionValues(positions: readonly Position[]): unknown[] {
  return [
    positions.map((position) => position.sku),
    positions.map((position) => position.node),
    positions.map((position) => position.countedAt),
    ...BUCKETS.map(([bucket]) => positions.map((position) => position[bucket])),
  ];
}

/** Written under the lock of the lots' positions. */
export async function writeLots(tx: ClientBase, lots: readonly Lot[]): Promise<void> {
  if (lots.length === 0) return;
  await tx.query({
    name: 'lot.write',
    text: `insert into lot (sku, node, lot, expires_on, on_hand, reserved, quality_hold)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::int[], $6::int[], $7::int[])
           on conflict (sku, node, lot) do update set expires_on = excluded.expires_on, on_hand = excluded.on_hand,
             reserved = excluded.reserved, quality_hold = excluded.quality_hold`,
    values: [
      lots.map((lot) => lot.sku),
      lots.map((lot) => lot.node),
      lots.map((lot) => lot.lot),
      lots.map((lot) => lot.expiresOn),
      lots.map((lot) => lot.onHand),
      lots.map((lot) => lot.reserved),
      lots.map((lot) => lot.qualityHold),
    ],
  });
}

/** Units to add, claims and waiting ones; `claimedAt` as it is now. */
export type DemandChange = ChannelDemand;

/**
 * Adds the changes. Added, not set: an item without a position has no lock, and the changes of two transactions must both
 * count. By the key alone, so that a table without statistics is not read whole.
 */
export async function addToDemands(tx: ClientBase, changes: readonly DemandChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query({
    name: 'channel-demand.add',
    text: `insert into channel_demand as d (sku, channel, reserved, waiting, claimed_at)
           select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::timestamptz[])
           on conflict (sku, channel) do update set reserved = greatest(0, d.reserved + excluded.reserved),
             waiting = greatest(0, d.waiting + excluded.waiting), claimed_at = greatest(d.claimed_at, excluded.claimed_at)`,
    values: demandValues(changes),
  });
}

function demandValues(changes: readonly DemandChange[]): unknown[] {
  return [
    changes.map((change) => change.sku),
    changes.map((change) => change.channel),
    plainArray(changes.map((change) => change.reserved)),
    plainArray(changes.map((change) => change.waiting)),
    plainArray(changes.map((change) => change.claimedAt)),
  ];
}

/** Under the locks of the items' positions. */
export async function writeLoads(
  tx: ClientBase,
  loads: readonly (NodeDay & { readonly units: number })[],
): Promise<void> {
  if (loads.length === 0) return;
  await tx.query({
    name: 'node-load.write',
    text: `update node_load l set units = c.units from unnest($1::text[], $2::date[], $3::int[]) as c (node, day, units)
           where l.node = c.node and l.day = c.day`,
    values: [loads.map(({ node }) => node), loads.map(({ day }) => day), loads.map(({ units }) => units)],
  });
}

/** Under the locks of the items' positions. */
export async function writeUses(
  tx: ClientBase,
  changes: readonly { readonly ruleId: string; readonly sku: string; readonly used: number }[],
): Promise<void> {
  if (changes.length === 0) return;
  await tx.query({
    name: 'rule-use.write',
    // A rule may have been deleted since it was read: then nothing of it is counted any more.
    text: `insert into rule_use (rule_id, sku, used)
           select c.rule_id, c.sku, c.used from unnest($1::uuid[], $2::text[], $3::int[]) as c (rule_id, sku, used)
             join allocation_rule r on r.id = c.rule_id for key share of r
           on conflict (rule_id, sku) do update set used = excluded.used`,
    values: [
      changes.map((change) => change.ruleId),
      changes.map((change) => change.sku),
      changes.map((change) => change.used),
    ],
  });
}

/** A movement and the event that caused it. */
export interface CausedMovement extends Movement {
  readonly causeStream: string;
  readonly causeVersion: number;
  readonly occurredAt: Instant;
}

export async function appendMovements(tx: ClientBase, movements: readonly CausedMovement[]): Promise<void> {
  if (movements.length === 0) return;
  await tx.query({
    name: 'movement.append',
    text: `insert into movement (sku, node, bucket, delta, reason, lot, cause_stream, cause_version, occurred_at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::uuid[], $8::int[],
                                $9::timestamptz[])`,
    values: [
      movements.map((movement) => movement.sku),
      movements.map((movement) => movement.node),
      plainArray(movements.map((movement) => movement.bucket)),
      plainArray(movements.map((movement) => movement.delta)),
      plainArray(movements.map((movement) => movement.reason)),
      movements.map((movement) => movement.lot ?? null),
      plainArray(movements.map((movement) => movement.causeStream)),
      plainArray(movements.map((movement) => movement.causeVersion)),
      plainArray(movements.map((movement) => movement.occurredAt)),
    ],
  });
}
