-- Master data ------------------------------------------------------------------------------------------------

create table item (
  sku text primary key,
  title text not null,
  base_unit text not null default 'each',
  active boolean not null default true
);

create table node (
  id text primary key,
  name text not null,
  -- lower is preferred when an order can be served from several nodes
  priority integer not null default 100,
  active boolean not null default true
);

create table channel_account (
  id text primary key,
  kind text not null,
  name text not null,
  active boolean not null default true,
  settings jsonb not null default '{}'
);

create table listing (
  channel text not null references channel_account (id),
  listing_sku text not null,
  sku text not null references item (sku),
  listing_keys jsonb not null default '{}',
  primary key (channel, listing_sku)
);
create index listing_sku on listing (sku);

-- Facts and messages -----------------------------------------------------------------------------------------

-- Every fact that was taken, with what came of it. The primary key is what makes a repeated fact change nothing.
create table fact (
  id text primary key,
  -- tells a repeated request from another one that reuses its key
  digest text,
  outcome jsonb not null,
  recorded_at timestamptz not null default now()
);

-- What channels and warehouses sent, as received, encrypted.
create table message (
  id uuid primary key,
  source text not null,
  topic text not null,
  external_id text not null,
  received_at timestamptz not null default now(),
  status text not null check (status in ('COMMITTED', 'IGNORED', 'REFUSED', 'PARKED')),
  reason text,
  detail text,
  pointer text,
  -- references of the orders it is about
  subjects text[] not null default '{}',
  body bytea not null,
  unique (source, external_id)
);
alter table message alter column body set storage external;
create index message_parked on message using gin (subjects) where status = 'PARKED';
create index message_refused on message (received_at) where status in ('REFUSED', 'PARKED');

-- Event log --------------------------------------------------------------------------------------------------

create table event_log (
  -- readers stay behind the oldest running transaction: (tx, id) with tx < pg_snapshot_xmin(...) can never skip an event
  tx xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  stream_type text not null,
  stream_id uuid not null,
  stream_version integer not null,
  type text not null,
  schema_version smallint not null,
  -- who may see it: the channel account, or empty
  scope text not null,
  source text not null,
  fact_id text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  data json not null,
  primary key (stream_id, stream_version)
);
alter table event_log alter column data set storage external;
create unique index event_log_position on event_log (tx, id);

-- Where a reader stands: of the event log, or of something outside.
create table cursor (
  name text primary key,
  value text not null,
  updated_at timestamptz not null default now()
);

-- Orders -----------------------------------------------------------------------------------------------------

-- One row per order: the fold of its events. `version` is the number of its events.
create table orders (
  id uuid primary key,
  version integer not null,
  channel text not null,
  reference text not null,
  status text not null,
  placed_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed boolean not null default false,
  -- what it waits for, for those waits that someone looks for by key
  waiting_keys text[] not null default '{}',
  state json not null,
  unique (channel, reference)
) with (fillfactor = 70);
alter table orders alter column state set storage external;
create index orders_placed on orders (placed_at desc, id desc);
create index orders_channel_placed on orders (channel, placed_at desc, id desc);
create index orders_open_status on orders (status) where not completed;
create index orders_waiting on orders using gin (waiting_keys) where waiting_keys <> '{}';

-- Personal data of an order, encrypted, apart from everything else: one place to protect and to erase.
create table order_parties (
  order_id uuid primary key references orders (id),
  sealed bytea not null
);
alter table order_parties alter column sealed set storage external;

-- Every outside id maps to one hub id and back.
create table cross_reference (
  system text not null,
  kind text not null,
  outside_id text not null,
  hub_kind text not null,
  hub_id uuid not null,
  order_id uuid not null,
  primary key (system, kind, outside_id, hub_id)
);
create index cross_reference_order on cross_reference (order_id);

-- Stock ------------------------------------------------------------------------------------------------------

create table position (
  sku text not null references item (sku),
  node text not null references node (id),
  on_hand integer not null default 0 check (on_hand >= 0),
  reserved integer not null default 0 check (reserved >= 0),
  quality_hold integer not null default 0 check (quality_hold >= 0),
  safety_stock integer not null default 0 check (safety_stock >= 0),
  incoming integer not null default 0 check (incoming >= 0),
  primary key (sku, node),
  -- the last guard against overselling, whatever the code above it does
  constraint never_oversold check (reserved <= on_hand)
) with (fillfactor = 50);

-- Why a position is what it is: the sum of its movements is the position, at every instant.
create table movement (
  id bigint generated always as identity primary key,
  sku text not null,
  node text not null,
  bucket text not null,
  delta integer not null check (delta <> 0),
  reason text not null,
  -- the event that caused it
  cause_stream uuid not null,
  cause_version integer not null,
  recorded_at timestamptz not null default now()
);
create index movement_position on movement (sku, node);

-- What each channel was last told, and what it should be told now.
create table publication (
  channel text not null,
  listing_sku text not null,
  wanted integer not null,
  wanted_since timestamptz not null default now(),
  -- the event after which the quantity was computed
  cause text not null,
  told integer,
  told_at timestamptz,
  refused_reason text,
  primary key (channel, listing_sku),
  foreign key (channel, listing_sku) references listing (channel, listing_sku) on delete cascade
) with (fillfactor = 70);
create index publication_due on publication (channel, wanted_since) where told is distinct from wanted;
