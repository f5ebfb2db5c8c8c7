-- Items: units, kits, tracking ---------------------------------------------------------------------------------

alter table item
  add column category text,
  add column brand text,
  -- whether lots or serials must be named when units move
  add column tracking text not null default 'NONE' check (tracking in ('NONE', 'LOT', 'SERIAL')),
  -- not shipped before: until then it may be ordered ahead
  add column release_at timestamptz;
create index item_category on item (category) where category is not null;
create index item_brand on item (brand) where brand is not null;

-- How many base units one of the unit is: a whole number, so that no conversion makes or loses a unit.
create table item_unit (
  sku text not null references item (sku),
  unit text not null,
  factor integer not null check (factor between 1 and 1000000),
  primary key (sku, unit)
);

-- What one unit of a kit consists of, in base units of the components.
create table kit_component (
  kit text not null references item (sku),
  component text not null references item (sku),
  quantity integer not null check (quantity between 1 and 1000000),
  primary key (kit, component),
  check (kit <> component)
);
create index kit_component_component on kit_component (component);

-- What may be shipped instead, best first. Channel '*' is every channel.
create table item_substitute (
  sku text not null references item (sku),
  channel text not null default '*',
  substitute text not null references item (sku),
  rank integer not null default 1,
  primary key (sku, channel, substitute),
  check (sku <> substitute)
);

-- The unit that the listing sells; null is the item's base unit.
alter table listing add column unit text;

-- Nodes and sourcing -------------------------------------------------------------------------------------------

alter table node
  add column kind text not null default 'DC' check (kind in ('DC', 'STORE', 'THIRD_PARTY', 'DROP_SHIPPER')),
  add column country text,
  add column latitude double precision,
  add column longitude double precision,
  add column time_zone text not null default 'UTC',
  -- local time after which an order leaves on the next working day: HH:MM
  add column cut_off text,
  -- ISO days, 1 is Monday
  add column working_days smallint[] not null default '{1,2,3,4,5,6,7}',
  -- units that the node takes in one of its local days; null is no limit, 0 is none
  add column units_per_day integer check (units_per_day >= 0),
  add column shipping_cost_minor integer check (shipping_cost_minor >= 0),
  add column ships_from_store boolean not null default false,
  add column click_and_collect boolean not null default false;

-- How nodes are chosen for a channel's orders; channel '*' is the default.
create table sourcing_policy (
  channel text primary key,
  policy jsonb not null,
  updated_at timestamptz not null default now()
);

-- Units given to a node on one of its local days; kept for nodes with a daily capacity only.
create table node_load (
  node text not null references node (id),
  day date not null,
  units integer not null check (units >= 0),
  primary key (node, day)
);

-- Stock --------------------------------------------------------------------------------------------------------

alter table position
  -- buffer for inaccurate counts
  add column threshold integer not null default 0 check (threshold >= 0),
  -- on the way from an own node
  add column in_transit integer not null default 0 check (in_transit >= 0),
  -- claimed by orders, and not found by the last count
  add column missing integer not null default 0 check (missing >= 0),
  -- free, and held for the orders that wait for the item
  add column earmarked integer not null default 0 check (earmarked >= 0),
  -- as-of time of the last count: what happened before it is in it
  add column counted_at timestamptz,
  add constraint missing_is_claimed check (missing <= reserved),
  add constraint earmarked_is_free check (earmarked = 0 or earmarked + reserved <= on_hand);

-- Lots of items that are tracked by lot. Rows change under the lock of their position only.
create table lot (
  sku text not null,
  node text not null,
  lot text not null,
  expires_on date,
  on_hand integer not null check (on_hand >= 0),
  reserved integer not null check (reserved >= 0),
  quality_hold integer not null default 0 check (quality_hold >= 0),
  primary key (sku, node, lot),
  foreign key (sku, node) references position (sku, node)
);
create index lot_expiry on lot (expires_on) where on_hand > quality_hold;

alter table movement
  add column lot text,
  -- when it happened, as its cause says; recorded_at is when the hub learned of it
  add column occurred_at timestamptz;
update movement set occurred_at = recorded_at;
alter table movement alter column occurred_at set not null;
-- what an event earmarked for waiting orders
create index movement_earmark on movement (cause_stream) where reason = 'EARMARK';
-- the ledger of a position is read newest first
drop index movement_position;
create index movement_position on movement (sku, node, id);
-- a count is brought up to date by what happened after it
create index movement_moved on movement (sku, node, occurred_at)
  where bucket in ('onHand', 'missing', 'qualityHold');

-- What is announced and not here yet: it explains the incoming and in-transit buckets.
create table expected_supply (
  -- <source>/<document>/<sku>/<node>
  id text primary key,
  kind text not null check (kind in ('ASN', 'PURCHASE_ORDER', 'TRANSFER')),
  source text not null,
  document text not null,
  sku text not null references item (sku),
  node text not null references node (id),
  from_node text references node (id),
  expected_at timestamptz not null,
  announced integer not null check (announced >= 0),
  -- transfers: units that left the other node and are not lost
  shipped integer not null default 0 check (shipped >= 0),
  received integer not null default 0 check (received >= 0),
  open boolean not null default true,
  -- as-of time of the last announcement: an older one changes nothing
  updated_at timestamptz not null default now()
);
create index expected_supply_open on expected_supply (sku, expected_at) where open;
create index expected_supply_document on expected_supply (document, sku);

-- As of when a bucket, or a lot's part of it, was last told whole: older news of it is in it. A count of all of a position's
-- on-hand is position.counted_at.
create table stock_level (
  sku text not null,
  node text not null,
  bucket text not null,
  -- empty is the position
  lot text not null,
  as_of timestamptz not null,
  primary key (sku, node, bucket, lot)
);

-- Which source may write which bucket. Without a row for a bucket, any source may.
create table bucket_owner (
  -- '*' is every node
  node text not null,
  bucket text not null,
  source text not null,
  -- a source that learns of shipments late: its counts are read as taken this much earlier
  lag_seconds integer not null default 0 check (lag_seconds between 0 and 604800),
  primary key (node, bucket, source)
);

-- Where each source stands: its sequence, its gaps, what was refused.
create table stock_feed (
  source text not null,
  node text not null,
  last_sequence bigint not null default 0,
  -- first and last sequence number that did not come
  gap_from bigint,
  gap_to bigint,
  gap_noticed_at timestamptz,
  -- set when a snapshot is needed, cleared when one was taken
  snapshot_wanted_at timestamptz,
  snapshot_asked_at timestamptz,
  snapshot_taken_at timestamptz,
  refused bigint not null default 0,
  last_refusal text,
  last_refused_at timestamptz,
  primary key (source, node)
);
create index stock_feed_wanted on stock_feed (snapshot_wanted_at) where snapshot_wanted_at is not null;

-- Claims and rules ---------------------------------------------------------------------------------------------

-- What each channel has claimed of an item, and what its orders wait for. Written under the locks of the item's positions.
create table channel_demand (
  sku text not null references item (sku),
  channel text not null,
  reserved integer not null default 0,
  -- of orders that nobody bounds
  waiting bigint not null default 0,
  -- of the last claim: tells whether the channel is selling
  claimed_at timestamptz,
  primary key (sku, channel)
) with (fillfactor = 70);

-- How much of the stock a channel may sell. The most specific rule of a kind applies: item, category, brand, everything.
create table allocation_rule (
  id uuid primary key,
  name text not null,
  channel text not null references channel_account (id),
  sku text references item (sku),
  category text,
  brand text,
  kind text not null check (kind in ('SHARE', 'CAP', 'BUFFER', 'EXCLUSIVE')),
  -- SHARE: of the sellable stock
  percent integer check (percent between 0 and 100),
  -- CAP, BUFFER, EXCLUSIVE: units of each item
  units integer check (units >= 0),
  mode text not null check (mode in ('HARD', 'BORROWABLE', 'EXPIRING')),
  -- BORROWABLE: lent to others after the channel sold nothing of the item for so long
  idle_minutes integer check (idle_minutes between 1 and 525600),
  starts_at timestamptz,
  -- EXPIRING: returns to everyone then
  ends_at timestamptz,
  updated_at timestamptz not null default now(),
  check (num_nonnulls(sku, category, brand) <= 1),
  check ((kind = 'SHARE') = (percent is not null) and (kind = 'SHARE') = (units is null)),
  check ((mode = 'BORROWABLE') = (idle_minutes is not null)),
  check (mode <> 'EXPIRING' or ends_at is not null)
);
create index allocation_rule_sku on allocation_rule (sku) where sku is not null;

-- Units that the channel of a CAP or EXCLUSIVE rule has taken of it, shipped ones included.
create table rule_use (
  rule_id uuid not null references allocation_rule (id) on delete cascade,
  sku text not null references item (sku),
  used integer not null check (used >= 0),
  primary key (rule_id, sku)
) with (fillfactor = 70);

-- Claims with a time limit: carts, checkouts, quotes.
create table soft_reservation (
  id uuid primary key,
  channel text not null,
  -- the caller's own key: one reservation each
  reference text not null,
  kind text not null check (kind in ('CART', 'CHECKOUT', 'QUOTE')),
  status text not null check (status in ('HELD', 'CONVERTED', 'RELEASED', 'EXPIRED')),
  expires_at timestamptz not null,
  -- of the request, to tell a repetition from another one
  digest text not null,
  lines json not null,
  -- what is claimed where, while HELD
  claims json not null,
  order_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (channel, reference)
);
create index soft_reservation_due on soft_reservation (expires_at) where status = 'HELD';

-- The order in which waiting orders are served: tier, then age.
alter table orders add column tier smallint not null default 100;

-- Orders from before say what they lack, too: of the items of their open lines at least one unit each, until they are looked at.
update orders set state = (state::jsonb || jsonb_build_object('tier', 100, 'shortages', (
  select coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'missing', units)), '[]') from (
    select l ->> 'sku' as sku, sum((l -> 'quantities' ->> 'open')::int) as units
    from json_array_elements(state -> 'lines') l
    where l ->> 'sku' is not null and (l -> 'quantities' ->> 'open')::int > 0
    group by 1) as open)))::json;
insert into channel_demand (sku, channel, reserved, waiting)
select sku, channel, sum(reserved), sum(waiting) from (
  select f ->> 'sku' as sku, o.channel,
         (f ->> 'quantity')::int - (f ->> 'dropped')::int - (f ->> 'shipped')::int as reserved, 0 as waiting
  from orders o, json_array_elements(o.state -> 'fulfillmentOrders') fo, json_array_elements(fo -> 'lines') f
  union all
  select s ->> 'sku', o.channel, 0, (s ->> 'missing')::int
  from orders o, json_array_elements(o.state -> 'shortages') s
) as claims
group by sku, channel having sum(reserved) > 0 or sum(waiting) > 0;

-- Publishing ---------------------------------------------------------------------------------------------------

alter table publication
  -- when the quantity must be computed again though no stock moves: a rule starts, ends, or lends
  add column review_at timestamptz,
  -- the event after which the told quantity was computed
  add column told_cause text,
  -- taken by the channel for processing, result not known yet; not told again meanwhile
  add column submission text,
  add column submitted integer,
  add column submitted_at timestamptz,
  -- of this listing alone, after it failed
  add column retry_at timestamptz,
  add column failures integer not null default 0;
create index publication_review on publication (review_at) where review_at is not null;
create index publication_submission on publication (channel, submission) where submission is not null;

-- What was told to whom, when, because of which event, and what the channel made of it.
create table told_quantity (
  id bigint generated always as identity primary key,
  channel text not null,
  listing_sku text not null,
  quantity integer not null,
  told_at timestamptz not null default now(),
  cause text not null,
  outcome text not null check (outcome in ('ACCEPTED', 'REFUSED', 'FAILED', 'PENDING')),
  reason text,
  submission text,
  -- what the channel showed instead of the last told quantity
  overwrote integer
);
create index told_quantity_listing on told_quantity (channel, listing_sku, id desc);

-- One process at a time speaks for a channel.
create table lease (
  name text primary key,
  holder uuid not null,
  until timestamptz not null
);

-- Drift --------------------------------------------------------------------------------------------------------

create table drift_run (
  id uuid primary key,
  system text not null check (system in ('WMS', 'ERP', 'CHANNEL')),
  -- the node, or the channel account
  subject text not null,
  trigger text not null check (trigger in ('SCHEDULE', 'DEMAND', 'GAP')),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  compared integer not null default 0,
  equal integer not null default 0,
  units_compared bigint not null default 0,
  units_off bigint not null default 0,
  error text
);
create index drift_run_subject on drift_run (system, subject, started_at desc);

create table drift (
  run_id uuid not null references drift_run (id) on delete cascade,
  -- the item, or the listing SKU
  key text not null,
  ours integer not null,
  theirs integer,
  explanation text not null check (explanation in ('IN_FLIGHT', 'MISSED_EVENT', 'CHANGED_OUTSIDE', 'UNKNOWN')),
  detail text not null,
  healing text not null check (healing in ('NONE', 'TOLD_AGAIN', 'COUNT_TAKEN', 'SNAPSHOT_ASKED', 'EXCEPTION')),
  primary key (run_id, key)
);
