-- What is measured of the business, computed from the event log: where each order is, and figures by day. All of it can be computed anew.

-- One row for each order: how far it is. Written by the projection alone.
create table order_progress (
  order_id uuid primary key,
  channel text not null,
  -- Of its stream in the event log: events up to here are in it.
  version integer not null,
  accepted_at timestamptz not null,
  -- Null: nothing is left to do.
  stage text,
  stage_since timestamptz,
  -- When it first came into these stages.
  reserved_at timestamptz,
  erp_at timestamptz,
  warehouse_at timestamptz,
  shipped_at timestamptz,
  confirmed_at timestamptz,
  -- The first time.
  completed_at timestamptz,
  -- A step takes longer than its SLA clock allows.
  overdue boolean not null default false,
  -- What keeps it: '<system>/<why>'.
  jam text,
  jam_since timestamptz,
  -- Stock did not suffice for it once.
  short boolean not null default false,
  cancelled boolean not null default false,
  -- What the next event is folded into; null when nothing is left to do: then the log has it.
  state json storage external
) with (fillfactor = 70);
create index order_progress_stage on order_progress (channel, stage, stage_since) where stage is not null;
create index order_progress_jam on order_progress (channel, stage, jam, jam_since) where jam is not null;

-- How many orders are where now; stage 'NEW' counts all that were ever accepted.
create table order_flow (
  channel text not null,
  stage text not null,
  -- '' is for those that nothing keeps.
  jam text not null,
  orders bigint not null,
  overdue bigint not null,
  -- When the last one came.
  last_at timestamptz,
  primary key (channel, stage, jam)
) with (fillfactor = 50);

-- How many orders came into a stage and left it in ten seconds; the last hours.
create table order_flow_rate (
  at timestamptz not null,
  channel text not null,
  stage text not null,
  entered integer not null,
  departed integer not null,
  primary key (at, channel, stage)
) with (fillfactor = 70);

-- The figures of a KPI of one UTC day. '' where the record has no channel, node or stage.
create table kpi_day (
  kpi text not null,
  day date not null,
  channel text not null,
  node text not null,
  stage text not null,
  count bigint not null,
  sum_ms bigint not null,
  max_ms bigint not null,
  numerator bigint not null,
  denominator bigint not null,
  -- Durations by logarithmic bucket: {"<bucket>": <records>}.
  buckets json not null default '{}',
  -- Of kpi_state when it last changed.
  revision bigint not null,
  primary key (kpi, day, channel, node, stage)
) with (fillfactor = 70);
create index kpi_day_revision on kpi_day (revision);

-- One row: grows with each transaction that changed a figure, in the order of their commits.
create table kpi_state (
  one boolean primary key default true check (one),
  revision bigint not null
);

-- Since when the channel showed another quantity than it should when it was told this one. Null in rows of before.
alter table told_quantity add column wanted_since timestamptz;
