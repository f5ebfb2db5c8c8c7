import type { ClientBase } from 'pg';

/** Of each check so many differences are named; more are counted as one page. */
export const DIFFERENCES_MAX = 100;

/** What two records of the same units say. */
export interface StockDifference {
  readonly sku: string;
  /** Absent where the check is about all nodes. */
  readonly node: string | null;
  /** A bucket, with the lot or the channel where the check is about one: `onHand of lot L1`. */
  readonly bucket: string;
  readonly is: number;
  readonly shouldBe: number;
}

export type StockCheck = 'LEDGER' | 'NEVER_NEGATIVE' | 'LOTS' | 'LOTS_FIT' | 'CLAIMS' | 'DEMAND' | 'SUPPLY' | 'CAUSE';

type Db = Pick<ClientBase, 'query'>;

const BUCKETS_OF_POSITION = `lateral (values ('onHand', p.on_hand), ('reserved', p.reserved), ('qualityHold', p.quality_hold),
  ('safetyStock', p.safety_stock), ('threshold', p.threshold), ('incoming', p.incoming), ('inTransit', p.in_transit),
  ('missing', p.missing), ('earmarked', p.earmarked)) as b (bucket, units)`;

const BUCKETS_OF_LOT = `lateral (values ('onHand', l.on_hand), ('reserved', l.reserved), ('qualityHold', l.quality_hold))
  as b (bucket, units)`;

/** Open claims: of orders by their fulfillment orders, and of soft reservations that are held. Base units. */
const CLAIMS = `(
  select o.channel, f.node, c.sku, (l.quantity - l.shipped - l.dropped) * c.quantity as units
  from orders o
    cross join lateral json_to_recordset(o.state -> 'fulfillmentOrders') as f (node text, lines json)
    cross join lateral json_to_recordset(f.lines) as l ("lineId" text, sku text, quantity int, shipped int, dropped int)
    cross join lateral (select x -> 'components' as components from json_array_elements(o.state -> 'lines') as x
                        where x ->> 'id' = l."lineId") as line
    cross join lateral json_to_recordset(
      coalesce(line.components, json_build_array(json_build_object('sku', l.sku, 'quantity', 1)))
    ) as c (sku text, quantity int)
  where l.quantity > l.shipped + l.dropped
  union all
  select s.channel, c.node, u.sku, u.quantity
  from soft_reservation s
    cross join lateral json_to_recordset(s.claims) as c (node text, units json)
    cross join lateral json_to_recordset(c.units) as u (sku text, quantity int)
  where s.status = 'HELD'
)`;

/** Each check as a query for its differences: the columns of StockDifference. */
const QUERIES: Readonly<Record<StockCheck, string>> = {
  LEDGER: `
    with held as (select p.sku, p.node, b.bucket, b.units from position p, ${BUCKETS_OF_POSITION}),
      moved as (select sku, node, bucket, sum(delta)::int as units from movement group by sku, node, bucket)
    select sku, node, bucket, coalesce(h.units, 0) as "is", coalesce(m.units, 0) as "shouldBe"
    from held h full join moved m using (sku, node, bucket) where coalesce(h.units, 0) <> coalesce(m.units, 0)`,
  NEVER_NEGATIVE: `
    select sku, node, bucket, min(units)::int as "is", 0 as "shouldBe"
    from (select sku, node, bucket, sum(delta) over (partition by sku, node, bucket order by id) as units from movement) r
    where units < 0 group by sku, node, bucket`,
  LOTS: `
    with held as (select l.sku, l.node, l.lot, b.bucket, b.units from lot l, ${BUCKETS_OF_LOT}),
      moved as (select sku, node, lot, bucket, sum(delta)::int as units from movement
                where lot is not null and bucket in ('onHand', 'reserved', 'qualityHold')
                group by sku, node, lot, bucket)
    select sku, node, bucket || ' of lot ' || lot as bucket, coalesce(h.units, 0) as "is", coalesce(m.units, 0) as "shouldBe"
    from held h full join moved m using (sku, node, lot, bucket) where coalesce(h.units, 0) <> coalesce(m.units, 0)`,
  LOTS_FIT: `
    with lots as (select l.sku, l.node, b.bucket, sum(b.units)::int as units from lot l, ${BUCKETS_OF_LOT}
                  group by l.sku, l.node, b.bucket)
    select p.sku, p.node, b.bucket || ' of all lots' as bucket, lots.units as "is", b.units as "shouldBe"
    from position p, ${BUCKETS_OF_POSITION}, lots
    where lots.sku = p.sku and lots.node = p.node and lots.bucket = b.bucket and lots.units > b.units`,
  CLAIMS: `
    with claimed as (select sku, node, sum(units)::int as units from ${CLAIMS} c group by sku, node)
    select sku, node, 'reserved' as bucket, coalesce(p.reserved, 0) as "is", coalesce(c.units, 0) as "shouldBe"
    from (select sku, node, reserved from position where reserved > 0) p full join claimed c using (sku, node)
    where coalesce(p.reserved, 0) <> coalesce(c.units, 0)`,
  DEMAND: `
    with claimed as (select sku, channel, sum(units)::int as units from ${CLAIMS} c group by sku, channel)
    select sku, null as node, 'reserved by ' || channel as bucket, coalesce(d.reserved, 0) as "is",
           coalesce(c.units, 0) as "shouldBe"
    from (select sku, channel, reserved from channel_demand where reserved > 0) d full join claimed c using (sku, channel)
    where coalesce(d.reserved, 0) <> coalesce(c.units, 0)`,
  SUPPLY: `
    with expected as (
        select sku, node, bucket, sum(units)::int as units
        from expected_supply e, lateral (values
          ('incoming', case when e.kind = 'TRANSFER' then greatest(0, e.announced - greatest(e.shipped, e.received))
                            else greatest(0, e.announced - e.received) end),
          ('inTransit', case when e.kind = 'TRANSFER' then greatest(0, e.shipped - e.received) else 0 end)
        ) as b (bucket, units)
        where e.open group by sku, node, bucket),
      held as (select p.sku, p.node, b.bucket, b.units from position p, ${BUCKETS_OF_POSITION}
               where b.bucket in ('incoming', 'inTransit') and b.units > 0)
    select sku, node, bucket, coalesce(h.units, 0) as "is", coalesce(e.units, 0) as "shouldBe"
    from held h full join expected e using (sku, node, bucket) where coalesce(h.units, 0) <> coalesce(e.units, 0)`,
  CAUSE: `
    select m.sku, m.node, m.bucket || ' moved by event ' || m.cause_stream || '/' || m.cause_version as bucket,
           m.delta as "is", 0 as "shouldBe"
    from movement m
    where not exists (select 1 from event_log e
                      where e.stream_id = m.cause_stream and e.stream_version = m.cause_version)`,
};

export const STOCK_CHECKS = Object.keys(QUERIES) as readonly StockCheck[];

/** At most DIFFERENCES_MAX. */
export async function findDifferences(db: Db, check: StockCheck): Promise<readonly StockDifference[]> {
  const { rows } = await db.query<StockDifference>(
    `select sku, node, bucket, "is", "shouldBe" from (${QUERIES[check]}) d order by sku, node, bucket limit $1`,
    [DIFFERENCES_MAX],
  );
  return rows;
}

export interface StockSize {
  readonly positions: number;
  readonly movements: number;
  readonly lots: number;
  readonly orders: number;
}

export async function readStockSize(db: Db): Promise<StockSize> {
  const { rows } = await db.query<StockSize>(
    `select (select count(*) from position)::float8 as positions, (select count(*) from movement)::float8 as movements,
            (select count(*) from lot)::float8 as lots, (select count(*) from orders)::float8 as orders`,
  );
  const [size] = rows;
  if (size === undefined) throw new Error('counting gave no row');
  return size;
}
